import type { AggregateCommand } from '@keyfold/event-sourcing-nest';
import type { Accounts } from '../key-account/accounts.js';
import { accountOf, type Stakeholder } from './stakeholder.aggregate.js';

/** Whose account it is may say this of its people also when the account is closed or merged: what a person says is heard, and nobody is shut in. */
export async function permitKeepers<C extends AggregateCommand>({ scope }: C, state: Stakeholder, [accounts]: readonly [Accounts, ...unknown[]]): Promise<void> {
  const accountId = accountOf(state);
  if (accountId !== null) await accounts.assertEditable(accountId, scope);
}
