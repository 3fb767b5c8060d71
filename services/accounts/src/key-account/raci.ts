import { type Deliverable, DELIVERABLES, RACI_LETTERS, type RaciLetter } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { accountUseCase } from './accounts.js';
import { keyAccount } from './key-account.aggregate.js';
import { assignRaci, withdrawRaci } from './key-account.belonging.js';

export class AssignRaci extends AggregateCommand {
  @IsIn(DELIVERABLES) deliverable!: Deliverable;
  @IsId() memberId!: string;
  @IsIn(RACI_LETTERS) letter!: RaciLetter;
}

export const assignRaciCase = accountUseCase(AssignRaci, {
  route: 'key-accounts/:id/assign-raci',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  decide: (account, { deliverable, memberId, letter }) => assignRaci(account, { deliverable, memberId, letter }),
});

export class WithdrawRaci extends AssignRaci {}

export const withdrawRaciCase = accountUseCase(WithdrawRaci, {
  route: 'key-accounts/:id/withdraw-raci',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  decide: (account, { deliverable, memberId, letter }) => withdrawRaci(account, { deliverable, memberId, letter }),
});
