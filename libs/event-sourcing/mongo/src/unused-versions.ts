import type { AnyProjection } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { MAJORITY, READ_MS } from './connection.js';
import { GATES, type GateDocument, OPEN } from './gates.js';
import { dropOthers, under } from './generation-collections.js';
import { FREE, type ProjectionDocument } from './projection-document.js';
import { besideTransactions, inTransaction, type Timed, whileConflicting } from './transaction.js';

const WHAT = 'the versions of a projection';
const EMPTY = { what: WHAT, attemptMs: READ_MS, deadlineMs: 30_000 };

/**
 * Empties the lower versions of a projection that no process has used for `unusedMs` by the server's clock, and answers which had something. The document stays, with a new empty
 * generation that is still to be built: a process of that version that starts at the same moment works in it, and whatever is dropped has a lower number.
 */
export async function dropUnusedVersions(timed: Timed, { name, version }: AnyProjection, unusedMs: number): Promise<number[]> {
  const { db } = timed;
  const projections = db.collection<ProjectionDocument>('projections');
  const versions = new RegExp(`^${name}_v(\\d+)$`);
  const found = await projections.find({ _id: versions }, { projection: { _id: 1 }, readConcern: MAJORITY, maxTimeMS: READ_MS }).toArray();
  const dropped: number[] = [];
  for (const { _id } of found) {
    const older = Number(versions.exec(_id)![1]);
    if (older >= version) continue;
    // A release from before this was noted says nothing: its time begins now.
    await besideTransactions(timed, WHAT, (options) => projections.updateOne({ _id, usedAt: { $exists: false } }, { $currentDate: { usedAt: true } }, options));
    const unused = { _id, $expr: { $lte: ['$usedAt', { $subtract: ['$$NOW', unusedMs] }] } };
    if (await whileConflicting(timed, EMPTY, () => inTransaction(db, (session) => empty(db, session, unused)))) dropped.push(older);
    const document = await projections.findOne(unused, { readConcern: MAJORITY, maxTimeMS: READ_MS });
    if (document) await dropOthers(timed, _id, document); // also what a process has left that was killed in the midst of this
  }
  return dropped;
}

async function empty(db: mongo.Db, session: mongo.ClientSession, unused: { readonly _id: string; readonly $expr: object }): Promise<boolean> {
  const next = { $add: ['$last', 1] };
  const emptied = { serving: next, last: next, built: false, fed: null, rebuild: null, epoch: { $add: ['$epoch', 1] }, claimedUntil: FREE };
  const filter = { ...unused, $or: [{ built: true }, { fed: { $ne: null } }] };
  const document = await db.collection<ProjectionDocument>('projections').findOneAndUpdate(filter, [{ $set: emptied }], { session, returnDocument: 'after' });
  if (!document) return false;
  await db.collection<GateDocument>(GATES).updateMany({ _id: under(unused._id) }, { $set: { serving: document.serving, built: false, closedUntil: OPEN } }, { session });
  return true;
}
