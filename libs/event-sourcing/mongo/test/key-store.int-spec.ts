import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { databaseOf } from '../src/connection.js';
import { MongoKeyStore } from '../src/key-store.js';
import { freshDatabase, realClock, type TestDatabase } from './support.js';

const masterKey = randomBytes(32);
let database: TestDatabase;
const keyStore = (master = masterKey): MongoKeyStore => new MongoKeyStore(database.connection, master, { clock: realClock });
const keys = () => databaseOf(database.connection).client.db(`${database.name}_keys`);

beforeEach(async () => {
  database = await freshDatabase({ indexes: false });
});
afterEach(async () => {
  await keys().dropDatabase();
  await database.drop();
});

it('makes a key when told to, and gives the same to everybody for ever', async () => {
  expect(await keyStore().keyFor('person-1', false)).toBeNull();
  const all = await Promise.all(Array.from({ length: 10 }, () => keyStore().keyFor('person-1', true)));
  for (const key of all) expect(Buffer.from(key!)).toEqual(Buffer.from(all[0]!));
  expect(all[0]).toHaveLength(32);
  expect(Buffer.from((await keyStore().keyFor('person-1', false))!)).toEqual(Buffer.from(all[0]!));
  expect(Buffer.from((await keyStore().keyFor('person-2', true))!)).not.toEqual(Buffer.from(all[0]!));
});

it('keeps no key in the clear, and none in the database of the events', async () => {
  const key = Buffer.from((await keyStore().keyFor('person-1', true))!);
  const stored = await keys().collection<{ _id: string; wrapped: { value(): Uint8Array } }>('person_keys').findOne({ _id: 'person-1' });
  expect(Buffer.from(stored!.wrapped.value()).includes(key)).toBe(false);
  expect(await databaseOf(database.connection).listCollections().toArray()).toEqual([]);
});

it('opens nothing with another master key or under another name', async () => {
  await keyStore().keyFor('person-1', true);
  await expect(keyStore(randomBytes(32)).keyFor('person-1', false)).rejects.toThrow();
  const wrapped = (await keys().collection<{ _id: string; wrapped: unknown }>('person_keys').findOne({ _id: 'person-1' }))!.wrapped;
  await keys().collection<{ _id: string; wrapped: unknown }>('person_keys').insertOne({ _id: 'person-2', wrapped });
  await expect(keyStore().keyFor('person-2', false)).rejects.toThrow();
  expect(() => keyStore(randomBytes(16))).toThrow('16 bytes');
});

it('never makes a key again for a person whose key was destroyed', async () => {
  await keyStore().keyFor('person-1', true);
  await keys().collection<{ _id: string }>('person_keys').updateOne({ _id: 'person-1' }, { $set: { wrapped: null } });
  expect(await keyStore().keyFor('person-1', false)).toBeNull();
  expect(await keyStore().keyFor('person-1', true)).toBeNull();
});
