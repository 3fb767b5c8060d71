import { type BatchState, type Marks, type Projection, RowRefused } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import type { GroupKeys, GroupWrite } from './batch-group.js';
import { READ_MS } from './connection.js';
import { type DeadLetterDocument, deadLetterFilter, deadLettersOf, toDeadLetterDocument } from './dead-letter-document.js';
import { generationKey, type StampDocument, STAMPS } from './generation-collections.js';
import { byId, collectionsOf, keyOf, type MarksDocument, marksOf, type RowDocument, toRow, toRowDocument, UnstorableRow } from './row-document.js';
import type { Assumed, Before } from './written-state.js';

/** Marks or rows are not what they were taken for: a conflict, after which one folds again on what one reads. */
export class Outdated extends Error {
  override readonly name = 'Outdated';
}

/** The reads and writes of partition batches inside an open transaction on one generation. The reads go one after the other: a transaction has one session. */
export class BatchTransaction {
  private readonly rows: mongo.Collection<RowDocument>;
  private readonly marks: mongo.Collection<MarksDocument>;
  private readonly view: string;

  constructor(
    private readonly db: mongo.Db,
    private readonly session: mongo.ClientSession,
    private readonly projection: Projection,
    generation: number,
  ) {
    const key = keyOf(projection);
    ({ rows: this.rows, marks: this.marks } = collectionsOf(db, key, generation));
    this.view = generationKey(key, generation);
  }

  /** Reads what is not assumed. */
  async complete(keys: GroupKeys, assumed: Assumed | null): Promise<Before> {
    const options = { session: this.session, maxTimeMS: READ_MS };
    const marks = assumed ? assumed.state.marks : marksOf(await byId(this.marks, keys.streams, options));
    const rows = await byId(this.rows, assumed ? assumed.unknown : keys.rows, options);
    return {
      state: { marks, rows: new Map([...(assumed?.state.rows ?? []), ...rows.map((row) => [row._id, toRow<never>(row)] as const)]) },
      partitionsOf: new Map([...(assumed?.partitionsOf ?? []), ...rows.map((row) => [row._id, row._partitions ?? []] as const)]),
    };
  }

  /** `isRead`: whether `before` was read in this transaction, or is only taken for what is there. Throws Outdated where it is not. */
  async write({ rows, marks, parked, drained }: GroupWrite, { state, partitionsOf }: Before, isRead: boolean): Promise<void> {
    const options = { session: this.session, ordered: false, ignoreUndefined: true };
    // A fold that has nothing to say of an event answers the very row that it was given.
    const changed = new Map([...rows].filter(([id, { row }]) => row !== (state.rows.get(id) ?? null)));
    if (changed.size > 0) {
      const changes = () => [...changed].map(([id, { row, partitions }]) => this.rowChange(id, row, { exists: state.rows.has(id), partitions: [...(partitionsOf.get(id) ?? []), ...partitions] }));
      await refusing(() => this.rows.bulkWrite(changes(), options));
      if (this.projection.mirrored) await this.moveStamps(changed, partitionsOf);
    }
    await moveMarks(this.marks, marks, { before: state.marks, isRead }, options);
    const letters = parked.map((letter) => toDeadLetterDocument(this.view, letter));
    if (letters.length > 0) await deadLettersOf(this.db).bulkWrite(letters.map((letter) => put<DeadLetterDocument>(letter, true)), options);
    for (const [streamId, version] of drained)
      await deadLettersOf(this.db).deleteMany({ ...deadLetterFilter(this.view, { streamId }), version: { $lte: version } }, { session: this.session });
  }

  private rowChange(_id: string, row: object | null, { exists, partitions }: { exists: boolean; partitions: readonly string[] }): mongo.AnyBulkWriteOperation<RowDocument> {
    if (!row) return { deleteOne: { filter: { _id } } };
    return put(toRowDocument(_id, row, this.projection.mirrored ? [...new Set(partitions)] : null), exists);
  }

  /** Mirrors reload a partition when its stamp has moved. A deletion moves the stamps of all partitions under which a mirror may hold the row. */
  private async moveStamps(rows: GroupWrite['rows'], partitionsOf: Before['partitionsOf']): Promise<void> {
    const partitions = new Set<string>();
    for (const [id, { row, partitions: written }] of rows) for (const partition of [...written, ...(row ? [] : (partitionsOf.get(id) ?? []))]) partitions.add(partition);
    const moved = [...partitions].map((name) => ({ updateOne: { filter: { _id: `${this.view}|${name}` }, update: { $inc: { count: 1 } }, upsert: true } }));
    await this.db.collection<StampDocument>(STAMPS).bulkWrite(moved, { session: this.session, ordered: false });
  }
}

/** BadValue, dotted and dollar-prefixed names, parallel arrays in an index, nesting too deep, document too large. Only what lies in the row itself: an outage never refuses one. */
const REFUSALS = new Set<unknown>([2, 15, 52, 56, 57, 171, 10334, 17280, 17419, 17420]);

/** Writes rows; throws RowRefused where one of them is what the server or the driver will not take. */
export async function refusing(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof mongo.BSON.BSONError || error instanceof mongo.MongoInvalidArgumentError || error instanceof UnstorableRow || REFUSALS.has((error as { code?: unknown }).code))
      throw new RowRefused((error as Error).message, { cause: error });
    throw error;
  }
}

/** Throws Outdated where a mark that was not read in the transaction is not what it is taken for. */
export async function moveMarks(
  collection: mongo.Collection<MarksDocument>,
  marks: ReadonlyMap<string, Marks>,
  { before, isRead }: { before: BatchState<never>['marks']; isRead: boolean },
  options: mongo.BulkWriteOptions,
): Promise<void> {
  if (marks.size === 0) return;
  const moved = await collection.bulkWrite([...marks].map(([id, mark]) => markChange(id, mark, { before: before.get(id), isRead })), options);
  if (!isRead && moved.matchedCount + moved.insertedCount < marks.size) throw new Outdated(collection.collectionName);
}

/** Marks that were read cannot have moved, or the transaction fails by itself; others are moved from what they are taken for. */
function markChange(_id: string, { accepted, applied }: Marks, { before, isRead }: { before: Marks | undefined; isRead: boolean }): mongo.AnyBulkWriteOperation<MarksDocument> {
  if (isRead || !before) return put<MarksDocument>({ _id, accepted, applied }, before !== undefined);
  return { updateOne: { filter: { _id, accepted: before.accepted, applied: before.applied }, update: { $set: { accepted, applied } } } };
}

/** A plain insert where nothing was, which costs half of an upsert. Should somebody else insert meanwhile, both collide and one folds again. */
function put<Document extends { readonly _id: string }>(document: Document, exists: boolean): mongo.AnyBulkWriteOperation<Document> {
  const operation = exists ? { replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true } } : { insertOne: { document } };
  return operation as mongo.AnyBulkWriteOperation<Document>;
}
