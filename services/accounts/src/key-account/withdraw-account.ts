import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { BuiltUpon } from './built-upon.js';
import { Hierarchy } from './hierarchy.js';
import { isWithdrawn, keyAccount, ownerOf } from './key-account.aggregate.js';
import { withdraw } from './key-account.life.js';

/** Takes an imported account back. */
export class WithdrawAccount extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const withdrawAccountCase = useCase(WithdrawAccount, {
  route: 'key-accounts/:id/withdraw',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [Hierarchy, BuiltUpon],
  async prepare(command, account, [hierarchy, builtUpon]) {
    if (withdraw(account, command.reason).length === 0) return;
    await builtUpon.assertNothing(command.id);
    await hierarchy.assertNothingBelow(command);
  },
  decide: (account, { reason }) => withdraw(account, reason),
  follow: (command, account, [hierarchy]) => (isWithdrawn(account) ? [hierarchy.release(command)] : []),
});
