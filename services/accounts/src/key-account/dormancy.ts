import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsText, monthsLater, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { WonDeals } from '../opportunity/won-deals.js';
import { Policies } from '../policy/policies.js';
import { accountUseCase } from './accounts.js';
import { keyAccount, ownerOf } from './key-account.aggregate.js';
import { makeDormant, reactivate } from './key-account.life.js';

/** A client without revenue for as many months as the policy of the day wants; for a director's reasons on any day. */
export class MakeDormant extends AggregateCommand {
  @IsText(500) reason!: string;
  /** Last day with revenue beside the deals that are known here. Where there is neither, the months count from the day on which it became a client. */
  @IsOptional() @IsDateOnly() lastRevenueOn?: string | null;
}

export const makeDormantCase = accountUseCase(MakeDormant, {
  route: 'key-accounts/:id/make-dormant',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  needs: [Policies, ReportingTime, WonDeals],
  async prepare({ id }, _account, [policies, , deals]) {
    const [policy, wonAt] = await Promise.all([policies.inForce('tiers'), deals.lastWonAt(id)]);
    return { months: policy.dormantAfterMonths, wonAt };
  },
  decide(account, { reason, lastRevenueOn: named = null, context }, { months, wonAt }, [, time]) {
    const day = (instant: string | null): string | null => instant && time.dateOf(instant);
    const today = time.dateOf(context.now);
    const lastRevenueOn = latest(named, day(wonAt));
    const since = latest(lastRevenueOn, account.status === 'unknown' ? null : day(account.activeSince));
    const byDirector = context.actor.roles.includes('director');
    return makeDormant(account, { reason, lastRevenueOn }, { today, months, earliest: monthsLater(since ?? today, months), byDirector });
  },
});

/** Days sort as text. */
const latest = (...days: readonly (string | null)[]): string | null => days.reduce((last, day) => (day !== null && (last === null || day > last) ? day : last), null);

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
