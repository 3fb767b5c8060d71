import { Injectable } from '@nestjs/common';
import { Commands } from '@keyfold/event-sourcing-nest';
import { keyAccount } from '../key-account/key-account.aggregate.js';

/** Which accounts belong together, read from the accounts' own streams. */
@Injectable()
export class Groups {
  constructor(private readonly commands: Commands) {}

  /** The topmost account above this one; itself where nothing is above it. */
  async rootOf(accountId: string): Promise<string> {
    const seen = new Set([accountId]);
    for (const id of seen) {
      const parentId = await this.parentOf(id);
      if (parentId === null) return id;
      seen.add(parentId);
    }
    return accountId;
  }

  /** Today; of a merged account it is what it was merged into. */
  private async parentOf(accountId: string): Promise<string | null> {
    const { state } = await this.commands.load(keyAccount, accountId);
    if (state.status === 'unknown') return null;
    const now = this.commands.now().toISOString();
    return state.successorId ?? state.parents.findLast(({ from }) => from <= now)?.parentId ?? null;
  }
}
