import type { BatchWrite, DeadLetter, Marks, Projection } from '@keyfold/event-sourcing';
import { RowSet } from './row-set.js';

type Kept = { readonly marks: Iterable<readonly [string, Marks]>; readonly rows: Iterable<readonly [string, object]>; readonly letters: readonly DeadLetter[] };

/** Rows, marks and dead letters of one generation of one projection. */
export class ProjectionState {
  readonly rows: RowSet<object>;
  readonly marks = new Map<string, Marks>();
  private readonly parked = new Map<string, DeadLetter>();

  constructor(projection: Projection, kept?: Kept) {
    this.rows = new RowSet(projection.indexes);
    if (!kept) return;
    for (const [streamId, marks] of kept.marks) this.marks.set(streamId, marks);
    for (const [id, row] of kept.rows) this.rows.set(id, row);
    for (const letter of kept.letters) this.park(letter);
  }

  write({ marks, rows, parked }: BatchWrite<object>): void {
    for (const [streamId, mark] of marks) this.marks.set(streamId, mark);
    for (const [id, row] of rows) this.rows.set(id, row);
    for (const letter of parked) this.park(letter);
  }

  letters(streamId?: string): DeadLetter[] {
    return [...this.parked.values()]
      .filter((letter) => streamId === undefined || letter.streamId === streamId)
      .sort((a, b) => (a.streamId === b.streamId ? a.version - b.version : a.streamId < b.streamId ? -1 : 1));
  }

  removeLetters(streamId: string, upToVersion: number): void {
    for (const letter of this.letters(streamId)) if (letter.version <= upToVersion) this.parked.delete(keyOf(letter));
  }

  private park(letter: DeadLetter): void {
    this.parked.set(keyOf(letter), letter);
  }
}

const keyOf = ({ streamId, version }: DeadLetter): string => `${streamId}@${version}`;

export function pick<T>(from: { get(key: string): T | undefined }, keys: readonly string[]): Map<string, T> {
  const picked = new Map<string, T>();
  for (const key of keys) {
    const value = from.get(key);
    if (value !== undefined) picked.set(key, value);
  }
  return picked;
}
