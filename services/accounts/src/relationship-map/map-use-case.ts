import type { Type } from '@nestjs/common';
import type { RelationshipMapEvent } from '@keyfold/contracts';
import type { AggregateCommand, Injectables, UseCase } from '@keyfold/event-sourcing-nest';
import { type AccountCommandDefinition, accountUseCase } from '../key-account/accounts.js';
import { RELATION_KEEPERS } from '../stakeholder/register-stakeholder.js';
import { type RelationshipMap, relationshipMap } from './relationship-map.aggregate.js';

type MapCommandDefinition<C extends AggregateCommand, Needs extends Injectables, Prepared> = Omit<
  AccountCommandDefinition<C, RelationshipMap, RelationshipMapEvent, Needs, Prepared>,
  'route' | 'roles' | 'on' | 'makes' | 'accountOf'
>;

/** `POST /api/accounts/relationship-maps/<account id>/<name>`: a command of those who keep the relations to an account. The map is there with the account. */
export const mapUseCase = <C extends AggregateCommand, const Needs extends Injectables = [], Prepared = void>(
  type: Type<C>,
  name: string,
  definition: MapCommandDefinition<C, Needs, Prepared>,
): UseCase =>
  accountUseCase<C, RelationshipMap, RelationshipMapEvent, Needs, Prepared>(type, {
    ...definition,
    route: `relationship-maps/:id/${name}`,
    roles: RELATION_KEEPERS,
    on: relationshipMap,
    makes: true,
    accountOf: (_map, { id }) => id,
  });
