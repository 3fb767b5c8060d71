import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsText, monthsLater, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { accountUseCase } from './accounts.js';
import { keyAccount, ownerOf } from './key-account.aggregate.js';
import { makeDormant, reactivate } from './key-account.life.js';

/** A client without revenue for as many months as the policy of the day wants; for a director's reasons on any day. */
export class MakeDormant extends AggregateCommand {
  @IsText(500) reason!: string;
  /** Last day with revenue; absent when there never was any: then the months count from the day on which it became a client. */
  @IsOptional() @IsDateOnly() lastRevenueOn?: string | null;
}

export const makeDormantCase = accountUseCase(MakeDormant, {
  route: 'key-accounts/:id/make-dormant',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  needs: [Policies, ReportingTime],
  prepare: (_command, _account, [policies]) => policies.inForce('tiers'),
  decide(account, { reason, lastRevenueOn = null, context }, { dormantAfterMonths: months }, [, time]) {
    const today = time.dateOf(context.now);
    const activeSince = account.status === 'unknown' || account.activeSince === null ? today : time.dateOf(account.activeSince);
    const byDirector = context.actor.roles.includes('director');
    return makeDormant(account, { reason, lastRevenueOn }, { today, months, earliest: monthsLater(lastRevenueOn ?? activeSince, months), byDirector });
  },
});

export class ReactivateAccount extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const reactivateAccountCase = useCase(ReactivateAccount, {
  route: 'key-accounts/:id/reactivate',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  decide: (account, { reason }) => reactivate(account, reason),
});
