import { Injectable } from '@nestjs/common';
import { DomainError } from '@keyfold/event-sourcing';
import { Commands } from '@keyfold/event-sourcing-nest';
import { assertActive, type KnownStakeholder, type Stakeholder, stakeholder } from './stakeholder.aggregate.js';

/** Questions that other commands ask about the client's people, answered from the people's own streams. */
@Injectable()
export class Stakeholders {
  constructor(private readonly commands: Commands) {}

  /** Refuses (`stakeholder-unknown`, `stakeholder-departed`) whoever is not one of the account's people now. What is personal is ciphertext in the answer. */
  async assertActive(accountId: string, stakeholderId: string): Promise<KnownStakeholder> {
    const known = await this.active(stakeholderId);
    if (known.accountId !== accountId) throw new DomainError('stakeholder-unknown');
    return known;
  }

  /** The same, on whichever account. */
  async active(stakeholderId: string): Promise<KnownStakeholder> {
    return assertActive(await this.of(stakeholderId));
  }

  async of(stakeholderId: string): Promise<Stakeholder> {
    return (await this.commands.load(stakeholder, stakeholderId)).state;
  }
}
