import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type ProjectionStore } from '@keyfold/event-sourcing';
import { Commands, PROJECTIONS } from '@keyfold/event-sourcing-nest';
import { keyAccounts } from '../key-account/key-accounts.projection.js';
import { type TeamMember, teamMember } from './team-member.aggregate.js';
import { teamMembers } from './team-members.projection.js';

/** Questions that other commands ask about members, answered from the members' own streams. */
@Injectable()
export class TeamMembers {
  constructor(
    private readonly commands: Commands,
    @Inject(PROJECTIONS) private readonly store: ProjectionStore,
  ) {}

  async assertOnboarded(memberId: string): Promise<void> {
    const { state } = await this.commands.load(teamMember, memberId);
    if (state.status !== 'onboarded') throw new DomainError('member-unknown');
  }

  async managerOf(memberId: string): Promise<string | null> {
    const { state } = await this.commands.load(teamMember, memberId);
    return state.status === 'onboarded' ? state.managerId : null;
  }

  /** Refuses a manager who reports, over any number of levels, to the member himself. A manager whom Keyfold does not know yet is legal. */
  async assertNotBelow(managerId: string | null, memberId: string): Promise<void> {
    const seen = new Set([memberId]);
    for (let id = managerId; id !== null; ) {
      if (seen.has(id)) throw new DomainError('manager-cycle');
      seen.add(id);
      const manager: TeamMember = (await this.commands.load(teamMember, id)).state;
      id = manager.status === 'onboarded' ? manager.managerId : null;
    }
  }

  /** Refuses while somebody reports to the member or an account is his. */
  async assertNotNeeded(memberId: string): Promise<void> {
    const [reports, accounts] = await Promise.all([
      this.store.view(teamMembers).count({ managerId: memberId }),
      this.store.view(keyAccounts).count({ ownerId: memberId }),
    ]);
    if (reports + accounts > 0) throw new DomainError('withdraw-built-upon');
  }
}
