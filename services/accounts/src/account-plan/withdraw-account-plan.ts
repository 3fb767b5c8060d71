import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { accountUseCase } from '../key-account/accounts.js';
import { PLANNERS } from '../plan/plan-use-case.js';
import { accountOf, accountPlan, withdraw } from './account-plan.aggregate.js';

/** Takes an imported plan back. */
export class WithdrawAccountPlan extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const withdrawAccountPlanCase = accountUseCase(WithdrawAccountPlan, {
  route: 'account-plans/:id/withdraw',
  roles: PLANNERS,
  on: accountPlan,
  accountOf,
  decide: (plan, { reason }) => withdraw(plan, reason),
});
