/** One text for one JSON value: keys in order, what JSON does not have left out. Two values are the same exactly when their texts are. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  ) ?? 'null';

/** Whether two values are the same JSON value, without making texts of them. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)].map((entries) => entries.filter(([, value]) => value !== undefined));
  const other = b as Record<string, unknown>;
  return left!.length === right!.length && left!.every(([key, value]) => Object.hasOwn(other, key) && sameJson(value, other[key]));
}
