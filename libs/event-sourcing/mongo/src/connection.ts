import { type Clock, Unavailable } from '@keyfold/event-sourcing';
import mongoose, { type Connection, mongo } from 'mongoose';

/** What was read can never be rolled back. */
export const MAJORITY = { level: 'majority' } as const;

/** Acknowledged means: on the journals of a majority, so that it survives the crash of any process and the loss of a minority (G2). */
export const DURABLE = { w: 'majority', journal: true, wtimeoutMS: 5_000 } as const;

/** The server gives a read up after this long. */
export const READ_MS = 5_000;

/**
 * Opens a connection for one service's database. The limits keep an outage short: an unreachable server is an error after seconds,
 * and an answer that never comes frees its socket.
 */
export async function openConnection(url: string, database: string, options: { maxPoolSize?: number } = {}): Promise<Connection> {
  const connection = mongoose.createConnection(url, {
    dbName: database,
    appName: `keyfold-${database}`.slice(0, 128),
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    maxPoolSize: options.maxPoolSize ?? 16,
    serverSelectionTimeoutMS: 3_000,
    connectTimeoutMS: 3_000,
    waitQueueTimeoutMS: 3_000,
    socketTimeoutMS: 30_000,
    retryWrites: true,
    // A driver has made UTF-8 of every text in there. To look at each character of it again is a fifth of the work of reading a commit.
    enableUtf8Validation: false,
  });
  return connection.asPromise();
}

/** The driver's database under an open mongoose connection: no models, no buffering on this path. */
export function databaseOf(connection: Connection): mongo.Db {
  if (!connection.db) throw new Error('the MongoDB connection is not open');
  return connection.getClient().db(connection.db.databaseName) as unknown as mongo.Db;
}

/** MaxTimeMSExpired, WriteConcernTimeout and what a server says while it starts, stops or changes its primary. */
const OUTAGE_CODES = new Set<unknown>([6, 7, 50, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
/** A socket that ends while the driver writes to it can come through as it is. */
const SOCKET_ERRORS = new Set<unknown>(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT']);
const OUTAGES = [mongo.MongoNetworkError, mongo.MongoServerSelectionError, mongo.MongoNotConnectedError, mongo.MongoTopologyClosedError];

/** Whether an error says nothing about the request, only that the server could not be asked or did not answer. */
export function isOutage(error: unknown): boolean {
  if (error instanceof Unavailable || OUTAGES.some((kind) => error instanceof kind)) return true;
  if (SOCKET_ERRORS.has((error as { code?: unknown } | null)?.code)) return true;
  if (!(error instanceof mongo.MongoError)) return false;
  // A bulk operation that was broken off has no code of the server.
  if (error instanceof mongo.MongoBulkWriteError && typeof error.code !== 'number') return true;
  if (error.name === 'MongoWaitQueueTimeoutError' || error.name === 'MongoPoolClearedError' || error.name === 'MongoPoolClosedError') return true;
  return OUTAGE_CODES.has(error.code) || error.hasErrorLabel('RetryableWriteError');
}

const LATE = Symbol('late');
const ANSWERED = Symbol('answered');

/**
 * The answer of the server. Throws Unavailable when it is out of reach or has not answered within `ms`: what was sent may still take effect then.
 * The driver itself waits without an end for an answer that was dropped on the way.
 */
export async function within<T>(clock: Clock, what: string, ms: number, work: Promise<T>): Promise<T> {
  const answered = new AbortController();
  try {
    const answer = await Promise.race([work, clock.wait(ms, answered.signal).then(() => LATE)]);
    if (answer !== LATE) return answer as T;
  } catch (error) {
    throw isOutage(error) && !(error instanceof Unavailable) ? new Unavailable(what, { cause: error }) : error;
  } finally {
    answered.abort(ANSWERED); // a reason of one's own: the default one is an error with its stack, made anew for every request
  }
  throw new Unavailable(what);
}

export const isDuplicateKey = (error: unknown): boolean => error instanceof mongo.MongoServerError && error.code === 11000;
