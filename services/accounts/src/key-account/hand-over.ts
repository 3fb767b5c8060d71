import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { claimTierASeat, release, reservation, tierASeats } from '../reservation/reservation.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';
import { handOver, isTierA, keyAccount, ownerOf } from './key-account.aggregate.js';

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
    const facts = { toOwnerId: command.toOwnerId, reason: command.reason };
    const day = { start: this.time.startOfDay(command.effectiveOn), end: new Date(this.time.endOfDay(command.effectiveOn)).toISOString() };
    let seatOf: string | null = null;
    await this.commands.before(keyAccount, command, ownerOf, async (account) => {
      await this.members.assertOnboarded(command.toOwnerId);
      const changes = handOver(account, facts, day).length > 0;
      if (!changes || !isTierA(account)) return;
      seatOf = ownerOf(account);
      await this.commands.also(reservation, tierASeats(command.toOwnerId), command, 'claim', (seats) => claimTierASeat(seats, command.id));
    });
    const result = await this.commands.change(keyAccount, command, ownerOf, (account) => handOver(account, facts, day));
    if (seatOf !== null) await this.commands.also(reservation, tierASeats(seatOf), command, 'release', (seats) => release(seats, command.id));
    return result;
  }
}
