import { type BatchState, type BatchWrite, type Clock, type DeadLetter, type Marks, type Projection, type ProjectionStore, Unavailable, type View } from '@keyfold/event-sourcing';
import { type Connection, mongo } from 'mongoose';
import { endAbandonedTransactions } from './abandoned-transactions.js';
import { type BatchKeys, BatchTransaction } from './batch-transaction.js';
import { Bell } from './bell.js';
import { databaseOf, DURABLE, isDuplicateKey, MAJORITY, READ_MS, within } from './connection.js';
import { type DeadLetterDocument, deadLettersOf, toDeadLetter } from './dead-letter-document.js';
import { generationKey, Generations } from './generations.js';
import { Mirror } from './mirror.js';
import { collectionsOf, keyOf, type MarksDocument, marksOf } from './row-document.js';
import { MongoView } from './view.js';

const STORE = 'the projection store';
const ATTEMPT_MS = 15_000;
const DEADLINE_MS = 30_000;
const LONGEST_BACK_OFF_MS = 250;
/** Whoever has met conflicts for so long looks whether the other transaction is alive. */
const LOOK_MS = 2_000;

type Fold = (state: BatchState<never>) => BatchWrite<object>;

/** What the stores of the serving and of a new generation share. */
interface Shared {
  readonly db: mongo.Db;
  readonly generations: Generations;
  /** Rings after each batch that this process has written. */
  readonly written: Bell;
  readonly mirrors: Map<string, Mirror<object>>;
}

/**
 * Read models in the service's database. One partition batch is one transaction over rows, marks, dead letters and stamps, reading at a snapshot:
 * of two that touch the same row or mark only one commits, and the other reads and folds again. Which generation serves is read in the same transaction,
 * so a batch that was begun after a promotion never goes to the former generation.
 */
export class MongoProjectionStore implements ProjectionStore {
  constructor(
    private readonly connection: Connection,
    private readonly tools: { clock: Clock },
    private readonly shared: Shared = sharedOf(connection, tools.clock),
    /** The generation that it reads and writes; the serving one when null. */
    private readonly generation: number | null = null,
  ) {}

  async prepare(projection: Projection): Promise<void> {
    await this.shared.generations.prepare(projection);
  }

  async marks(projection: Projection, streamIds: readonly string[]): Promise<Map<string, Marks>> {
    const read = async (): Promise<MarksDocument[]> => {
      const { marks } = collectionsOf(this.shared.db, keyOf(projection), await this.current(projection));
      return marks.find({ _id: { $in: [...streamIds] } }, { readConcern: MAJORITY, maxTimeMS: READ_MS, batchSize: streamIds.length + 1 }).toArray();
    };
    return marksOf(await this.ask(read()));
  }

  async transact<Row extends object>(projection: Projection<Row>, keys: BatchKeys, fold: (state: BatchState<Row>) => BatchWrite<Row>): Promise<void> {
    const { clock } = this.tools;
    const until = clock.now().getTime() + DEADLINE_MS;
    let lookAt = clock.now().getTime() + LOOK_MS;
    for (let attempt = 1; ; attempt++)
      try {
        await within(clock, STORE, ATTEMPT_MS, this.attempt(projection as Projection<never> as Projection, keys, fold as Fold));
        this.shared.written.ring();
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
        const now = clock.now().getTime();
        if (now > until) throw new Unavailable(STORE, { cause: error });
        if (now > lookAt) {
          lookAt = now + LOOK_MS;
          await this.ask(endAbandonedTransactions(this.shared.db)).catch(() => undefined); // a server that says nothing of its transactions ends them by itself after a minute
        }
        await clock.wait(Math.random() * Math.min(2 ** attempt, LONGEST_BACK_OFF_MS));
      }
  }

  private async attempt(projection: Projection, keys: BatchKeys, fold: Fold): Promise<void> {
    const { db, generations } = this.shared;
    const session = db.client.startSession();
    try {
      session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: DURABLE });
      const generation = this.generation ?? (await generations.serving(projection, session));
      const batch = new BatchTransaction(db, session, projection, generation);
      await batch.write(fold(await batch.read(keys)), keys.partition);
      await commit(session);
    } finally {
      await session.endSession(); // rolls back what was not committed
    }
  }

  async deadLetters(projection: Projection, query: { streamId?: string; limit: number }): Promise<DeadLetter[]> {
    const read = async (): Promise<DeadLetterDocument[]> => {
      const filter = { view: generationKey(keyOf(projection), await this.current(projection)), ...(query.streamId !== undefined && { streamId: query.streamId }) };
      return deadLettersOf(this.shared.db).find(filter, { sort: { streamId: 1, version: 1 }, limit: query.limit, readConcern: MAJORITY, maxTimeMS: READ_MS }).toArray();
    };
    return (await this.ask(read())).map((document) => toDeadLetter(projection.name, document));
  }

  async removeDeadLetters(projection: Projection, streamId: string, upToVersion: number): Promise<void> {
    const view = generationKey(keyOf(projection), await this.ask(this.current(projection)));
    await this.ask(deadLettersOf(this.shared.db).deleteMany({ view, streamId, version: { $lte: upToVersion } }, { writeConcern: DURABLE }));
  }

  built(projection: Projection): Promise<boolean> {
    return this.ask(this.shared.generations.isBuilt(projection, this.generation));
  }

  async setBuilt(projection: Projection): Promise<void> {
    await this.ask(this.shared.generations.setBuilt(projection, await this.current(projection)));
  }

  /**
   * The old generation stays until the next one is begun. What was written to it between the end of the replay and the promotion is not in the new one:
   * the caller replays once more after `promote`, which the marks make cheap.
   */
  async newGeneration(projection: Projection): Promise<{ store: ProjectionStore; promote(): Promise<void>; discard(): Promise<void> }> {
    const { generations } = this.shared;
    const generation = await generations.begin(projection);
    return {
      store: new MongoProjectionStore(this.connection, this.tools, this.shared, generation),
      promote: () => generations.promote(projection, generation),
      discard: () => generations.drop(projection, generation),
    };
  }

  view<Row extends object>(projection: Projection<Row>): View<Row> {
    const { db, generations, written, mirrors } = this.shared;
    const plain = projection as Projection<never> as Projection;
    const generation = this.generation;
    const key = `${keyOf(plain)}|${generation ?? 'serving'}`;
    const serving = (): Promise<number> => (generation === null ? generations.serving(plain) : Promise.resolve(generation));
    if (projection.mirrored && !mirrors.has(key)) mirrors.set(key, new Mirror(db, keyOf(plain), serving, this.tools.clock));
    const forReaders = (): Promise<number> => (generation === null ? generations.servingForReaders(plain) : serving());
    return new MongoView<Row>(db, keyOf(plain), forReaders, { clock: this.tools.clock, written, mirror: (mirrors.get(key) as Mirror<Row> | undefined) ?? null });
  }

  private async current(projection: Projection): Promise<number> {
    return this.generation ?? this.shared.generations.serving(projection);
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.tools.clock, STORE, READ_MS, work);
  }
}

function sharedOf(connection: Connection, clock: Clock): Shared {
  const db = databaseOf(connection);
  return { db, generations: new Generations(db, clock), written: new Bell(), mirrors: new Map() };
}

/** Commits; again while the server does not say what became of it, which is safe: a transaction commits once. */
async function commit(session: mongo.ClientSession): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await session.commitTransaction();
    } catch (error) {
      if (attempt === 5 || !(error instanceof mongo.MongoError && error.hasErrorLabel('UnknownTransactionCommitResult'))) throw error;
    }
}

/** Another transaction was faster: by a write conflict, by inserting first (duplicate key), or by dropping the collection. */
const isConflict = (error: unknown): boolean =>
  isDuplicateKey(error) || (error instanceof mongo.MongoError && (error.code === 112 || error.hasErrorLabel('TransientTransactionError')));
