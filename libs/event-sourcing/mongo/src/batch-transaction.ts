import { type BatchState, type Projection, RowRefused } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import type { BatchKeys, GroupWrite } from './batch-group.js';
import { READ_MS } from './connection.js';
import { type DeadLetterDocument, deadLetterFilter, deadLettersOf, toDeadLetterDocument } from './dead-letter-document.js';
import { generationKey, type StampDocument, STAMPS } from './generation-collections.js';
import { byId, collectionsOf, keyOf, type MarksDocument, marksOf, type RowDocument, toRow, toRowDocument, UnstorableRow } from './row-document.js';

/** The reads and writes of partition batches inside an open transaction on one generation. The reads go one after the other: a transaction has one session. */
export class BatchTransaction {
  private readonly rows: mongo.Collection<RowDocument>;
  private readonly marks: mongo.Collection<MarksDocument>;
  private readonly view: string;
  /** Partitions under which the mirrors hold the rows that were read. */
  private readonly partitionsOf = new Map<string, readonly string[]>();
  /** Rows and marks that were asked for and are not there at the snapshot. */
  private absentRows = new Set<string>();
  private absentMarks = new Set<string>();

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

  async read(keys: Pick<BatchKeys, 'streams' | 'rows'>): Promise<BatchState<never>> {
    const options = { session: this.session, maxTimeMS: READ_MS };
    const marks = await byId(this.marks, keys.streams, options);
    const rows = await byId(this.rows, keys.rows, options);
    this.absentMarks = without(keys.streams, marks);
    this.absentRows = without(keys.rows, rows);
    for (const row of rows) this.partitionsOf.set(row._id, row._partitions ?? []);
    return { marks: marksOf(marks), rows: new Map(rows.map((row) => [row._id, toRow<never>(row)])) };
  }

  async write({ rows, marks, parked, drained }: GroupWrite): Promise<void> {
    const options = { session: this.session, ordered: false, ignoreUndefined: true };
    if (rows.size > 0) await refusing(() => this.rows.bulkWrite([...rows].map(([id, { row, partitions }]) => this.rowOperation(id, row, partitions)), options));
    if (rows.size > 0 && this.projection.mirrored) await this.moveStamps(rows);
    const moved = [...marks].map(([_id, { accepted, applied }]) => put<MarksDocument>({ _id, accepted, applied }, this.absentMarks));
    if (moved.length > 0) await this.marks.bulkWrite(moved, options);
    const letters = parked.map((letter) => toDeadLetterDocument(this.view, letter));
    if (letters.length > 0) await deadLettersOf(this.db).bulkWrite(letters.map((letter) => put<DeadLetterDocument>(letter, NONE)), options);
    for (const [streamId, version] of drained)
      await deadLettersOf(this.db).deleteMany({ ...deadLetterFilter(this.view, { streamId }), version: { $lte: version } }, { session: this.session });
  }

  private rowOperation(_id: string, row: object | null, written: ReadonlySet<string>): mongo.AnyBulkWriteOperation<RowDocument> {
    if (!row) return { deleteOne: { filter: { _id } } };
    const partitions = this.projection.mirrored ? [...new Set([...(this.partitionsOf.get(_id) ?? []), ...written])] : null;
    return put(toRowDocument(_id, row, partitions), this.absentRows);
  }

  /** Mirrors reload a partition when its stamp has moved. A deletion moves the stamps of all partitions under which a mirror may hold the row. */
  private async moveStamps(rows: GroupWrite['rows']): Promise<void> {
    const partitions = new Set<string>();
    for (const [id, { row, partitions: written }] of rows) for (const partition of [...written, ...(row ? [] : (this.partitionsOf.get(id) ?? []))]) partitions.add(partition);
    const moved = [...partitions].map((name) => ({ updateOne: { filter: { _id: `${this.view}|${name}` }, update: { $inc: { count: 1 } }, upsert: true } }));
    await this.db.collection<StampDocument>(STAMPS).bulkWrite(moved, { session: this.session, ordered: false });
  }
}

const NONE: ReadonlySet<string> = new Set();
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

const without = (ids: readonly string[], documents: readonly { readonly _id: string }[]): Set<string> => {
  const absent = new Set(ids);
  for (const document of documents) absent.delete(document._id);
  return absent;
};

/** A plain insert where nothing was, which costs half of an upsert. Should somebody else insert meanwhile, both collide and one folds again. */
function put<Document extends { readonly _id: string }>(document: Document, absent: ReadonlySet<string>): mongo.AnyBulkWriteOperation<Document> {
  const operation = absent.has(document._id) ? { insertOne: { document } } : { replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true } };
  return operation as mongo.AnyBulkWriteOperation<Document>;
}
