import { type AnyProjection, type BehindStream, type BeyondLog, type GenerationsComparison, LISTED_STREAMS, requiredOf, RowSample } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { collectionsOf, keyOf, type MarksDocument, type RowDocument, toRow } from './row-document.js';

const COMPARE_MS = 50_000;
const BATCH = 10_000;

export interface Compared {
  readonly projection: AnyProjection;
  readonly serving: number;
  readonly claimed: number;
}

type Pair = readonly [serving: MarksDocument | null, claimed: MarksDocument | null];

/** The marks of two generations side by side, read in the order of their ids by two cursors of one snapshot. */
async function* pairs(db: mongo.Db, session: mongo.ClientSession, { projection, serving, claimed }: Compared): AsyncGenerator<Pair> {
  const key = keyOf(projection);
  const options = { session, sort: { _id: 1 }, batchSize: BATCH, maxTimeMS: COMPARE_MS } as const;
  const [ours, theirs] = [serving, claimed].map((generation) => collectionsOf(db, key, generation).marks.find({}, options));
  try {
    let a = await ours!.next();
    let b = await theirs!.next();
    while (a || b) {
      const order = !a ? 1 : !b ? -1 : compareIds(a._id, b._id);
      yield [order <= 0 ? a : null, order >= 0 ? b : null];
      if (order <= 0) a = await ours!.next();
      if (order >= 0) b = await theirs!.next();
    }
  } finally {
    await ours!.close();
    await theirs!.close();
  }
}

/** The server's order: by bytes of UTF-8. */
const compareIds = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));

const NONE = { accepted: 0, applied: 0 };

/** Streams of which the claimed generation has accepted less: as many as are listed. */
export async function behindOf(db: mongo.Db, session: mongo.ClientSession, compared: Compared, beyond: BeyondLog): Promise<BehindStream[]> {
  const behind: BehindStream[] = [];
  for await (const [serving, claimed] of pairs(db, session, compared)) {
    const { accepted } = claimed ?? NONE;
    if (serving && accepted < requiredOf(beyond, serving._id, serving.accepted)) behind.push({ streamId: serving._id, accepted, serving: serving.accepted });
    if (behind.length === LISTED_STREAMS) break;
  }
  return behind;
}

export async function compareGenerations(db: mongo.Db, session: mongo.ClientSession, compared: Compared, sample: number): Promise<GenerationsComparison> {
  const behind: BehindStream[] = [];
  const unequal: { streamId: string; from: number; to: number }[] = [];
  for await (const [serving, claimed] of pairs(db, session, compared)) {
    const [a, b] = [serving ?? NONE, claimed ?? NONE];
    const streamId = (serving ?? claimed)!._id;
    if (b.accepted < a.accepted && behind.length < LISTED_STREAMS) behind.push({ streamId, accepted: b.accepted, serving: a.accepted });
    if (a.applied !== b.applied && unequal.length < LISTED_STREAMS) unequal.push({ streamId, from: Math.min(a.applied, b.applied), to: Math.max(a.applied, b.applied) });
  }
  return { behind, unequal, rows: await sampled(db, session, compared, sample) };
}

/** The ids are read from the index alone; then the rows that were chosen among them. */
async function sampled(db: mongo.Db, session: mongo.ClientSession, { projection, serving, claimed }: Compared, size: number): Promise<GenerationsComparison['rows']> {
  const collections = [serving, claimed].map((generation) => collectionsOf(db, keyOf(projection), generation).rows);
  const sample = new RowSample(size);
  for (const rows of collections)
    for await (const { _id } of rows.find({}, { session, projection: { _id: 1 }, hint: { _id: 1 }, batchSize: BATCH, maxTimeMS: COMPARE_MS })) sample.offer(_id);
  const ids = sample.ids();
  const ours = await rowsOf(collections[0]!, session, ids);
  const theirs = await rowsOf(collections[1]!, session, ids);
  return ids.map((id) => ({ id, serving: ours.get(id) ?? null, claimed: theirs.get(id) ?? null }));
}

async function rowsOf(rows: mongo.Collection<RowDocument>, session: mongo.ClientSession, ids: readonly string[]): Promise<Map<string, object>> {
  const documents = await rows.find({ _id: { $in: [...ids] } }, { session, batchSize: ids.length + 1 }).toArray();
  return new Map(documents.map((document) => [document._id, toRow<object>(document)]));
}
