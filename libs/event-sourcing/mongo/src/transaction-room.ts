import type { mongo } from 'mongoose';
import { READ_MS } from './connection.js';

/**
 * MongoDB rolls back a transaction that takes too much of the cache, also where nobody else is in its way, and then mostly calls that a conflict: trying again would never
 * end. The manual says 5 % (Transactions, Production Considerations).
 */
const SHARE = 0.05;
/** Of the smallest cache that MongoDB takes for itself, 256 MB. */
const LEAST_BYTES = 256 * 1024 * 1024 * SHARE;

/** Bytes that one transaction may surely write; of the smallest cache where the user may not ask for the server's status, or it has another engine. */
export async function transactionRoom(db: mongo.Db): Promise<number> {
  const status = await db.command({ serverStatus: 1, maxTimeMS: READ_MS }).catch(() => null);
  const cache: unknown = status?.['wiredTiger']?.cache?.['maximum bytes configured'];
  return typeof cache === 'number' ? cache * SHARE : LEAST_BYTES;
}
