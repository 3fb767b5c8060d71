import type { mongo } from 'mongoose';
import { READ_MS } from './connection.js';

/**
 * No living process leaves a transaction of ours alone for so long: between its statements lie folds, which take milliseconds, and in a switch of generations
 * the tail of the logs, which has as long as the gates stay shut.
 */
const ABANDONED_MS = 10_000;

/**
 * Ends the transactions of this service's processes that nobody goes on with. A process that is killed between two statements leaves its transaction open,
 * and the server holds the rows for another minute (transactionLifetimeLimitSeconds), in which every successor is refused them.
 * A process that only stood still finds its transaction gone when it wakes up, and folds again. Needs no privilege: a user may see and end what is his own.
 */
export async function endAbandonedTransactions(db: mongo.Db): Promise<void> {
  const { appName } = db.client.options;
  if (!appName) return;
  const admin = db.client.db('admin');
  const abandoned = { type: 'idleSession', appName, 'transaction.timeInactiveMicros': { $gte: ABANDONED_MS * 1000 } };
  const sessions = await admin.aggregate([{ $currentOp: { idleSessions: true } }, { $match: abandoned }, { $project: { lsid: 1 } }], { maxTimeMS: READ_MS }).toArray();
  if (sessions.length > 0) await admin.command({ killSessions: sessions.map(({ lsid }) => ({ id: (lsid as { id: unknown }).id })) });
}
