import type { Clock, Projection } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { DURABLE, MAJORITY, READ_MS } from './connection.js';
import { collectionsOf, keyOf } from './row-document.js';

/** One document per projection version: which generation of its collections serves. */
interface ProjectionDocument {
  readonly _id: string;
  readonly serving: number;
  readonly last: number;
  readonly built: readonly number[];
}

/** A write of one partition, counted; `_id` is `<projection>|<generation>|<partition>`. */
export interface StampDocument {
  readonly _id: string;
  readonly count: number;
}

export const DEAD_LETTERS = 'dead_letters';
export const STAMPS = 'stamps';
export const generationKey = (key: string, generation: number): string => `${key}|${generation}`;

/** Readers may go on with the former generation for so long after a promotion by another process. Writers never do. */
const READER_MS = 1_000;

/** The generations of projections: each has its own collections; a document names the one that serves. */
export class Generations {
  private readonly projections: mongo.Collection<ProjectionDocument>;
  private readonly seen = new Map<string, { generation: number; at: number }>();

  constructor(
    private readonly db: mongo.Db,
    private readonly clock: Clock,
  ) {
    this.projections = db.collection('projections');
  }

  async prepare(projection: Projection): Promise<number> {
    const _id = keyOf(projection);
    const first = { $setOnInsert: { serving: 0, last: 0, built: [] } };
    const document = await this.projections.findOneAndUpdate({ _id }, first, { upsert: true, returnDocument: 'after', writeConcern: DURABLE });
    await this.makeCollections(projection, document!.serving);
    return document!.serving;
  }

  /** The serving generation as of now; inside a transaction as of its snapshot. */
  async serving(projection: Projection, session?: mongo.ClientSession): Promise<number> {
    return (await this.read(projection, session)).serving;
  }

  async servingForReaders(projection: Projection): Promise<number> {
    const now = this.clock.now().getTime();
    const known = this.seen.get(keyOf(projection));
    return known && now - known.at < READER_MS ? known.generation : this.serving(projection);
  }

  async isBuilt(projection: Projection, generation: number | null): Promise<boolean> {
    const document = await this.projections.findOne({ _id: keyOf(projection) }, { readConcern: MAJORITY, maxTimeMS: READ_MS });
    return document?.built.includes(generation ?? document.serving) ?? false;
  }

  async setBuilt(projection: Projection, generation: number): Promise<void> {
    await this.projections.updateOne({ _id: keyOf(projection) }, { $addToSet: { built: generation } }, { writeConcern: DURABLE });
  }

  /** A new empty generation. The one that serves and its rivals stay; those that served before it go. */
  async begin(projection: Projection): Promise<number> {
    const options = { returnDocument: 'after', writeConcern: DURABLE } as const;
    const document = await this.projections.findOneAndUpdate({ _id: keyOf(projection) }, { $inc: { last: 1 } }, options);
    if (!document) throw notPrepared(projection);
    for (let old = document.serving - 1; old >= 0 && (await this.exists(projection, old)); old--) await this.drop(projection, old);
    await this.makeCollections(projection, document.last);
    return document.last;
  }

  async promote(projection: Projection, generation: number): Promise<void> {
    const older = { _id: keyOf(projection), serving: { $lt: generation } };
    const promoted = await this.projections.updateOne(older, { $set: { serving: generation }, $addToSet: { built: generation } }, { writeConcern: DURABLE });
    if (promoted.matchedCount === 0) throw new Error(`${keyOf(projection)}: generation ${generation} cannot be promoted, a newer one serves`);
    this.remember(projection, generation);
  }

  async drop(projection: Projection, generation: number): Promise<void> {
    const key = keyOf(projection);
    const { rows, marks } = collectionsOf(this.db, key, generation);
    await rows.drop();
    await marks.drop();
    const prefix = `${generationKey(key, generation)}|`;
    await this.db.collection<StampDocument>(STAMPS).deleteMany({ _id: { $gte: prefix, $lt: `${prefix}\uffff` } });
    await this.db.collection(DEAD_LETTERS).deleteMany({ view: generationKey(key, generation) });
  }

  private async read(projection: Projection, session?: mongo.ClientSession): Promise<ProjectionDocument> {
    const options = session ? { session, maxTimeMS: READ_MS } : { readConcern: MAJORITY, maxTimeMS: READ_MS };
    const document = await this.projections.findOne({ _id: keyOf(projection) }, options);
    if (!document) throw notPrepared(projection);
    this.remember(projection, document.serving);
    return document;
  }

  private remember(projection: Projection, generation: number): void {
    this.seen.set(keyOf(projection), { generation, at: this.clock.now().getTime() });
  }

  private async exists(projection: Projection, generation: number): Promise<boolean> {
    const { marks } = collectionsOf(this.db, keyOf(projection), generation);
    return (await this.db.listCollections({ name: marks.collectionName }, { nameOnly: true }).toArray()).length > 0;
  }

  private async makeCollections(projection: Projection, generation: number): Promise<void> {
    const { rows, marks } = collectionsOf(this.db, keyOf(projection), generation);
    for (const name of [rows.collectionName, marks.collectionName, STAMPS, DEAD_LETTERS])
      await this.db.createCollection(name).catch((error: unknown) => {
        if (!(error instanceof mongo.MongoServerError && error.code === 48)) throw error; // it is there
      });
    await this.db.collection(DEAD_LETTERS).createIndex({ view: 1, streamId: 1, version: 1 }, { unique: true });
    const keys = projection.indexes.map((fields) => Object.fromEntries([...fields.filter((field) => field !== 'id'), '_id'].map((field) => [field, 1 as const])));
    if (projection.mirrored) keys.push({ _partitions: 1 });
    const indexes = keys.filter((key) => Object.keys(key).join() !== '_id').map((key) => ({ key }));
    if (indexes.length > 0) await rows.createIndexes(indexes);
  }
}

const notPrepared = (projection: Projection): Error => new Error(`projection ${keyOf(projection)} is not prepared in this database`);
