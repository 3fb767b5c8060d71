import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type ProjectionStore } from '@keyfold/event-sourcing';
import { PROJECTIONS } from '@keyfold/event-sourcing-nest';
import { type DirectoryOffering, offeringDirectory } from './offering-directory.projection.js';

/** Questions about the offerings, as far as accounts has heard of them. */
@Injectable()
export class Offerings {
  constructor(@Inject(PROJECTIONS) private readonly store: ProjectionStore) {}

  all(): Promise<readonly DirectoryOffering[]> {
    return this.store.view(offeringDirectory).all();
  }

  async sold(): Promise<readonly DirectoryOffering[]> {
    return (await this.all()).filter(({ sold }) => sold);
  }

  async assertSold(offeringId: string): Promise<void> {
    const { sold } = await this.known(offeringId);
    if (!sold) throw new DomainError('offering-retired');
  }

  /** Also one that is not sold any more. */
  async known(offeringId: string): Promise<DirectoryOffering> {
    const offering = await this.store.view(offeringDirectory).get(offeringId);
    if (!offering) throw new DomainError('offering-unknown');
    return offering;
  }
}
