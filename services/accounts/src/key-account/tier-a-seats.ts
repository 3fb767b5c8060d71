import { Injectable } from '@nestjs/common';
import { type AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { Policies } from '../policy/policies.js';
import { claimTierASeat, release, reservation, tierASeats } from '../reservation/reservation.aggregate.js';

/** Tier-A accounts per key account manager: a seat is claimed before the account is his and given up after it no longer is. A crash between the two leaves a seat too many, never an account too many. */
@Injectable()
export class TierASeats {
  constructor(
    private readonly commands: Commands,
    private readonly policies: Policies,
  ) {}

  async claim(command: AggregateCommand, ownerId: string): Promise<void> {
    const { tierALimit } = await this.policies.inForce('tiers');
    await this.commands.also(reservation, tierASeats(ownerId), command, 'claim', (seats) => claimTierASeat(seats, command.id, tierALimit));
  }

  async release(command: AggregateCommand, ownerId: string): Promise<void> {
    await this.commands.also(reservation, tierASeats(ownerId), command, 'release', (seats) => release(seats, command.id));
  }
}
