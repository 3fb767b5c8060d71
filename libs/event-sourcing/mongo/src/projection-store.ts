import { type AnyProjection, type BatchState, type BatchWrite, Bell, type Clock, type DeadLetter, type DeadLetterQuery, type Marks, type Projection, type ProjectionStore, type View } from '@keyfold/event-sourcing';
import type { Connection, mongo } from 'mongoose';
import { type BatchKeys, BatchTransaction } from './batch-transaction.js';
import { databaseOf, MAJORITY, READ_MS, within } from './connection.js';
import { type DeadLetterDocument, deadLetterFilter, deadLettersOf, toDeadLetter } from './dead-letter-document.js';
import { GateShut } from './gates.js';
import { generationKey } from './generation-collections.js';
import { MongoGenerations } from './generations.js';
import { Mirror } from './mirror.js';
import { collectionsOf, keyOf, type MarksDocument, marksOf } from './row-document.js';
import { scanMarks, scanRows } from './scan.js';
import { inTransaction, isConflict, whileConflicting } from './transaction.js';
import { MongoView } from './view.js';

const STORE = 'the projection store';
const TRANSACT = {
  what: STORE,
  attemptMs: 15_000,
  deadlineMs: 30_000,
  isConflict: (error: unknown): boolean => error instanceof GateShut || isConflict(error),
};

type Fold = (state: BatchState<never>) => BatchWrite<object>;

/**
 * Read models in the service's database. One partition batch is one transaction over rows, marks, dead letters and stamps, reading at a snapshot:
 * of two that touch the same row or mark only one commits, and the other reads and folds again. It passes the gate of its partition, which orders it
 * before or after every switch of generations and says which one serves (see Gates).
 */
export class MongoProjectionStore implements ProjectionStore {
  readonly generations: MongoGenerations;
  private readonly db: mongo.Db;
  /** Rings after each batch that this process has written. */
  private readonly written = new Bell();
  private readonly mirrors = new Map<string, Mirror<object>>();

  constructor(
    connection: Connection,
    /** `claimMs`: how long the builder of a generation may be silent before another takes over; 20 s unless told. */
    private readonly tools: { clock: Clock; claimMs?: number },
  ) {
    this.db = databaseOf(connection);
    this.generations = new MongoGenerations(this.db, tools.clock, tools.claimMs);
  }

  async prepare(projection: Projection): Promise<void> {
    await this.generations.prepare(projection);
  }

  async marks(projection: Projection, streamIds: readonly string[]): Promise<Map<string, Marks>> {
    const read = async (): Promise<MarksDocument[]> => {
      const { marks } = collectionsOf(this.db, keyOf(projection), await this.generations.serving(projection));
      return marks.find({ _id: { $in: [...streamIds] } }, { readConcern: MAJORITY, maxTimeMS: READ_MS, batchSize: streamIds.length + 1 }).toArray();
    };
    return marksOf(await this.ask(read()));
  }

  async transact<Row extends object>(projection: Projection<Row>, keys: BatchKeys, fold: (state: BatchState<Row>) => BatchWrite<Row>): Promise<void> {
    const work = (): Promise<void> => this.attempt(projection as Projection<never> as Projection, keys, fold as Fold);
    await whileConflicting({ db: this.db, clock: this.tools.clock }, TRANSACT, work);
    this.written.ring();
  }

  private async attempt(projection: Projection, keys: BatchKeys, fold: Fold): Promise<void> {
    try {
      await inTransaction(this.db, async (session) => {
        const generation = await this.generations.pass(projection, keys.partition, session);
        const batch = new BatchTransaction(this.db, session, projection, generation);
        await batch.write(fold(await batch.read(keys)), keys.partition);
      });
    } catch (error) {
      if (error instanceof GateShut) await this.generations.ensureGate(projection, keys.partition);
      throw error;
    }
  }

  async deadLetters(projection: Projection, query: DeadLetterQuery): Promise<DeadLetter[]> {
    const read = async (): Promise<DeadLetterDocument[]> => {
      const filter = deadLetterFilter(generationKey(keyOf(projection), await this.generations.serving(projection)), query);
      return deadLettersOf(this.db).find(filter, { sort: { streamId: 1, version: 1 }, limit: query.limit, readConcern: MAJORITY, maxTimeMS: READ_MS }).toArray();
    };
    return (await this.ask(read())).map((document) => toDeadLetter(projection.name, document));
  }

  async countDeadLetters(projection: Projection, streamId?: string): Promise<number> {
    const view = generationKey(keyOf(projection), await this.ask(this.generations.serving(projection)));
    return this.ask(deadLettersOf(this.db).countDocuments(deadLetterFilter(view, { streamId }), { readConcern: MAJORITY, maxTimeMS: READ_MS }));
  }

  scanRows(projection: Projection, afterId: string, limit: number): Promise<{ id: string; row: object }[]> {
    return this.ask(this.generations.serving(projection).then((generation) => scanRows(this.db, keyOf(projection), generation, { afterId, limit })));
  }

  scanMarks(projection: Projection, afterStreamId: string, limit: number): Promise<{ streamId: string; marks: Marks }[]> {
    return this.ask(this.generations.serving(projection).then((generation) => scanMarks(this.db, keyOf(projection), generation, { afterId: afterStreamId, limit })));
  }

  async built(projection: Projection): Promise<boolean> {
    return (await this.generations.status(projection)).built;
  }

  setBuilt(projection: Projection): Promise<void> {
    return this.ask(this.generations.setBuilt(projection));
  }

  view<Row extends object>(projection: Projection<Row>): View<Row> {
    const { db, generations, written, mirrors } = this;
    const key = keyOf(projection as AnyProjection);
    if (projection.mirrored && !mirrors.has(key)) mirrors.set(key, new Mirror(db, key, () => generations.serving(projection), this.tools.clock));
    const mirror = (mirrors.get(key) as Mirror<Row> | undefined) ?? null;
    return new MongoView<Row>(db, key, () => generations.servingForReaders(projection), { clock: this.tools.clock, written, mirror });
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.tools.clock, STORE, READ_MS, work);
  }
}
