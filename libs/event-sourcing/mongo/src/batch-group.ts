import { type BatchKeys, type BatchState, type BatchWrite, type DeadLetter, earliest, type Marks } from '@keyfold/event-sourcing';

/** A partition batch: what it reads, and what it makes of that. */
export interface Batch {
  readonly keys: BatchKeys;
  readonly fold: (state: BatchState<never>) => BatchWrite<object>;
}

export interface GroupWrite extends Pick<BatchWrite<object>, 'marks'> {
  /** What each row is in the end, and the partitions whose batches have written it. */
  readonly rows: ReadonlyMap<string, { readonly row: object | null; readonly partitions: ReadonlySet<string> }>;
  readonly parked: readonly DeadLetter[];
  readonly drained: ReadonlyMap<string, number>;
}

export interface Group {
  readonly write: GroupWrite;
  /** What the fold of a batch threw: nothing of that batch is in the write. */
  readonly errors: readonly (Error | undefined)[];
}

/** All that batches of a group read. */
export interface GroupKeys extends Pick<BatchKeys, 'streams' | 'rows'> {
  readonly partitions: readonly string[];
  /** Null when one of the batches wants to read. */
  readonly after: ReadonlyMap<string, number> | null;
}

export const keysOf = (batches: readonly Batch[]): GroupKeys => ({
  partitions: [...new Set(batches.map(({ keys }) => keys.partition))],
  streams: [...new Set(batches.flatMap(({ keys }) => keys.streams))],
  rows: [...new Set(batches.flatMap(({ keys }) => keys.rows))],
  after: batches.every(({ keys }) => keys.after) ? earliest(batches.flatMap(({ keys }) => [...keys.after!])) : null,
});

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Folds batches one after the other, each on what those before it have left, as if each had been written alone. */
export function foldGroup(batches: readonly Batch[], before: BatchState<never>): Group {
  const state = { marks: new Map(before.marks), rows: new Map(before.rows) };
  const marks = new Map<string, Marks>();
  const rows = new Map<string, { row: object | null; partitions: Set<string> }>();
  const parked = new Map<string, DeadLetter>();
  const drained = new Map<string, number>();
  const errors = batches.map(({ keys, fold }): Error | undefined => {
    try {
      const write = fold(state);
      for (const [id, mark] of write.marks) {
        state.marks.set(id, mark);
        marks.set(id, mark);
      }
      for (const [id, row] of write.rows) {
        if (row) state.rows.set(id, row as never);
        else state.rows.delete(id);
        rows.set(id, { row, partitions: (rows.get(id)?.partitions ?? new Set<string>()).add(keys.partition) });
      }
      for (const letter of write.parked) parked.set(`${letter.streamId}@${letter.version}`, letter);
      for (const [id, version] of write.drained ?? []) drained.set(id, Math.max(version, drained.get(id) ?? 0));
      return undefined;
    } catch (error) {
      return asError(error);
    }
  });
  return { write: { marks, rows, parked: [...parked.values()], drained }, errors };
}
