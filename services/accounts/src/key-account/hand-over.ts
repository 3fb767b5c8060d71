import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { claimTierASeat, release, reservation, tierASeats } from '../reservation/reservation.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';
import { handOver, keyAccount, ownerOf } from './key-account.aggregate.js';

export class HandOver extends AggregateCommand {
  @IsId() toOwnerId!: string;
  /** First day of the new owner. */
  @IsDateOnly() effectiveOn!: string;
  @IsText(500) reason!: string;
}

@CommandHandler(HandOver)
export class HandOverHandler implements ICommandHandler<HandOver> {
  constructor(
    private readonly commands: Commands,
    private readonly members: TeamMembers,
    private readonly time: ReportingTime,
  ) {}

  /** A tier-A account takes its seat with the new owner first and gives up the one with the old owner last. */
  async execute(command: HandOver) {
    await this.members.assertOnboarded(command.toOwnerId);
    const facts = { toOwnerId: command.toOwnerId, reason: command.reason };
    const day = { start: this.time.startOfDay(command.effectiveOn), end: new Date(this.time.endOfDay(command.effectiveOn)).toISOString() };
    const { state } = await this.commands.load(keyAccount, command.id);
    const from = ownerOf(state);
    const seated = state.status !== 'unknown' && state.tier === 'A' && from !== null && from !== command.toOwnerId;
    if (seated) {
      handOver(state, facts, day);
      await this.commands.also(reservation, tierASeats(command.toOwnerId), command, 'claim', (seats) => claimTierASeat(seats, command.id));
    }
    const result = await this.commands.change(keyAccount, command, ownerOf, (account) => handOver(account, facts, day));
    if (seated) await this.commands.also(reservation, tierASeats(from), command, 'release', (seats) => release(seats, command.id));
    return result;
  }
}
