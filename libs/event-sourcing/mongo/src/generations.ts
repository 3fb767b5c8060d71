import {
  type AnyProjection,
  Batcher,
  type BuiltState,
  type BuiltWrite,
  type Claim,
  type Clock,
  type Generations,
  type GenerationsComparison,
  type GenerationsStatus,
  isUnderWay,
  type Rebuild,
  type RebuildProgress,
  Superseded,
  type Switch,
  type BehindStream,
} from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { writeBuilt } from './built-write.js';
import { MAJORITY, READ_MS, within } from './connection.js';
import { gateOf, Gates, GateShut } from './gates.js';
import { dropOthers, makeCollections } from './generation-collections.js';
import { behindOf, compareGenerations } from './generation-comparison.js';
import { documentsOf, FIRST_GENERATION, found, FREE, newDocument, type ProjectionDocument } from './projection-document.js';
import { byId, collectionsOf, keyOf, marksOf, toRow } from './row-document.js';
import { type BESIDE_TRANSACTIONS, besideTransactions, inTransaction, isConflict, isHeldUp, whileConflicting } from './transaction.js';
import { transactionRoom } from './transaction-room.js';
import { dropUnusedVersions } from './unused-versions.js';

const WHAT = 'the projection store';
/** Longer than a builder folds between two writes. */
const CLAIM_MS = 20_000;
const read = { readConcern: MAJORITY };
const CHANGED = { returnDocument: 'after' } as const;
const CHECKPOINT = { what: WHAT, attemptMs: 60_000, deadlineMs: 120_000 };
const PASSAGE = { what: WHAT, attemptMs: READ_MS, deadlineMs: 30_000, isConflict: (error: unknown) => error instanceof GateShut || isHeldUp(error) || isConflict(error) };
/** Readers may go on with the former generation for so long after a switch by another process. Writers never do. */
const READER_MS = 1_000;

/** Something is missing in the claimed generation: undoes the transaction of the switch. */
class NotYet extends Error {
  constructor(readonly behind: readonly BehindStream[]) {
    super('not yet');
  }
}

/** The generations of projections: each has its own collections; a document and the gates name the one that serves. */
export class MongoGenerations implements Generations {
  private readonly projections: mongo.Collection<ProjectionDocument>;
  private readonly gates: Gates;
  private readonly seen = new Map<string, { generation: number; at: number }>();
  /** Whoever tends to all read models, or watches them, asks for them all at once: one request. */
  private readonly looks = new Batcher<string, ProjectionDocument | null>({ name: WHAT, run: (keys) => this.ask(documentsOf(this.projections, keys)), maxBatch: 1_000, maxWaiting: 10_000 });

  constructor(
    readonly db: mongo.Db,
    readonly clock: Clock,
    private readonly claimMs = CLAIM_MS,
  ) {
    this.projections = db.collection('projections');
    this.gates = new Gates(db);
  }

  async prepare(projection: AnyProjection): Promise<void> {
    const used = { $setOnInsert: newDocument, $currentDate: { usedAt: true } } as const;
    const document = await this.write((options) => this.projections.findOneAndUpdate({ _id: keyOf(projection) }, used, { ...options, ...CHANGED, upsert: true }));
    await makeCollections(this.db, projection, document!.serving);
  }

  async status(projection: AnyProjection): Promise<GenerationsStatus> {
    const { serving, built, fed, rebuild } = await this.look(projection);
    return { serving, built, previous: isUnderWay(rebuild) ? null : (fed?.generation ?? null), rebuild };
  }

  /** The serving generation as of now. */
  async serving(projection: AnyProjection): Promise<number> {
    return (await this.look(projection)).serving;
  }

  async servingForReaders(projection: AnyProjection): Promise<number> {
    const now = this.clock.now().getTime();
    const known = this.seen.get(keyOf(projection));
    return known && now - known.at < READER_MS ? known.generation : this.serving(projection);
  }

  async setBuilt(projection: AnyProjection): Promise<void> {
    await this.write((options) => this.projections.updateOne({ _id: keyOf(projection) }, { $set: { built: true } }, options));
  }

  /** Orders batches of partitions before or after every switch, and says which generation serves for those of each projection, in order; without partitions the first. To be retried on GateShut, after `ensureGate`. */
  async pass(batches: readonly { readonly projection: AnyProjection; readonly partitions: readonly string[] }[], session: mongo.ClientSession): Promise<number[]> {
    const gates = batches.map(({ projection, partitions }) => partitions.map((partition) => gateOf(keyOf(projection), partition)));
    const serving = await this.gates.passAll(gates.flat(), session);
    return gates.map(([gate]) => (gate === undefined ? FIRST_GENERATION : serving.get(gate)!));
  }

  async ensureGate(projection: AnyProjection, partition: string): Promise<void> {
    const _id = keyOf(projection);
    await this.gates.ensure(_id, partition, async (session) => {
      const { serving, built } = found(projection, await this.projections.findOneAndUpdate({ _id }, { $inc: { gates: 1 } }, { session, returnDocument: 'after' }));
      return { serving, built };
    });
  }

  awaitsBuild(projection: AnyProjection, partition: string): Promise<boolean> {
    return whileConflicting(this, PASSAGE, async () => {
      try {
        return !(await this.gates.pass(gateOf(keyOf(projection), partition))).built;
      } catch (error) {
        if (error instanceof GateShut) await this.ensureGate(projection, partition);
        throw error;
      }
    });
  }

  async begin(projection: AnyProjection, startedAt: string): Promise<void> {
    const { epoch, built, serving, last, rebuild } = await this.look(projection);
    if (isUnderWay(rebuild)) return;
    const generation = built ? last + 1 : serving;
    const begun: Rebuild = { generation, state: 'building', done: 0, total: 0, rate: null, startedAt, finishedAt: null, error: null, comparison: null };
    const next = { last: Math.max(last, generation), fed: { generation, positions: {} }, rebuild: begun, epoch: epoch + 1, claimedUntil: FREE };
    await this.write((options) => this.projections.updateOne({ _id: keyOf(projection), epoch }, { $set: next }, options));
  }

  async claim(projection: AnyProjection, { takeOver }: { takeOver?: number } = {}): Promise<Claim | null> {
    const which = takeOver === undefined ? { fed: { $ne: null }, $expr: { $lte: ['$claimedUntil', '$$NOW'] } } : { 'fed.generation': takeOver };
    const free = { _id: keyOf(projection), ...which };
    const document = await this.write((options) => this.projections.findOneAndUpdate(free, [{ $set: { epoch: { $add: ['$epoch', 1] }, claimedUntil: this.later() } }], { ...options, ...CHANGED }));
    if (!document?.fed) return null;
    await makeCollections(this.db, projection, document.fed.generation);
    await dropOthers(this, keyOf(projection), document);
    const { generation, positions } = document.fed;
    const { rows, marks } = collectionsOf(this.db, keyOf(projection), generation);
    const isEmpty = !(await this.ask(rows.findOne({}, { readConcern: MAJORITY }))) && !(await this.ask(marks.findOne({}, { readConcern: MAJORITY })));
    return { generation, epoch: document.epoch, underWay: isUnderWay(document.rebuild), isEmpty, positions, room: await transactionRoom(this.db) };
  }

  async read(projection: AnyProjection, { generation }: Claim, keys: { streams: readonly string[]; rows: readonly string[] }): Promise<BuiltState> {
    const { rows, marks } = collectionsOf(this.db, keyOf(projection), generation);
    const [foundRows, foundMarks] = await this.ask(Promise.all([byId(rows, keys.rows, read), byId(marks, keys.streams, read)]));
    return { marks: marksOf(foundMarks), rows: new Map(foundRows.map((row) => [row._id, { row: toRow<object>(row), partitions: row._partitions ?? [] }])) };
  }

  async checkpoint(projection: AnyProjection, claim: Claim, write: BuiltWrite, progress: RebuildProgress): Promise<void> {
    const noted = Object.entries(progress).map(([field, value]) => [`rebuild.${field}`, { $literal: value }]);
    const update = [{ $set: { 'fed.positions': { $literal: write.positions }, claimedUntil: this.later(), ...Object.fromEntries(noted) } }];
    await whileConflicting(this, CHECKPOINT, () =>
      inTransaction(this.db, async (session) => {
        const own = { _id: keyOf(projection), epoch: claim.epoch };
        if (!(await this.projections.findOne(own, { session, projection: { _id: 1 } }))) throw superseded(projection, claim);
        await writeBuilt(this.db, session, { projection, generation: claim.generation }, write);
        // At the end, so that the claim runs from here on. Whoever has taken it over since the snapshot makes this a conflict.
        const kept = await this.projections.updateOne(own, update, { session });
        if (kept.matchedCount === 0) throw superseded(projection, claim);
      }),
    );
  }

  async compare(projection: AnyProjection, { generation: claimed }: Claim, sample: number): Promise<GenerationsComparison> {
    const serving = await this.serving(projection);
    const session = this.db.client.startSession({ snapshot: true });
    try {
      return await within(this.clock, WHAT, CHECKPOINT.attemptMs, compareGenerations(this.db, session, { projection, serving, claimed }, sample));
    } finally {
      await session.endSession();
    }
  }

  /**
   * One transaction, which writes every gate first. A batch that has committed by then has its marks in the snapshot, or this transaction fails on its gate and begins
   * anew; one that has not will find the gate written and fold again, on the generation that serves then. A batch that was passed over (see `awaitsBuild`)
   * is ordered in the same way, so its events were in the logs before the tail is read. A crash at any point undoes all of it.
   */
  async switchOver(projection: AnyProjection, claim: Claim, how: Switch): Promise<{ switched: boolean; behind: readonly BehindStream[] }> {
    const key = keyOf(projection);
    await this.write((options) => this.gates.close(key, options));
    try {
      await whileConflicting(this, CHECKPOINT, () => inTransaction(this.db, (session) => this.switchIn(session, projection, claim, how)));
      this.remember(key, claim.generation);
      return { switched: true, behind: [] };
    } catch (error) {
      await this.ask(this.gates.open(key)).catch(() => undefined); // they open by themselves soon
      if (error instanceof NotYet) return { switched: false, behind: error.behind };
      throw error;
    }
  }

  async release(projection: AnyProjection, { epoch }: Claim): Promise<void> {
    await this.write((options) => this.projections.updateOne({ _id: keyOf(projection), epoch }, { $set: { claimedUntil: FREE }, $inc: { epoch: 1 } }, options));
  }

  async discard(projection: AnyProjection, claim: Claim, failure?: { error: string; at: string }): Promise<void> {
    const failed = failure && { 'rebuild.state': 'failed', 'rebuild.error': failure.error, 'rebuild.finishedAt': failure.at, 'rebuild.rate': null };
    const update = { $set: { fed: null, claimedUntil: FREE, ...failed }, $inc: { epoch: 1 } } as mongo.UpdateFilter<ProjectionDocument>;
    const document = await this.write((options) => this.projections.findOneAndUpdate({ _id: keyOf(projection), epoch: claim.epoch }, update, { ...options, ...CHANGED }));
    if (!document) throw superseded(projection, claim);
    await dropOthers(this, keyOf(projection), document);
  }

  async noteUse(projection: AnyProjection): Promise<void> {
    await this.write((options) => this.projections.updateOne({ _id: keyOf(projection) }, { $currentDate: { usedAt: true } }, options));
  }

  async dropUnused(projection: AnyProjection, unusedMs: number): Promise<number[]> {
    await dropOthers(this, keyOf(projection), await this.look(projection));
    return dropUnusedVersions(this, projection, unusedMs);
  }

  private async switchIn(session: mongo.ClientSession, projection: AnyProjection, claim: Claim, { tail, state, at, beyond }: Switch): Promise<void> {
    const _id = keyOf(projection);
    const document = await this.projections.findOneAndUpdate({ _id, epoch: claim.epoch }, { $inc: { epoch: 1 } }, { session });
    if (!document) throw superseded(projection, claim);
    await this.gates.lead(_id, claim.generation, session);
    const rest = await tail();
    if (!rest) throw new NotYet([]);
    await writeBuilt(this.db, session, { projection, generation: claim.generation }, rest);
    const { serving } = document;
    const first = serving === claim.generation;
    const behind = first ? [] : await behindOf(this.db, session, { projection, serving, claimed: claim.generation }, beyond);
    if (behind.length > 0) throw new NotYet(behind);
    const fed = first || beyond.size > 0 ? null : { generation: serving, positions: rest.positions };
    const finished = { 'rebuild.state': state, 'rebuild.finishedAt': at, 'rebuild.rate': null, 'rebuild.error': null };
    const switched = { serving: claim.generation, built: true, fed, claimedUntil: FREE, ...finished };
    await this.projections.updateOne({ _id }, { $set: switched } as mongo.UpdateFilter<ProjectionDocument>, { session });
  }

  private async look(projection: AnyProjection): Promise<ProjectionDocument> {
    const document = found(projection, await this.looks.add(keyOf(projection)));
    this.remember(keyOf(projection), document.serving);
    return document;
  }

  private remember(key: string, generation: number): void {
    this.seen.set(key, { generation, at: this.clock.now().getTime() });
  }

  private later(): object {
    return { $add: ['$$NOW', this.claimMs] };
  }

  private write<T>(write: (options: typeof BESIDE_TRANSACTIONS) => Promise<T>): Promise<T> {
    return besideTransactions(this, WHAT, write);
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.clock, WHAT, READ_MS, work);
  }
}

const superseded = (projection: AnyProjection, claim: Claim): Superseded => new Superseded(`generation ${claim.generation} of ${keyOf(projection)}`);
