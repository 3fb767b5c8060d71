import { setImmediate } from 'node:timers/promises';
import { Batcher, type BatchKeys, type Clock, type Projection, rowOfStream, RowRefused } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { asError, type Batch, foldGroup, type Group, type GroupKeys, type GroupWrite, keysOf } from './batch-group.js';
import { BatchTransaction, moveMarks, Outdated } from './batch-transaction.js';
import { MAJORITY, READ_MS, within } from './connection.js';
import { GateShut } from './gates.js';
import { generationKey } from './generation-collections.js';
import type { MongoGenerations } from './generations.js';
import { FIRST_GENERATION } from './projection-document.js';
import { byId, collectionsOf, keyOf, marksOf } from './row-document.js';
import { BESIDE_TRANSACTIONS, inTransaction, isConflict, whileConflicting } from './transaction.js';
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
const MOST_SMALL_WAITING = 10_000;
/** Streams of a batch up to which its requests cost the server more than its rows. */
export const SMALL = 20;
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
type Outcomes = Group['errors'];

/**
 * Writes partition batches: one transaction over rows, marks, dead letters and stamps, reading at a snapshot, or conditionally on what this process wrote last (see WrittenState): of two that
 * touch the same row or mark only one commits, and the other reads and folds again. A batch passes the gate of its partition, which orders it before or after every switch of generations and says
 * which one serves (see Gates).
 *
 * Batches that come while one is being written share the next transaction (group commit): it costs the server hardly more than the transaction of one. Small ones share it with those of other read
 * models, as an event is followed by many: that is one attempt, and where it fails each read model is written by itself.
 */
export class BatchWriter {
  private readonly lastWritten = new WrittenState();
  private readonly writers = new Map<string, Batcher<Batch, undefined>>();
  private readonly small = new Batcher<Work, undefined>({ name: STORE, run: (works) => this.writeSmall(works), gather: () => setImmediate(), maxBatch: MOST_SMALL_TOGETHER, maxWaiting: MOST_SMALL_WAITING });

  constructor(
    private readonly db: mongo.Db,
    private readonly generations: MongoGenerations,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the batch is written. Throws RowRefused, and what the fold throws. */
  async write(projection: Projection, batch: Batch): Promise<void> {
    const { after, streams } = batch.keys;
    if (after && streams.length <= SMALL) await this.small.add({ projection, batch });
    else await this.writer(projection, batch.keys).add(batch);
  }

  /**
   * Large batches go side by side where each stream has a row of its own, so that no two partitions write the same: while the server is at one half, the other is folded. Others
   * cost the server least together.
   */
  private writer(projection: Projection, { partition, streams }: BatchKeys): Batcher<Batch, undefined> {
    const isAlone = streams.length >= LARGE && rowOfStream(projection) !== null && !projection.mirrored;
    const key = isAlone ? `${keyOf(projection)}|${Number(partition.at(-1)) % 2}` : keyOf(projection);
    const writer = this.writers.get(key) ?? new Batcher({ name: key, run: (batches) => this.writeTogether(partOf(projection, batches)), maxBatch: MOST_TOGETHER, maxWaiting: MOST_WAITING });
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
        return await within(this.clock, STORE, TRANSACT.attemptMs, this.attempt(parts, true));
      } catch (error) {
        if (!TRANSACT.isConflict(error) && !(error instanceof RowRefused)) throw error;
        mayAssume = !(error instanceof Outdated);
      }
    const alone = (part: Part): Promise<Outcomes> => this.writeTogether(part, mayAssume).catch((error: unknown) => part.batches.map(() => asError(error)));
    return Promise.all(parts.map(alone));
  }

  /** Which of several batches a row came of that the store refuses shows when each is written alone. */
  private async writeTogether(part: Part, mayAssume = true): Promise<Outcomes> {
    const { projection, batches } = part;
    try {
      let attempts = 0;
      return await whileConflicting({ db: this.db, clock: this.clock }, TRANSACT, () => this.attemptAlone(part, mayAssume && attempts++ === 0));
    } catch (error) {
      if (batches.length === 1 || !(error instanceof RowRefused)) throw error;
    }
    const alone: (Error | undefined)[] = [];
    for (const batch of batches) alone.push(...(await this.writeTogether(partOf(projection, [batch])).catch((error: unknown) => [asError(error)])));
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
        const written: (Group & { before: Before })[] = [];
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
}

const partOf = (projection: Projection, batches: readonly Batch[]): Part => ({ projection, batches, keys: keysOf(batches) });

const movesMarksAlone = ({ durable }: Projection, { rows }: Pick<BatchKeys, 'rows'>): boolean => durable && rows.length === 0;

/** Nothing is parked or drained beside it. */
const movesOnly = ({ parked, drained }: GroupWrite): boolean => parked.length === 0 && drained.size === 0;

/** A fold that fails on what is only taken for what is there says so by Outdated: it is folded again on what is. One that fails alone has nothing to be written with. */
function folded(batches: readonly Batch[], { state }: Before, { view, isRead }: { view: string; isRead: boolean }): Group {
  const group = foldGroup(batches, state);
  if (!isRead && group.errors.some(Boolean)) throw new Outdated(view);
  if (group.errors.length === 1 && group.errors[0]) throw group.errors[0];
  return group;
}
