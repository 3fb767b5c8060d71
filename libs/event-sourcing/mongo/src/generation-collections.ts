import type { AnyProjection } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { GATES } from './gates.js';
import type { ProjectionDocument } from './projection-document.js';
import { collectionsOf, keyOf } from './row-document.js';
import { besideTransactions, type Timed } from './transaction.js';

/** A write of one partition, counted; `_id` is `<projection>|<generation>|<partition>`. */
export interface StampDocument {
  readonly _id: string;
  readonly count: number;
}

export const DEAD_LETTERS = 'dead_letters';
export const STAMPS = 'stamps';
export const generationKey = (key: string, generation: number): string => `${key}|${generation}`;
/** Ids that begin with the key and a bar. */
export const under = (key: string): { $gte: string; $lt: string } => ({ $gte: `${key}|`, $lt: `${key}|\uffff` });

/** Makes the collections and indexes of a generation; idempotent. */
export async function makeCollections(db: mongo.Db, projection: AnyProjection, generation: number): Promise<void> {
  const { rows, marks } = collectionsOf(db, keyOf(projection), generation);
  for (const name of [rows.collectionName, marks.collectionName, STAMPS, DEAD_LETTERS, GATES])
    await db.createCollection(name).catch((error: unknown) => {
      if (!(error instanceof mongo.MongoServerError && error.code === 48)) throw error; // it is there
    });
  await db.collection(DEAD_LETTERS).createIndex({ view: 1, streamId: 1, version: 1 }, { unique: true });
  const keys = projection.indexes.map((fields) => Object.fromEntries([...fields.filter((field) => field !== 'id'), '_id'].map((field) => [field, 1 as const])));
  if (projection.mirrored) keys.push({ _partitions: 1 });
  const indexes = keys.filter((key) => Object.keys(key).join() !== '_id').map((key) => ({ key }));
  if (indexes.length > 0) await rows.createIndexes(indexes);
}

/**
 * Drops whatever generations of a projection version there are beside those of its document. Found by name, so that nothing stays for ever of a process that was killed
 * between the end of a generation and its removal; every collection is a file or more of the server. The document may be an old one by the time that this process
 * comes to it: a generation above its `last` was begun since, and may serve by now.
 */
export async function dropOthers(timed: Timed, key: string, { serving, fed, last }: Pick<ProjectionDocument, 'serving' | 'fed' | 'last'>): Promise<void> {
  const { db } = timed;
  const ours = new RegExp(`^(?:view|marks)_${key}_g(\\d+)$`);
  const found = await db.listCollections({ name: ours }, { nameOnly: true }).toArray();
  const generations = new Set(found.map(({ name }) => Number(ours.exec(name)![1])).filter((generation) => generation <= last && generation !== serving && generation !== fed?.generation));
  for (const generation of generations) {
    const { rows, marks } = collectionsOf(db, key, generation);
    const gone = generationKey(key, generation);
    const remove = (removal: Parameters<typeof besideTransactions<unknown>>[2]): Promise<unknown> => besideTransactions(timed, `generation ${gone}`, removal);
    await remove((options) => rows.drop(options));
    await remove((options) => marks.drop(options));
    await remove((options) => db.collection<StampDocument>(STAMPS).deleteMany({ _id: under(gone) }, options));
    await remove((options) => db.collection(DEAD_LETTERS).deleteMany({ view: gone }, options));
  }
}
