import { RowRefused } from '@keyfold/event-sourcing';

const MOST_CHARS = 16 * 1024 * 1024;
const DEEPEST = 100;

/** Throws RowRefused for what a row on MongoDB may not hold either: names with NUL, too deep a nesting, more than 16 MB. */
export function assertStorable(row: object): void {
  const chars = charsOf(row, 1);
  if (chars > MOST_CHARS) throw new RowRefused(`it is larger than ${MOST_CHARS} characters`);
}

function charsOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (depth > DEEPEST) throw new RowRefused(`it is nested deeper than ${DEEPEST} levels`);
  if (Array.isArray(value)) return value.reduce<number>((chars, item) => chars + charsOf(item, depth + 1), 0);
  let chars = 0;
  for (const [name, part] of Object.entries(value)) {
    if (name.includes('\0')) throw new RowRefused(`the name ${JSON.stringify(name)} has a NUL in it`);
    chars += name.length + charsOf(part, depth + 1);
  }
  return chars;
}
