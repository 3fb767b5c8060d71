import type { BatchWrite, DeadLetter, DeadLetterQuery, Marks, Projection } from '@keyfold/event-sourcing';
import { RowSet } from './row-set.js';
import { Walk } from './walk.js';

type Kept = { readonly marks: Iterable<readonly [string, Marks]>; readonly rows: Iterable<readonly [string, object]>; readonly letters: readonly DeadLetter[] };

/** Rows, marks and dead letters of one generation of one projection. */
export class ProjectionState {
  readonly rows: RowSet<object>;
  readonly marks = new Map<string, Marks>();
  readonly rowWalk: Walk<object>;
  readonly markWalk = new Walk(this.marks, () => this.marks.keys());
  private readonly parked = new Map<string, DeadLetter>();

  constructor(projection: Projection, kept?: Kept) {
    this.rows = new RowSet(projection.indexes);
    this.rowWalk = new Walk(this.rows, () => this.rows.ids());
    if (!kept) return;
    for (const [streamId, marks] of kept.marks) this.marks.set(streamId, marks);
    for (const [id, row] of kept.rows) this.rows.set(id, row);
    for (const letter of kept.letters) this.park(letter);
  }

  write({ marks, rows, parked, drained = new Map() }: BatchWrite<object>): void {
    for (const [streamId, mark] of marks) this.marks.set(streamId, mark);
    for (const [id, row] of rows) this.rows.set(id, row);
    for (const letter of parked) this.park(letter);
    for (const [streamId, version] of drained) this.drain(streamId, version);
  }

  /** All that there are, also the discarded ones. */
  everyLetter(): readonly DeadLetter[] {
    return [...this.parked.values()];
  }

  letters({ streamId, kind, after }: Omit<DeadLetterQuery, 'limit'> = {}): DeadLetter[] {
    return [...this.parked.values()]
      .filter((letter) => (kind === undefined ? letter.kind !== 'discarded' : letter.kind === kind))
      .filter((letter) => streamId === undefined || letter.streamId === streamId)
      .filter((letter) => after === undefined || inOrder(after, letter) < 0)
      .sort(inOrder);
  }

  private drain(streamId: string, upToVersion: number): void {
    for (const letter of this.letters({ streamId })) if (letter.version <= upToVersion) this.parked.delete(keyOf(letter));
  }

  private park(letter: DeadLetter): void {
    this.parked.set(keyOf(letter), letter);
  }
}

type Place = Pick<DeadLetter, 'streamId' | 'version'>;

const inOrder = (a: Place, b: Place): number => (a.streamId === b.streamId ? a.version - b.version : a.streamId < b.streamId ? -1 : 1);

const keyOf = ({ streamId, version }: DeadLetter): string => `${streamId}@${version}`;

export function pick<T>(from: { get(key: string): T | undefined }, keys: readonly string[]): Map<string, T> {
  const picked = new Map<string, T>();
  for (const key of keys) {
    const value = from.get(key);
    if (value !== undefined) picked.set(key, value);
  }
  return picked;
}
