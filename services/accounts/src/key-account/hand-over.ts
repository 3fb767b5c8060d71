import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { TeamMembers } from '../team-member/team-members.js';
import { formerOwnersOf, handOver, isTierA, keyAccount, ownerOf } from './key-account.aggregate.js';
import { TierASeats } from './tier-a-seats.js';

export class HandOver extends AggregateCommand {
  @IsId() toOwnerId!: string;
  /** First day of the new owner. */
  @IsDateOnly() effectiveOn!: string;
  @IsText(500) reason!: string;
}

const dayOf = (time: ReportingTime, date: string) => ({ start: time.startOfDay(date), end: new Date(time.endOfDay(date)).toISOString() });

export const handOverCase = useCase(HandOver, {
  route: 'key-accounts/:id/hand-over',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [TierASeats, TeamMembers, ReportingTime],
  /** A tier-A account takes its seat with the new owner first and gives up the one with the old owner last. */
  async prepare(command, account, [seats, members, time]) {
    await members.assertOnboarded(command.toOwnerId);
    const changes = handOver(account, command, dayOf(time, command.effectiveOn)).length > 0;
    if (changes) await members.entrust(command, command.toOwnerId);
    if (changes && isTierA(account)) await seats.claim(command, command.toOwnerId);
  },
  decide: (account, { toOwnerId, reason, effectiveOn }, _prepared, [, , time]) => handOver(account, { toOwnerId, reason }, dayOf(time, effectiveOn)),
  async after(command, account, [seats]) {
    if (!isTierA(account)) return;
    for (const former of formerOwnersOf(account)) await seats.release(command, former);
  },
});
