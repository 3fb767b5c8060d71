import type { Marks } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { MAJORITY, READ_MS } from './connection.js';
import { collectionsOf, marksOf, toRow } from './row-document.js';

interface Page {
  readonly afterId: string;
  readonly limit: number;
}

const inOrder = ({ limit }: Page) => ({ sort: { _id: 1 as const }, limit, batchSize: limit, readConcern: MAJORITY, maxTimeMS: READ_MS });

/** A page of a walk over all rows of one generation, along the index of their ids. */
export async function scanRows(db: mongo.Db, key: string, generation: number, page: Page): Promise<{ id: string; row: object }[]> {
  const { rows } = collectionsOf(db, key, generation);
  const documents = await rows.find({ _id: { $gt: page.afterId } }, inOrder(page)).toArray();
  return documents.map((document) => ({ id: document._id, row: toRow(document) }));
}

/** A page of a walk over the marks of all streams. */
export async function scanMarks(db: mongo.Db, key: string, generation: number, page: Page): Promise<{ streamId: string; marks: Marks }[]> {
  const { marks } = collectionsOf(db, key, generation);
  const documents = await marks.find({ _id: { $gt: page.afterId } }, inOrder(page)).toArray();
  return [...marksOf(documents)].map(([streamId, own]) => ({ streamId, marks: own }));
}
