import { type Clock, Unavailable } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { endAbandonedTransactions } from './abandoned-transactions.js';
import { DURABLE, isDuplicateKey, READ_MS, within } from './connection.js';

const LONGEST_BACK_OFF_MS = 250;
/** Whoever has met conflicts for so long looks whether the other transaction is alive. */
const LOOK_MS = 2_000;

/** Runs `work` in one transaction that reads at a snapshot: all of it or nothing. What `work` throws undoes it. */
export async function inTransaction<T>(db: mongo.Db, work: (session: mongo.ClientSession) => Promise<T>): Promise<T> {
  const session = db.client.startSession();
  try {
    session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: DURABLE });
    const result = await work(session);
    await commit(session);
    return result;
  } finally {
    await session.endSession(); // rolls back what was not committed
  }
}

/** Commits; again while the server does not say what became of it, which is safe: a transaction commits once. */
async function commit(session: mongo.ClientSession): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await session.commitTransaction();
    } catch (error) {
      if (attempt === 5 || !(error instanceof mongo.MongoError && error.hasErrorLabel('UnknownTransactionCommitResult'))) throw error;
    }
}

/** Another transaction was faster: by a write conflict, by inserting first (duplicate key), or by dropping the collection. */
export const isConflict = (error: unknown): boolean =>
  isDuplicateKey(error) || (error instanceof mongo.MongoError && (error.code === 112 || error.hasErrorLabel('TransientTransactionError')));

/** Tries again, after a short wait, as long as others are faster. Throws Unavailable when an attempt or all of them together take too long. */
export async function whileConflicting<T>(
  { db, clock }: { readonly db: mongo.Db; readonly clock: Clock },
  { what, attemptMs, deadlineMs, isConflict: again = isConflict }: { what: string; attemptMs: number; deadlineMs: number; isConflict?: (error: unknown) => boolean },
  attempt: () => Promise<T>,
): Promise<T> {
  const until = clock.now().getTime() + deadlineMs;
  let lookAt = clock.now().getTime() + LOOK_MS;
  for (let failures = 1; ; failures++)
    try {
      return await within(clock, what, attemptMs, attempt());
    } catch (error) {
      if (!again(error)) throw error;
      const now = clock.now().getTime();
      if (now > until) throw new Unavailable(what, { cause: error });
      if (now > lookAt) {
        lookAt = now + LOOK_MS;
        // A server that says nothing of its transactions ends them by itself after a minute.
        await within(clock, what, READ_MS, endAbandonedTransactions(db)).catch(() => undefined);
      }
      await clock.wait(Math.random() * Math.min(2 ** failures, LONGEST_BACK_OFF_MS));
    }
}
