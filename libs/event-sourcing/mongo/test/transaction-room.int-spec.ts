import { expect, it } from '@jest/globals';
import { transactionRoom } from '../src/transaction-room.js';
import { freshDatabase } from './support.js';

it('a transaction has a share of the cache, and of the smallest one where nobody says how large it is', async () => {
  const database = await freshDatabase();
  const { connection, name } = database;
  const db = connection.getClient().db(name);
  const { wiredTiger } = await db.command({ serverStatus: 1 });
  expect(await transactionRoom(db)).toBe(wiredTiger.cache['maximum bytes configured'] * 0.05);
  const silent = Object.assign(Object.create(db) as typeof db, { command: () => Promise.reject(new Error('not authorized on admin to execute command { serverStatus: 1 }')) });
  expect(await transactionRoom(silent)).toBe(256 * 1024 * 1024 * 0.05);
  await database.drop();
});
