import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { keyStoreContract, testKeyWrap } from '@keyfold/event-sourcing/testing';
import { databaseOf } from '../src/connection.js';
import { MongoKeyStore } from '../src/key-store.js';
import { freshDatabase, realClock, type TestDatabase } from './support.js';

const masterKey = randomBytes(32);
const keyStore = ({ connection }: TestDatabase): MongoKeyStore => new MongoKeyStore(connection, testKeyWrap(masterKey), { clock: realClock });
const keysOf = ({ connection, name }: TestDatabase) => databaseOf(connection).client.db(`${name}_keys`);
const drop = async (database: TestDatabase): Promise<void> => {
  await keysOf(database).dropDatabase();
  await database.drop();
};

keyStoreContract('MongoDB', async () => {
  const own = await freshDatabase({ indexes: false });
  return { open: () => keyStore(own), close: () => drop(own) };
});

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase({ indexes: false });
});
afterEach(() => drop(database));

const stored = async (personId: string) => keysOf(database).collection<{ _id: string; wrapped: { value(): Uint8Array } | null }>('person_keys').findOne({ _id: personId });

it('keeps no key in the clear, and none in the database of the events', async () => {
  const key = Buffer.from((await keyStore(database).keyFor('person-1', true)) as Uint8Array);
  expect(Buffer.from((await stored('person-1'))!.wrapped!.value()).includes(key)).toBe(false);
  expect(await databaseOf(database.connection).listCollections().toArray()).toEqual([]);
});

it('keeps nothing of a destroyed key but that there was one', async () => {
  await keyStore(database).keyFor('person-1', true);
  await keyStore(database).destroy('person-1');
  expect(await stored('person-1')).toEqual({ _id: 'person-1', wrapped: null });
});

it('knows how far back the oplog of the server goes', async () => {
  expect(await keyStore(database).lingersHours()).toEqual(expect.any(Number));
});
