import type { KeyAccountEvent } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { type AggregateCommand as AnyCommand, AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { noteHandedOver, portfolio } from '../portfolio/portfolio.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';
import { asPrepared } from './as-prepared.js';
import { accessOf, type KeyAccount, keyAccount, ownerOf, versionOf } from './key-account.aggregate.js';
import { cancelHandover, handOver } from './key-account.belonging.js';
import { TierASeats } from './tier-a-seats.js';

export class HandOver extends AggregateCommand {
  @IsId() toOwnerId!: string;
  /** First day of the new owner. */
  @IsDateOnly() effectiveOn!: string;
  @IsText(500) reason!: string;
}

interface Handover extends AnyCommand {
  readonly toOwnerId: string;
  readonly effectiveOn: string;
  readonly reason: string;
}

function decideHandover(account: KeyAccount, { toOwnerId, reason, effectiveOn, context }: Handover, time: ReportingTime): KeyAccountEvent[] {
  const day = { start: time.startOfDay(effectiveOn), end: new Date(time.endOfDay(effectiveOn)).toISOString(), dateOf: (instant: string) => time.dateOf(instant) };
  return handOver(account, { toOwnerId, reason }, day, context.now);
}

/** A tier-A account takes its seat with the new owner first and gives up the one with the old owner last, where the day has come. */
async function prepareHandover(command: Handover, account: KeyAccount, [seats, members, time]: readonly [TierASeats, TeamMembers, ReportingTime]): Promise<number> {
  if (decideHandover(account, command, time).length > 0) await seats.entrust(command, account, command.toOwnerId);
  else await members.assertAccountManager(command.toOwnerId);
  return versionOf(account);
}

export const handOverCase = useCase(HandOver, {
  route: 'key-accounts/:id/hand-over',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [TierASeats, TeamMembers, ReportingTime],
  prepare: (command, account, needs) => prepareHandover(command, account, needs),
  decide: (account, command, preparedAt, [, , time]) => asPrepared(preparedAt, account, command, decideHandover(account, command, time)),
  follow: (command, account, [seats]) => seats.settle(command, account),
});

/** A handover that is still to come was a mistake. Whoever looks after the owner of today says so, whoever would have been the next one. */
export class CancelHandover extends AggregateCommand {
  /** The day that the handover is for. */
  @IsDateOnly() effectiveOn!: string;
  @IsText(500) reason!: string;
}

const decideCancelling = (account: KeyAccount, { effectiveOn, reason, context }: CancelHandover, time: ReportingTime): KeyAccountEvent[] =>
  cancelHandover(account, { on: effectiveOn, start: time.startOfDay(effectiveOn), reason }, context.now);

export const cancelHandoverCase = useCase(CancelHandover, {
  route: 'key-accounts/:id/cancel-handover',
  roles: ['director'],
  on: keyAccount,
  needs: [TierASeats, ReportingTime],
  async permit({ id, scope, context }, account) {
    if (!scope.covers(accessOf(account, context.now).ownerId)) throw new NotFound('key-account', id);
  },
  /** Whoever keeps the account is given it like anybody else: he may be leaving, and his seat may be about to be given up. */
  async prepare(command, account, [seats, time]) {
    const [cancelled] = decideCancelling(account, command, time);
    if (cancelled?.type === 'accounts.key-account.handover-cancelled') await seats.entrust(command, account, cancelled.data.ownerId);
    return versionOf(account);
  },
  decide: (account, command, preparedAt, [, time]) => asPrepared(preparedAt, account, command, decideCancelling(account, command, time)),
  follow: (command, account, [seats]) => seats.settle(command, account),
});

/** The part of one account in the handover of a whole portfolio; an account that is not its member's any more has nothing to be handed over. */
export class HandOverWithPortfolio extends HandOver {
  @IsId() fromOwnerId!: string;
  @IsId() handoverId!: string;
}

export const handOverWithPortfolioCase = useCase(HandOverWithPortfolio, {
  route: 'key-accounts/:id/hand-over-with-portfolio',
  roles: ['service'],
  on: keyAccount,
  needs: [TierASeats, TeamMembers, ReportingTime, Commands],
  prepare: async (command, account, [seats, members, time]) => (ownerOf(account) === command.fromOwnerId ? prepareHandover(command, account, [seats, members, time]) : versionOf(account)),
  decide: (account, command, preparedAt, [, , time]) => asPrepared(preparedAt, account, command, ownerOf(account) === command.fromOwnerId ? decideHandover(account, command, time) : []),
  follow: (command, account, [seats, , , commands]) => [
    ...seats.settle(command, account),
    commands.write(portfolio, command.fromOwnerId, command, 'note', (state) => noteHandedOver(state, command.handoverId, command.id)),
  ],
});
