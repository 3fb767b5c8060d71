import { RowRefused } from '@keyfold/event-sourcing';

const MOST_CHARS = 16 * 1024 * 1024;
const DEEPEST = 100;
const LONG = 64;

/** Parts of long lists that were found storable at a depth: a row that has grown by one part shares all others with the row before it. */
const known = new WeakMap<object, { readonly chars: number; readonly depth: number }>();

/** Throws RowRefused for what a row on MongoDB may not hold either: names with NUL, too deep a nesting, more than 16 MB. */
export function assertStorable(row: object): void {
  const chars = charsOf(row, 1);
  if (chars > MOST_CHARS) throw new RowRefused(`it is larger than ${MOST_CHARS} characters`);
}

function charsOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth > DEEPEST) throw new RowRefused(`it is nested deeper than ${DEEPEST} levels`);
  let chars = 0;
  if (Array.isArray(value)) for (const item of value) chars += value.length > LONG ? charsOfShared(item, depth + 1) : charsOf(item, depth + 1);
  else
    for (const name of Object.keys(value)) {
      if (name.includes('\0')) throw new RowRefused(`the name ${JSON.stringify(name)} has a NUL in it`);
      chars += name.length + charsOf((value as Record<string, unknown>)[name], depth + 1);
    }
  return chars;
}

function charsOfShared(item: unknown, depth: number): number {
  if (typeof item !== 'object' || item === null) return charsOf(item, depth);
  const before = known.get(item);
  if (before && before.depth >= depth) return before.chars;
  const chars = charsOf(item, depth);
  known.set(item, { chars, depth });
  return chars;
}
