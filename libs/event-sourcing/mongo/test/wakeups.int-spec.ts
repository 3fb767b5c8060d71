import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Clock } from '@keyfold/event-sourcing';
import { eventually } from '@keyfold/event-sourcing/testing';
import mongoose, { type Connection } from 'mongoose';
import { MongoEventStore } from '../src/event-store.js';
import { commitOf, freshDatabase, mongoUrl, realClock, type TestDatabase, tools } from './support.js';

const RING_PAUSE_MS = 10;

let database: TestDatabase;
let connection: Connection;
let rings: boolean[];
let pauses: (() => void)[];
let follower: MongoEventStore;
beforeEach(async () => {
  database = await freshDatabase();
  rings = [];
  pauses = [];
  connection = await mongoose.createConnection(mongoUrl(), { dbName: database.name, monitorCommands: true }).asPromise();
  connection.getClient().on('commandStarted', ({ command }) => command['update'] === 'leases' && rings.push(command['writeConcern'].j));
  const paused = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      pauses.push(resolve);
      signal?.addEventListener('abort', () => resolve());
    });
  const clock: Clock = { ...realClock, wait: (ms, signal) => (ms === RING_PAUSE_MS ? paused(signal) : realClock.wait(ms, signal)) };
  follower = new MongoEventStore(connection, 'accounts', { ...tools, clock });
});
afterEach(async () => {
  await follower.close();
  await connection.close();
  await database.drop();
});

const inPause = (nth: number) => eventually(() => Promise.resolve(expect(pauses).toHaveLength(nth)));

it('rings durably for a lone append, and once', async () => {
  await follower.append(commitOf('account-1', 0));
  await inPause(1);
  pauses[0]!();
  await follower.close();
  expect(rings).toEqual([true]);
});

it('makes the server flush nothing for the rings of a busy time, and ends it with one that is durable', async () => {
  await follower.append(commitOf('account-1', 0));
  for (const version of [1, 2, 3]) {
    await inPause(version);
    await follower.append(commitOf('account-1', version));
    await eventually(() => Promise.resolve(expect(follower.wakeups.appended.rings).toBe(version + 1))); // once the answer has left
    pauses[version - 1]!();
  }
  await inPause(4);
  expect(rings).toEqual([true, false, false, false]);
  pauses[3]!(); // nothing was appended in it
  await inPause(5);
  pauses[4]!();
  await follower.close();
  expect(rings).toEqual([true, false, false, false, true]);
});
