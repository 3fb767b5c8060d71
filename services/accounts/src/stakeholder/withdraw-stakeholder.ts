import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { Touchpoints } from '../engagement-plan/touchpoints.js';
import { accountUseCase } from '../key-account/accounts.js';
import { RELATION_KEEPERS } from './register-stakeholder.js';
import { accountOf, stakeholder, withdraw } from './stakeholder.aggregate.js';

/** Takes an imported person back. */
export class WithdrawStakeholder extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const withdrawStakeholderCase = accountUseCase(WithdrawStakeholder, {
  route: 'stakeholders/:id/withdraw',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  accountOf,
  needs: [Touchpoints],
  prepare: ({ id }, state, [touchpoints]) => touchpoints.assertNoneWith(accountOf(state), id),
  decide: (state, { reason }) => withdraw(state, reason),
});
