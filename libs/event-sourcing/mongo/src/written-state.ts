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

/** What is taken for what is there, and the rows of which that says nothing. */
export interface Assumed extends Before {
  readonly unknown: readonly string[];
}

/**
 * What this process wrote last, by stream, so that the next batch of a stream need not read it. Of a stream that it does not know, the batch itself says up to where that has been applied: up to
 * its first event; one that begins is taken for one of which there is nothing. All of it may be wrong, and is never believed on its own: a mark is written only where it still is what it was
 * taken for, and a row is kept only where no row changes without the mark of its one stream. Whoever was wrong folds again on what he reads.
 */
export class WrittenState {
  private readonly entries = new StateCache<Entry>(MOST_BYTES);

  /** All that a group of batches asks for but for rows that are not known; null where one of the batches wants to read. `view` names the generation. */
  assume(projection: Projection, view: string, { rows, after }: GroupKeys): Assumed | null {
    if (!after) return null;
    const rowOf = rowOfStream(projection);
    const unknown = new Set(rows);
    const state = { marks: new Map<string, Marks>(), rows: new Map<string, never>() };
    const partitionsOf = new Map<string, readonly string[]>();
    for (const [streamId, version] of after) {
      const entry = this.known(`${view}|${streamId}`, version);
      const marks = entry ? entry.marks : { accepted: version, applied: version };
      if (marks) state.marks.set(streamId, marks);
      const row = rowOf?.(streamId);
      if (entry?.row === undefined || row === undefined || !unknown.delete(row)) continue;
      if (entry.row) state.rows.set(row, entry.row as never);
      partitionsOf.set(row, entry.partitions);
    }
    return { state, partitionsOf, unknown: [...unknown] };
  }

  /** What was written last, unless somebody must have written since. */
  private known(key: string, after: number): Entry | null {
    const entry = this.entries.get(key);
    if (entry && (entry.marks?.accepted ?? 0) >= after) return entry;
    return after === 0 ? NOTHING : null;
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
