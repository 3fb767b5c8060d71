import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { Touchpoints } from '../engagement-plan/touchpoints.js';
import { accountUseCase } from '../key-account/accounts.js';
import { isOnMap, relationshipMap } from '../relationship-map/relationship-map.aggregate.js';
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
  needs: [Touchpoints, Commands],
  async prepare({ id }, state, [touchpoints, commands]) {
    const accountId = accountOf(state)!;
    await touchpoints.assertNoneWith(accountId, id);
    if (isOnMap((await commands.load(relationshipMap, accountId)).state, id)) throw new DomainError('withdraw-built-upon');
  },
  decide: (state, { reason }) => withdraw(state, reason),
});
