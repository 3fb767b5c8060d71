import type { Marks } from './ports.js';

export interface KeptRow {
  row: object | null;
  readonly partitions: Set<string>;
  stored: boolean;
  isDirty: boolean;
}

export interface KeptMarks extends Marks {
  accepted: number;
  applied: number;
  stored: boolean;
  isDirty: boolean;
}

type Rows = ReadonlyMap<string, KeptRow>;

/** Rows or marks that may wait to be written. More makes fewer writes of the same row, but more to be done again after a crash. */
const MOST_DIRTY = 100_000;
/** What a store needs for each beside the JSON of a row, in bytes. */
const ROW_BYTES = 300;
const MARK_BYTES = 200;
/** Memory for the rows that are kept to be folded on, in characters of their JSON. */
const ROWS_CHARS = 64 * 1024 * 1024;
const MOST_ROWS = 200_000;
export const MOST_MARKS = 1_000_000;
const LOOKED_AT = 50;

/** Whether what waits is as much as may, or as much as a store with so much room for one write takes. */
export function isEnough({ rows, dirtyRows, dirtyMarks }: { rows: Rows; dirtyRows: readonly string[]; dirtyMarks: readonly string[] }, room: number): boolean {
  if (dirtyRows.length >= MOST_DIRTY || dirtyMarks.length >= MOST_DIRTY) return true;
  return dirtyRows.length * (averageChars(rows, dirtyRows) + ROW_BYTES) + dirtyMarks.length * MARK_BYTES >= room;
}

/** As many rows as memory holds, if they are like those that were folded last. */
export const mostRows = (rows: Rows, folded: readonly string[]): number => Math.min(MOST_ROWS, ROWS_CHARS / Math.max(averageChars(rows, folded), 1));

function averageChars(rows: Rows, ids: readonly string[]): number {
  const looked = ids.slice(-LOOKED_AT);
  return looked.reduce((sum, id) => sum + JSON.stringify(rows.get(id)!.row).length, 0) / Math.max(looked.length, 1);
}

/** Lets those go that are first in the order. */
export function trim(kept: Map<string, unknown>, most: number): void {
  for (const id of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(id);
  }
}
