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
