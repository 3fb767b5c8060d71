import { Injectable } from '@nestjs/common';
import type { StreamWrite } from '@keyfold/event-sourcing';
import { type AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { Policies } from '../policy/policies.js';
import { TeamMembers } from '../team-member/team-members.js';
import { giveUpPast } from '../reservation/give-up-past.js';
import { claimTierASeat, isFull, releaseOf, reservation, tierASeats } from '../reservation/reservation.aggregate.js';
import { isTierA, type KeyAccount, keyAccount, ownersOf, ownsFrom } from './key-account.aggregate.js';

/**
 * Tier-A accounts per key account manager: a seat is claimed before the account is his and given up after it no longer is. A crash between the two leaves a seat too many, never an
 * account too many. A seat that was his until a day is given up once that day has come and the seat is wanted.
 */
@Injectable()
export class TierASeats {
  constructor(
    private readonly commands: Commands,
    private readonly policies: Policies,
    private readonly members: TeamMembers,
  ) {}

  /** Before an account becomes somebody's: it is entrusted to him, and takes a seat of his where it is of tier A. */
  async entrust(command: AggregateCommand, account: KeyAccount, ownerId: string): Promise<void> {
    this.members.entrustToManager(command, ownerId);
    if (isTierA(account)) await this.claim(command, ownerId);
  }

  async claim(command: AggregateCommand, ownerId: string): Promise<void> {
    const { tierALimit } = await this.policies.inForce('tiers');
    const { now } = command.context;
    const id = tierASeats(ownerId);
    const { state } = await this.commands.load(reservation, id);
    if (isFull(state, tierALimit))
      await giveUpPast(this.commands, command, { id, state, settledBefore: this.members.settledBefore() }, async (accountId) => ownsFrom((await this.commands.load(keyAccount, accountId)).state, ownerId, now));
    // Each attempt claims anew: the seat of a command that was cut off may have been given up before it is repeated.
    this.commands.claim(reservation, id, command, `claim:${now}`, (seats) => claimTierASeat(seats, command.id, tierALimit));
  }

  /** After a tier-A account changed hands or came to its end: whose it is not any more has no seat for it. */
  settle(command: AggregateCommand, account: KeyAccount): StreamWrite[] {
    return isTierA(account) ? this.release(command, ownersOf(account).filter((ownerId) => !ownsFrom(account, ownerId, command.context.now))) : [];
  }

  release(command: AggregateCommand, ownerIds: readonly string[]): StreamWrite[] {
    return ownerIds.map((ownerId) => this.commands.write(reservation, tierASeats(ownerId), command, 'release', (seats) => releaseOf(seats, command.id, command.context.now)));
  }
}
