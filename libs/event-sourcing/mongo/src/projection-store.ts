import { setImmediate } from 'node:timers/promises';
import { type AnyProjection, Batcher, type BatchKeys, type BatchState, type BatchWrite, Bell, type Clock, type DeadLetter, type DeadLetterQuery, type Marks, type Projection, type ProjectionStore, rowOfStream, RowRefused, type View } from '@keyfold/event-sourcing';
import type { Connection, mongo } from 'mongoose';
import { type Batch, foldGroup, type Group, type GroupKeys, type GroupWrite, keysOf } from './batch-group.js';
import { BatchTransaction, moveMarks, Outdated } from './batch-transaction.js';
import { databaseOf, MAJORITY, READ_MS, within } from './connection.js';
import { countLetters, type DeadLetterDocument, deadLetterFilter, deadLettersOf, toDeadLetter } from './dead-letter-document.js';
import { GateShut } from './gates.js';
import { generationKey } from './generation-collections.js';
import { MongoGenerations } from './generations.js';
import { Mirror } from './mirror.js';
import { FIRST_GENERATION } from './projection-document.js';
import { byId, collectionsOf, keyOf, type MarksDocument, marksOf } from './row-document.js';
import { scanMarks, scanRows } from './scan.js';
import { BESIDE_TRANSACTIONS, inTransaction, isConflict, whileConflicting } from './transaction.js';
import { MongoView } from './view.js';
import { type Before, WrittenState } from './written-state.js';

const STORE = 'the projection store';
const TRANSACT = {
  what: STORE,
  attemptMs: 15_000,
  deadlineMs: 30_000,
  isConflict: (error: unknown): boolean => error instanceof GateShut || error instanceof Outdated || isConflict(error),
};

/** Batches of a read model in one transaction: as many as a consumer has partitions in hand. */
const MOST_TOGETHER = 8;
/** Small batches of all read models in one transaction. */
const MOST_SMALL_TOGETHER = 64;
const MOST_WAITING = 1_000;
/** Streams of a batch up to which its requests cost the server more than its rows. */
const SMALL = 20;
/** Streams of a batch from which on it is one of a catch-up. */
const LARGE = 100;

interface Work {
  readonly projection: Projection;
  readonly batch: Batch;
}

/** What one read model has in a transaction. */
interface Part {
  readonly projection: Projection;
  readonly batches: readonly Batch[];
  readonly keys: GroupKeys;
}

/** An error, or none, for each batch. */
type Outcomes = readonly (Error | undefined)[];

/**
 * Read models in the service's database. A partition batch is written in one transaction over rows, marks, dead letters and stamps, reading at a snapshot, or conditionally on what this process
 * wrote last (see WrittenState): of two that touch the same row or mark only one commits, and the other reads and folds again. It passes the gate of its partition, which orders it
 * before or after every switch of generations and says which one serves (see Gates). Batches that come while one is being written share the next transaction
 * (group commit): it costs the server hardly more than the transaction of one. Small ones share it with those of other read models, as an event is followed by many: where that fails, whatever the
 * reason, each read model is written by itself.
 */
export class MongoProjectionStore implements ProjectionStore {
  readonly generations: MongoGenerations;
  private readonly db: mongo.Db;
  /** Rings after each batch that this process has written. */
  private readonly written = new Bell();
  private readonly views = new Map<string, View<object>>();
  private readonly lastWritten = new WrittenState();
  private readonly writers = new Map<string, Batcher<Batch, undefined>>();
  private readonly small = new Batcher<Work, undefined>({ name: STORE, run: (works) => this.writeSmall(works), gather: () => setImmediate(), maxBatch: MOST_SMALL_TOGETHER, maxWaiting: MOST_WAITING });
  /** Whoever watches all subscribers asks for them all at once: one request. */
  private readonly counts = new Batcher<string, number>({ name: STORE, run: (views) => this.ask(countLetters(this.db, views)), maxBatch: 1_000, maxWaiting: 10_000 });

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
      const generation = projection.durable ? FIRST_GENERATION : await this.generations.serving(projection);
      const { marks } = collectionsOf(this.db, keyOf(projection), generation);
      return byId(marks, streamIds, { readConcern: MAJORITY, maxTimeMS: READ_MS });
    };
    return marksOf(await this.ask(read()));
  }

  async transact<Row extends object>(projection: Projection<Row>, keys: BatchKeys, fold: (state: BatchState<Row>) => BatchWrite<Row>): Promise<void> {
    const work = { projection: projection as Projection<never> as Projection, batch: { keys, fold: fold as Batch['fold'] } };
    const isSmall = keys.after !== undefined && keys.streams.length <= SMALL;
    await (isSmall ? this.small.add(work) : this.writer(work.projection, keys).add(work.batch));
    this.written.ring();
  }

  /**
   * Large batches go side by side where each stream has a row of its own, so that no two partitions write the same: while the server is at one half, the other is folded. Small ones
   * cost the server least together.
   */
  private writer(projection: Projection, { partition, streams }: BatchKeys): Batcher<Batch, undefined> {
    const isAlone = streams.length >= LARGE && rowOfStream(projection) !== null && !projection.mirrored;
    const key = isAlone ? `${keyOf(projection)}|${Number(partition.at(-1)) % 2}` : keyOf(projection);
    const writer = this.writers.get(key) ?? new Batcher({ name: key, run: (batches) => this.writeTogether(projection, batches), maxBatch: MOST_TOGETHER, maxWaiting: MOST_WAITING });
    this.writers.set(key, writer);
    return writer;
  }

  private async writeSmall(works: readonly Work[]): Promise<Outcomes> {
    const parts = [...Map.groupBy(works, ({ projection }) => projection)].map(([projection, of]) => partOf(projection, of.map(({ batch }) => batch)));
    const outcomes = await this.writeParts(parts);
    const byBatch = new Map(parts.flatMap(({ batches }, i) => batches.map((batch, j) => [batch, outcomes[i]![j]] as const)));
    return works.map(({ batch }) => byBatch.get(batch));
  }

  /** One attempt for all of them, then each by itself: of several the slowest, or one that is refused, would hold up the others. */
  private async writeParts(parts: readonly Part[]): Promise<readonly Outcomes[]> {
    let mayAssume = true;
    if (parts.length > 1)
      try {
        return await within(this.tools.clock, STORE, TRANSACT.attemptMs, this.attempt(parts, mayAssume));
      } catch (error) {
        if (!TRANSACT.isConflict(error) && !(error instanceof RowRefused)) throw error;
        mayAssume = !(error instanceof Outdated);
      }
    const alone = ({ projection, batches }: Part): Promise<Outcomes> => this.writeTogether(projection, batches, mayAssume).catch((error: unknown) => batches.map(() => asError(error)));
    return Promise.all(parts.map(alone));
  }

  /** Which of several batches a row came of that the store refuses shows when each is written alone. */
  private async writeTogether(projection: Projection, batches: readonly Batch[], mayAssume = true): Promise<Outcomes> {
    const part = partOf(projection, batches);
    try {
      let attempts = 0;
      return await whileConflicting({ db: this.db, clock: this.tools.clock }, TRANSACT, () => this.attemptAlone(part, mayAssume && attempts++ === 0));
    } catch (error) {
      if (batches.length === 1 || !(error instanceof RowRefused)) throw error;
    }
    const alone: (Error | undefined)[] = [];
    for (const batch of batches) alone.push(...(await this.writeTogether(projection, [batch]).catch((error: unknown) => [asError(error)])));
    return alone;
  }

  private async attemptAlone(part: Part, mayAssume: boolean): Promise<Outcomes> {
    const moved = movesMarksAlone(part.projection, part.keys) ? await this.moveMarksAlone(part, mayAssume) : null;
    return moved ?? (await this.attempt([part], mayAssume))[0]!;
  }

  private async attempt(parts: readonly Part[], mayAssume: boolean): Promise<readonly Outcomes[]> {
    const passes = parts.map(({ projection, keys }) => ({ projection, partitions: parts.length > 1 && movesMarksAlone(projection, keys) ? [] : keys.partitions }));
    let views: readonly string[] = [];
    try {
      const done = await inTransaction(this.db, async (session) => {
        const generations = await this.generations.pass(passes, session);
        views = parts.map(({ projection }, i) => generationKey(keyOf(projection), generations[i]!));
        const written: { write: GroupWrite; before: Before; errors: Outcomes }[] = [];
        for (const [i, { projection, batches, keys }] of parts.entries()) {
          const transaction = new BatchTransaction(this.db, session, projection, generations[i]!);
          const assumed = mayAssume ? this.lastWritten.assume(projection, views[i]!, keys) : null;
          const before = await transaction.complete(keys, assumed);
          const { write, errors } = folded(batches, before, { view: views[i]!, isRead: assumed === null });
          if (passes[i]!.partitions.length === 0 && !movesOnly(write)) throw new Outdated(views[i]);
          await transaction.write(write, before, assumed === null);
          written.push({ write, before, errors });
        }
        return written;
      });
      for (const [i, { projection, keys }] of parts.entries()) this.lastWritten.remember(projection, views[i]!, keys, done[i]!);
      return done.map(({ errors }) => errors);
    } catch (error) {
      for (const [i, view] of views.entries()) this.lastWritten.forget(view, parts[i]!.keys.streams);
      if (error instanceof GateShut) for (const { projection, partitions } of passes) for (const partition of partitions) await this.generations.ensureGate(projection, partition);
      throw error;
    }
  }

  /**
   * Policies have no rows and are never rebuilt: where their marks are all there is to write, each moves by itself, from what it is taken for, without a gate; those of one policy also without a transaction.
   * Of several some may move and others not: then what is there is read and folded again. Null where something is parked or drained as well.
   */
  private async moveMarksAlone({ projection, batches, keys }: Part, mayAssume: boolean): Promise<Outcomes | null> {
    const view = generationKey(keyOf(projection), FIRST_GENERATION);
    const { marks } = collectionsOf(this.db, keyOf(projection), FIRST_GENERATION);
    const read = async (): Promise<Before> => ({ state: { marks: marksOf(await byId(marks, keys.streams, { readConcern: MAJORITY, maxTimeMS: READ_MS })), rows: new Map<string, never>() }, partitionsOf: new Map() });
    try {
      const assumed = mayAssume ? this.lastWritten.assume(projection, view, keys) : null;
      const before = assumed ?? (await read());
      const { write, errors } = folded(batches, before, { view, isRead: assumed === null });
      if (!movesOnly(write)) return null;
      await moveMarks(marks, write.marks, { before: before.state.marks, isRead: false }, { ...BESIDE_TRANSACTIONS, ordered: false });
      this.lastWritten.remember(projection, view, keys, { before, write });
      return errors;
    } catch (error) {
      this.lastWritten.forget(view, keys.streams);
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
    if (streamId === undefined) return this.counts.add(view);
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
    return this.generations.setBuilt(projection);
  }

  view<Row extends object>(projection: Projection<Row>): View<Row> {
    const key = keyOf(projection as AnyProjection);
    let view = this.views.get(key) as View<Row> | undefined;
    if (!view) this.views.set(key, (view = this.newView(projection, key)));
    return view;
  }

  private newView<Row extends object>(projection: Projection<Row>, key: string): MongoView<Row> {
    const { db, generations, written } = this;
    const { clock } = this.tools;
    const mirror = projection.mirrored ? new Mirror<Row>(db, key, () => generations.servingForReaders(projection), clock) : null;
    return new MongoView<Row>(db, key, () => generations.servingForReaders(projection), { clock, written, mirror });
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.tools.clock, STORE, READ_MS, work);
  }
}

const partOf = (projection: Projection, batches: readonly Batch[]): Part => ({ projection, batches, keys: keysOf(batches) });

const movesMarksAlone = ({ durable }: Projection, { rows }: Pick<BatchKeys, 'rows'>): boolean => durable === true && rows.length === 0;

/** Nothing is parked or drained beside it. */
const movesOnly = ({ parked, drained }: GroupWrite): boolean => parked.length === 0 && drained.size === 0;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** A fold that fails on what is only taken for what is there says so by Outdated: it is folded again on what is. One that fails alone has nothing to be written with. */
function folded(batches: readonly Batch[], { state }: Before, { view, isRead }: { view: string; isRead: boolean }): Group {
  const group = foldGroup(batches, state);
  if (!isRead && group.errors.some(Boolean)) throw new Outdated(view);
  if (group.errors.length === 1 && group.errors[0]) throw group.errors[0];
  return group;
}
