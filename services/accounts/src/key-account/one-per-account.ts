import type { Type } from '@nestjs/common';
import type { Decider, DomainEvent } from '@keyfold/event-sourcing';
import type { AggregateCommand, Injectables, UseCase } from '@keyfold/event-sourcing-nest';
import { type AccountCommandDefinition, accountUseCase } from './accounts.js';

type OwnDefinition<C extends AggregateCommand, State, E extends DomainEvent, Needs extends Injectables, Prepared> = Omit<
  AccountCommandDefinition<C, State, E, Needs, Prepared>,
  'route' | 'on' | 'makes' | 'accountOf'
>;

/**
 * Commands on what each account has one of, under the account's own id: `POST /api/accounts/<plural>/<account>/<command>`. Any of them may be the first.
 * `accountOf`: null for an id that is no account's; who may say what of it is decided elsewhere.
 */
export const onePerAccount =
  <State, E extends DomainEvent>(plural: string, on: Decider<State, E>, accountOf: (id: string) => string | null = (id) => id) =>
  <C extends AggregateCommand, const Needs extends Injectables = [], Prepared = void>(type: Type<C>, command: string, definition: OwnDefinition<C, State, E, Needs, Prepared>): UseCase =>
    accountUseCase<C, State, E, Needs, Prepared>(type, {
      ...(definition as AccountCommandDefinition<C, State, E, Needs, Prepared>),
      route: `${plural}/:id/${command}`,
      on,
      makes: true,
      accountOf: (_state, { id }) => accountOf(id),
    });
