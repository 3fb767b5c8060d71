import { type Clock, Unavailable } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { endAbandonedTransactions } from './abandoned-transactions.js';
import { DURABLE, isDuplicateKey, READ_MS, within } from './connection.js';

/** A database, and the clock by which it is waited for. */
export interface Timed {
  readonly db: mongo.Db;
  readonly clock: Clock;
}

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
  { db, clock }: Timed,
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

/** For a single write of what transactions write too: the server gives it up while there is time to look what holds it up. */
export const BESIDE_TRANSACTIONS = { writeConcern: DURABLE, maxTimeMS: READ_MS - 1_000 } as const;
const HELD_UP_MS = 30_000;

/** The server gave a write up after the time that it was given, before it was made. */
export const isHeldUp = (error: unknown): boolean => {
  const cause = error instanceof Unavailable ? error.cause : null;
  return cause instanceof mongo.MongoServerError && !(cause instanceof mongo.MongoWriteConcernError) && cause.code === 50;
};

/**
 * A single write of what transactions write too, with the options that it hands in. The server itself would let it wait for as long as a transaction is open, which is a minute
 * for one that was abandoned; so it is given up before it is made, and tried again until the other is over. Throws Unavailable after 30 s, or when it may have been made.
 */
export const besideTransactions = <T>(timed: Timed, what: string, write: (options: typeof BESIDE_TRANSACTIONS) => Promise<T>): Promise<T> =>
  whileConflicting(timed, { what, attemptMs: READ_MS, deadlineMs: HELD_UP_MS, isConflict: (error) => isHeldUp(error) || isConflict(error) }, () => write(BESIDE_TRANSACTIONS));
