import { assertFilter, behind, type Filter, type RowQuery, sortKeys } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import type { RowDocument } from './row-document.js';

const LARGEST_PAGE = 10_000;

export interface CastQuery {
  readonly filter: mongo.Filter<RowDocument>;
  readonly sort: Map<string, 1 | -1>;
  readonly limit: number;
}

/** The query as the driver takes it. Throws TypeError or RangeError for anything that is not a RowQuery, whatever the types of the caller said. */
export function castQuery({ filter, sort, limit, after }: RowQuery): CastQuery {
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) throw new RangeError(`a page has 1 to ${LARGEST_PAGE} rows, not ${limit}`);
  const keys = sortKeys(sort);
  for (const [field, direction] of keys) if (direction !== 1 && direction !== -1) throw new TypeError(`sort: ${field} takes 1 or -1`);
  if (after && after.length !== keys.length) throw new TypeError(`after: takes a value for each of ${keys.map(([field]) => field).join(', ')}`);
  const parts = [filter ?? {}, ...(after ? [behind(sort, after)] : [])];
  return { filter: castFilter(parts.length > 1 ? { $and: parts } : parts[0]!), sort: new Map(keys.map(([field, direction]) => [castField(field), direction])), limit };
}

/** The filter, rebuilt from its checked parts: no object that came from outside reaches the server. Undefined is no value; it would match more than was meant. */
export function castFilter(filter: Filter): mongo.Filter<RowDocument> {
  assertFilter(filter);
  return rebuilt(filter) as mongo.Filter<RowDocument>;
}

function rebuilt(filter: Filter): mongo.Document {
  return Object.fromEntries(
    Object.entries(filter).map(([field, condition]: [string, unknown]) => {
      if (field === '$and' || field === '$or') return [field, (condition as Filter[]).map(rebuilt)];
      return [castField(field), typeof condition === 'object' && condition !== null ? { ...condition } : { $eq: condition }];
    }),
  );
}

/** The id of a row is kept as `_id`; other names with an underscore in front are the store's own. */
function castField(field: string): string {
  if (field === '' || field.startsWith('_') || /[$\0]/.test(field)) throw new TypeError(`${JSON.stringify(field)} is not a field of a row`);
  return field === 'id' ? '_id' : field;
}
