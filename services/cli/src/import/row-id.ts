import { uuid5 } from '@keyfold/event-sourcing-nest/ids';
import type { Entity } from './entities.js';
import type { Mapping } from './mapping.js';

/** Stream ids follow from the source, the entity and the row key: the same row is the same stream, in every run. */
export const idOfRow = (mapping: Mapping, entity: Entity | 'managers', key: string): string => uuid5('import', mapping.source, entity === 'managers' ? 'members' : entity, key);
