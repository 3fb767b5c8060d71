import { type BatchState, type Marks, type Projection, rowOfStream, StateCache, weigh } from '@keyfold/event-sourcing';
import type { GroupKeys, GroupWrite } from './batch-group.js';

/** Marks and rows as they were read, or are taken to be, with the partitions under which mirrors hold the rows. */
export interface Before {
  readonly state: BatchState<never>;
  readonly partitionsOf: ReadonlyMap<string, readonly string[]>;
}

/** What is known of one stream; `row` is absent where it was not asked for, null where there is none. */
interface Entry {
  readonly marks: Marks | undefined;
  readonly row?: object | null;
  readonly partitions: readonly string[];
  readonly bytes: number;
}

const MOST_BYTES = 32_000_000;
const NOTHING: Entry = { marks: undefined, row: null, partitions: [], bytes: 0 };

/**
 * What this process wrote last, by stream, so that the next batch of a stream need not read it. It may be out of date, and is never believed on its own: a mark is written only where it still is
 * what it was taken for, and a row is kept only where no row changes without the mark of its one stream. A stream that begins is taken for one of which there is nothing, which its inserts show.
 * Whoever was wrong folds again on what he reads.
 */
export class WrittenState {
  private readonly entries = new StateCache<Entry>(MOST_BYTES);

  /** All that a group of batches asks for, or null where something of it is not known. `view` names the generation. */
  assume(projection: Projection, view: string, { streams, rows, beginning }: GroupKeys): Before | null {
    if (!beginning) return null;
    const rowOf = rowOfStream(projection);
    const asked = new Set(rows);
    const state = { marks: new Map<string, Marks>(), rows: new Map<string, never>() };
    const partitionsOf = new Map<string, readonly string[]>();
    for (const streamId of streams) {
      const entry = this.entries.get(`${view}|${streamId}`) ?? (beginning.has(streamId) ? NOTHING : undefined);
      if (!entry) return null;
      if (entry.marks) state.marks.set(streamId, entry.marks);
      const row = rowOf?.(streamId);
      if (row === undefined || !asked.has(row) || entry.row === undefined) continue;
      asked.delete(row);
      if (entry.row) state.rows.set(row, entry.row as never);
      partitionsOf.set(row, entry.partitions);
    }
    return asked.size === 0 ? { state, partitionsOf } : null;
  }

  /** Once the transaction is through. */
  remember(projection: Projection, view: string, { streams, rows }: GroupKeys, { before, write }: { before: Before; write: GroupWrite }): void {
    const rowOf = rowOfStream(projection);
    const asked = new Set(rows);
    for (const streamId of streams) {
      const marks = write.marks.get(streamId) ?? before.state.marks.get(streamId);
      const id = rowOf?.(streamId);
      const rest = id !== undefined && asked.has(id) ? rowAfter(id, before, write) : { partitions: [], bytes: 0 };
      this.entries.set(`${view}|${streamId}`, { marks, ...rest });
    }
  }

  forget(view: string, streams: readonly string[]): void {
    for (const streamId of streams) this.entries.delete(`${view}|${streamId}`);
  }
}

function rowAfter(id: string, { state, partitionsOf }: Before, write: GroupWrite): Omit<Entry, 'marks'> {
  const written = write.rows.get(id);
  const row: object | null = written ? written.row : (state.rows.get(id) ?? null);
  return { row, partitions: [...new Set([...(partitionsOf.get(id) ?? []), ...(written?.partitions ?? [])])], bytes: row ? weigh(row).bytes : 0 };
}
