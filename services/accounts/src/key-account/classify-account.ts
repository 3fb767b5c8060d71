import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsCode, IsCurrency } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { accountUseCase } from './accounts.js';
import { keyAccount } from './key-account.aggregate.js';
import { classify, setCurrency } from './key-account.belonging.js';

/** By the codes of a sector pack (domain.md W3): `sector-pack--<sector>` and one of its subsectors. */
export class ClassifyAccount extends AggregateCommand {
  @IsCode() sector!: string;
  @IsOptional() @IsCode() subsector?: string | null;
}

export const classifyAccountCase = accountUseCase(ClassifyAccount, {
  route: 'key-accounts/:id/classify',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  needs: [Policies],
  async prepare({ sector, subsector = null }, _account, [policies]) {
    const pack = await policies.published('sector-pack', sector);
    const known = pack !== null && (subsector === null || pack.subsectors.some(({ code }) => code === subsector));
    if (!known) throw new DomainError('account-sector-unknown', { sector, subsector: subsector ?? '' });
  },
  decide: (account, { sector, subsector = null }) => classify(account, { sector, subsector }),
});

/** Currency in which the account is counted. */
export class SetCurrency extends AggregateCommand {
  @IsCurrency() currency!: string;
}

export const setCurrencyCase = accountUseCase(SetCurrency, {
  route: 'key-accounts/:id/set-currency',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  decide: (account, { currency }) => setCurrency(account, currency),
});
