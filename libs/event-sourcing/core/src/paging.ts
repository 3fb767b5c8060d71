import type { Filter, RowQuery } from './ports.js';

/** The value at a dotted path; null where there is none. */
export function valueAt(row: object, path: string): unknown {
  let value: unknown = row;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value ?? null;
}

/** MongoDB's order of what rows are sorted by: null, numbers, text by code unit, booleans. */
export function compareValues(a: unknown, b: unknown): number {
  const order = rankOf(a) - rankOf(b);
  if (order !== 0 || a === null || a === b) return order;
  return (a as string) < (b as string) ? -1 : 1;
}

const TYPES = ['number', 'string', 'object', 'boolean'];

const rankOf = (value: unknown): number => (value === null ? -1 : TYPES.indexOf(typeof value));

/** The order of a query as a list of keys; the id is the last, so that the order is total, and runs as the key before it, so that an index of the keys can be walked either way. */
export function sortKeys(sort: RowQuery['sort'] = {}): (readonly [field: string, direction: 1 | -1])[] {
  const keys = Object.entries(sort);
  return 'id' in sort ? keys : [...keys, ['id', keys.at(-1)?.[1] ?? 1]];
}

/** Which of two rows comes first in the order of a query; 0 for a row and itself alone. */
export function rowOrder(sort: RowQuery['sort']): (a: object, b: object) => number {
  const keys = sortKeys(sort);
  return (a, b) => {
    for (const [field, direction] of keys) {
      const order = compareValues(valueAt(a, field), valueAt(b, field));
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

/**
 * The rows behind `after` in the order of `sort`, as a filter that every adapter can run. Values of one field are of one type or null;
 * null and absent count as the same and come before everything, and as no operator reaches across types they need cases of their own. An id is neither.
 */
export function behind(sort: RowQuery['sort'], after: readonly unknown[]): Filter {
  const keys = sortKeys(sort);
  const cases = keys.flatMap(([field, direction], i) => {
    const beyond = beyondKey(field, direction, after[i] ?? null);
    const ties = keys.slice(0, i).map(([tied], j): Filter => ({ [tied]: (after[j] ?? null) as string | number | boolean | null }));
    return beyond ? [{ $and: [...ties, beyond] }] : [];
  });
  return { $or: cases };
}

function beyondKey(field: string, direction: 1 | -1, value: unknown): Filter | null {
  if (direction === 1) return value === null ? { [field]: { $ne: null } } : { [field]: { $gt: value } };
  if (field === 'id') return { id: { $lt: value } };
  return value === null ? null : { $or: [{ [field]: { $lt: value } }, { [field]: null }] };
}
