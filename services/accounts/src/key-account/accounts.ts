import { Injectable, type Type } from '@nestjs/common';
import { OWN_COMPANY } from '@keyfold/contracts';
import { type DomainEvent, DomainError, NotFound } from '@keyfold/event-sourcing';
import { type AggregateCommand, type CommandDefinition, Commands, type Injectables, type Instances, type Scope, type UseCase, useCase } from '@keyfold/event-sourcing-nest';
import { accessOf, assertOpen, type KeyAccount, keyAccount, ownerOf, type RegisteredAccount } from './key-account.aggregate.js';

/** Questions that other commands ask about accounts, answered from the accounts' own streams. */
@Injectable()
export class Accounts {
  constructor(private readonly commands: Commands) {}

  /** The account, `known` or looked up. Throws NotFound for one that is not there or that the caller may not change: nobody learns what exists beyond his scope. */
  async assertEditable(accountId: string, scope: Scope, known?: KeyAccount): Promise<KeyAccount> {
    const account = known ?? (await this.load(accountId));
    if (account.status === 'unknown' || !scope.coversAccount(accessOf(account, this.commands.now().toISOString()), 'edit')) throw new NotFound('key-account', accountId);
    return account;
  }

  /** Last owner named; null for an account that nobody owns. */
  async ownerOf(accountId: string): Promise<string | null> {
    return ownerOf(await this.load(accountId));
  }

  /** The account; refuses one that is closed, closing or withdrawn. */
  async open(accountId: string): Promise<RegisteredAccount> {
    return assertOpen(await this.load(accountId));
  }

  private async load(accountId: string): Promise<KeyAccount> {
    return (await this.commands.load(keyAccount, accountId)).state;
  }
}

/** An id under which an account may be registered. */
export function assertAccountId(id: string): void {
  if (id === OWN_COMPANY) throw new DomainError('account-exists');
}

export type AccountCommandDefinition<C extends AggregateCommand, State, E extends DomainEvent, Needs extends Injectables, Prepared> = Omit<CommandDefinition<C, State, E, Needs, Prepared>, 'permit' | 'ownerOf' | 'after'> & {
  /** The account that the aggregate belongs to, or shall belong to; null while the aggregate is unknown. */
  accountOf(state: State, command: C): string | null;
};

/** A command on something that belongs to an account: the caller's scope covers the account, to edit, and the account is open. */
export function accountUseCase<C extends AggregateCommand, State, E extends DomainEvent, const Needs extends Injectables = [], Prepared = void>(
  type: Type<C>,
  definition: AccountCommandDefinition<C, State, E, Needs, Prepared>,
): UseCase {
  const { accountOf, prepare, decide, follow, needs = [] as unknown as Needs, ...rest } = definition;
  const own = (needed: readonly object[]) => needed.slice(1) as unknown as Instances<Needs>;
  /** Whether the target is the account itself. */
  const isItself = (command: C, accountId: string): boolean => definition.on.contract === keyAccount.contract && command.id === accountId;
  /** The account of what is yet to be made, which the command names. */
  const named = (command: C): string | null => accountOf(definition.on.initial, command);
  return useCase<C, State, E, readonly [typeof Accounts, ...Needs], Prepared, KeyAccount | null, KeyAccount>(type, {
    ...rest,
    needs: [Accounts, ...needs],
    beside(command) {
      const accountId = named(command);
      return accountId === null || isItself(command, accountId) ? null : [keyAccount, accountId];
    },
    async permit(command, state, [accounts], beside) {
      const accountId = accountOf(state, command);
      if (accountId === null) return null;
      const seen = isItself(command, accountId) ? (state as KeyAccount) : accountId === named(command) ? beside : undefined;
      return accounts.assertEditable(accountId, command.scope, seen);
    },
    async prepare(command, state, needed, account) {
      const accountId = accountOf(state, command);
      if (accountId !== null) await (account ? assertOpen(account) : needed[0].open(accountId));
      return (await prepare?.(command, state, own(needed), undefined)) as Prepared;
    },
    decide: (state, command, prepared, needed) => decide(state, command, prepared, own(needed)),
    ...(follow && { follow: (command: C, state: State, needed: readonly object[]) => follow(command, state, own(needed)) }),
  });
}
