import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type ProjectionStore } from '@keyfold/event-sourcing';
import { PROJECTIONS } from '@keyfold/event-sourcing-nest';
import { touchpoints } from './touchpoints.projection.js';

/** Questions that other commands ask about contacts that were logged. */
@Injectable()
export class Touchpoints {
  constructor(@Inject(PROJECTIONS) private readonly store: ProjectionStore) {}

  /** Refuses an id under which a contact with another account was logged: an import chooses its ids, and there is one contact of each. */
  async assertNotElsewhere(accountId: string, touchpointId: string): Promise<void> {
    const known = await this.store.view(touchpoints).get(touchpointId);
    if (known && known.accountId !== accountId) throw new DomainError('touchpoint-elsewhere');
  }

  /** Refuses (`withdraw-built-upon`) while a contact of the account names the person. */
  async assertNoneWith(accountId: string, stakeholderId: string): Promise<void> {
    if ((await this.store.view(touchpoints).count({ accountId, stakeholderIds: stakeholderId })) > 0) throw new DomainError('withdraw-built-upon');
  }
}
