import { Batcher, type Clock } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { MAJORITY, READ_MS, within } from './connection.js';
import { generationKey, type StampDocument, STAMPS } from './generation-collections.js';
import { collectionsOf, toRow } from './row-document.js';

const MOST_ROWS = 500_000;
const RELOAD_MS = 30_000;

/**
 * All rows of a view in the memory of its reader. Each call reads the stamps of the partitions (some dozens of small documents) and reloads what the partitions
 * with a moved stamp have written. Stamps are read before rows: rows may be newer than their stamp, which costs a reload, never older.
 */
export class Mirror<Row extends object> {
  private generation = -1;
  private stamps = new Map<string, number>();
  private readonly rows = new Map<string, Row>();
  private readonly idsOf = new Map<string, Set<string>>();
  private frozen: readonly Row[] = Object.freeze([]);
  /** Callers share a refresh, but only one that begins after they have called. */
  private readonly refreshes: Batcher<null, readonly Row[]>;

  constructor(
    private readonly db: mongo.Db,
    private readonly key: string,
    private readonly serving: () => Promise<number>,
    private readonly clock: Clock,
  ) {
    const run = async (callers: readonly null[]): Promise<(readonly Row[])[]> => {
      const rows = await within(clock, 'the read model', RELOAD_MS, this.refresh());
      return callers.map(() => rows);
    };
    this.refreshes = new Batcher({ name: 'mirror', run, maxBatch: 10_000, maxWaiting: 10_000 });
  }

  /** A frozen array; the same one as long as nothing has changed. */
  all(): Promise<readonly Row[]> {
    return this.refreshes.add(null);
  }

  private async refresh(): Promise<readonly Row[]> {
    const stamps = this.db.collection<StampDocument>(STAMPS).find({ _id: { $gte: `${this.key}|`, $lt: `${this.key}|\uffff` } }, { readConcern: MAJORITY, maxTimeMS: READ_MS, batchSize: 1_000 });
    const [generation, all] = await Promise.all([this.serving(), stamps.toArray()]);
    if (generation !== this.generation) this.forget(generation);
    const prefix = `${generationKey(this.key, generation)}|`;
    const current = new Map(all.filter(({ _id }) => _id.startsWith(prefix)).map(({ _id, count }) => [_id.slice(prefix.length), count]));
    const moved = [...current].filter(([partition, count]) => this.stamps.get(partition) !== count).map(([partition]) => partition);
    if (moved.length === 0) return this.frozen;
    await this.reload(generation, moved);
    this.stamps = current;
    this.frozen = Object.freeze([...this.rows.values()]);
    return this.frozen;
  }

  /** At one snapshot, so that no transaction is seen by halves. */
  private async reload(generation: number, partitions: readonly string[]): Promise<void> {
    const { rows } = collectionsOf(this.db, this.key, generation);
    const options = { readConcern: { level: 'snapshot' }, maxTimeMS: RELOAD_MS, batchSize: 5_000, limit: MOST_ROWS + 1 } as const;
    const documents = await rows.find({ _partitions: { $in: [...partitions] } }, options).toArray();
    for (const partition of partitions) {
      for (const id of this.idsOf.get(partition) ?? []) this.rows.delete(id);
      this.idsOf.set(partition, new Set());
    }
    for (const document of documents) {
      this.rows.set(document._id, Object.freeze(toRow<Row>(document)));
      for (const partition of document._partitions ?? []) {
        const ids = this.idsOf.get(partition);
        if (ids) ids.add(document._id);
        else this.idsOf.set(partition, new Set([document._id]));
      }
    }
    if (this.rows.size > MOST_ROWS) throw new Error(`${this.key} has more than ${MOST_ROWS} rows: too many to be mirrored`);
  }

  private forget(generation: number): void {
    this.generation = generation;
    this.stamps = new Map();
    this.rows.clear();
    this.idsOf.clear();
    this.frozen = Object.freeze([]);
  }
}
