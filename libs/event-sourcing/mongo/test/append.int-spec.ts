import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandAlreadyAppended, Unavailable, WrongExpectedVersion } from '@keyfold/event-sourcing';
import mongoose from 'mongoose';
import { MongoEventStore } from '../src/event-store.js';
import { fates, FaultyNetwork } from './faulty-network.js';
import { commitOf, freshDatabase, mongoUrl, type TestDatabase, tools } from './support.js';

let database: TestDatabase;
let store: MongoEventStore;
beforeEach(async () => {
  database = await freshDatabase();
  store = new MongoEventStore(database.connection, 'accounts', tools);
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

describe('the indexes', () => {
  it('are checked before a service starts, and the message names what is missing', async () => {
    await store.checkIndexes();
    await database.connection.collection('commits').dropIndex('commit_stream');
    await expect(store.checkIndexes()).rejects.toThrow(/commits lacks commit_stream; run the setup job/);
    await database.connection.collection('commits').createIndex({ streamId: 1, expectedVersion: 1 }, { name: 'commit_stream' });
    await expect(store.checkIndexes()).rejects.toThrow(/commit_stream/); // there, but not unique
  });

  it('are all missing in an empty database', async () => {
    const empty = await freshDatabase({ indexes: false });
    await expect(new MongoEventStore(empty.connection, 'accounts', tools).checkIndexes()).rejects.toThrow(/commit_stream, commit_command, commit_position/);
    await empty.drop();
  });

  it('carry every question of the hot path', async () => {
    const commits = database.connection.getClient().db(database.name).collection('commits');
    const scans = async (filter: object, sort = {}): Promise<boolean> => JSON.stringify(await commits.find(filter).sort(sort).explain('queryPlanner')).includes('COLLSCAN');
    expect(await scans({ streamId: 's', expectedVersion: { $gte: 3 } }, { expectedVersion: 1 })).toBe(false);
    expect(await scans({ commandId: { $in: ['a', 'b'] } })).toBe(false);
    expect(await scans({ position: { $gt: 0 } }, { position: 1 })).toBe(false);
    expect(await scans({ sequenced: false })).toBe(false);
    expect(await scans({ partitionKey: 'p', expectedVersion: 0, streamId: { $gte: 'a-', $lt: 'a.' } })).toBe(false);
  });
});

describe('a refused append', () => {
  it('names the command when one insert violates both indexes', async () => {
    const first = commitOf('account-1', 0);
    await store.append(first);
    await expect(store.append(commitOf('account-1', 0, { commandId: first.commandId }))).rejects.toThrow(CommandAlreadyAppended);
  });

  it('names the command also when the version is no commit end', async () => {
    const first = commitOf('account-1', 0, { count: 2 });
    await store.append(first);
    await expect(store.append(commitOf('account-1', 1, { commandId: first.commandId }))).rejects.toThrow(CommandAlreadyAppended);
  });

  it('comes when the winner can be read', async () => {
    const rival = new MongoEventStore(database.connection, 'accounts', tools);
    for (let version = 0; version < 25; version++) {
      const outcomes = await Promise.allSettled([store, rival].map((each) => each.append(commitOf('account-1', version)).catch(async (error: unknown) => {
        expect(error).toBeInstanceOf(WrongExpectedVersion);
        expect(await each.head('account-1')).toBe(version + 1);
        throw error;
      })));
      expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    }
    await rival.close();
  });

  it('holds in a process that has never seen the stream', async () => {
    await store.append(commitOf('account-1', 0, { count: 3 }));
    await store.append(commitOf('account-1', 3, { count: 2 }));
    const stranger = new MongoEventStore(database.connection, 'accounts', tools);
    for (const version of [0, 1, 2, 3, 4, 6, 7]) await expect(stranger.append(commitOf('account-1', version))).rejects.toThrow(WrongExpectedVersion);
    await stranger.append(commitOf('account-1', 5));
    expect(await store.head('account-1')).toBe(6);
    await stranger.close();
  });

  it('is not what the same commit gets when it is sent again', async () => {
    const commit = commitOf('account-1', 0);
    await store.append(commit);
    await store.append(commit);
    expect(await store.load('account-1')).toHaveLength(1);
  });
});

it('takes data of any shape without hurting others in the batch', async () => {
  const data = JSON.parse('{"__proto__":{"a":1},"$set":1,"a.b":{"$gt":""},"_bsontype":"ObjectId","nul\\u0000key":"x","lone":"\\ud800"}') as object;
  await Promise.all([0, 1, 2].map((i) => store.append(commitOf(`account-${i}`, 0, { events: [{ ...commitOf('x', 0).events[0]!, data }] }))));
  const [commit] = await store.load('account-1');
  expect(JSON.stringify(commit!.events[0]!.data)).toBe(JSON.stringify(data));
});

it('takes commits together of which no request could hold all', async () => {
  const large = { note: 'n'.repeat(800_000) };
  await Promise.all(Array.from({ length: 40 }, (_, i) => store.append(commitOf(`account-${i}`, 0, { events: [{ ...commitOf('x', 0).events[0]!, data: large }] }))));
  expect(await database.connection.collection('commits').countDocuments()).toBe(40);
});

it('shares inserts: many appends at once are few requests, of which the server need remember none', async () => {
  const connection = await mongoose.createConnection(mongoUrl(), { dbName: database.name, monitorCommands: true }).asPromise();
  const inserts: object[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }) => commandName === 'insert' && inserts.push(command));
  const grouping = new MongoEventStore(connection, 'accounts', tools);
  await Promise.all(Array.from({ length: 500 }, (_, i) => grouping.append(commitOf(`account-${i}`, 0))));
  expect(inserts.length).toBeLessThanOrEqual(3);
  for (const insert of inserts) expect(insert).not.toHaveProperty('txnNumber'); // no retryable write
  await grouping.close();
  await connection.close();
});

it('writes a decision behind its claim in one request', async () => {
  const connection = await mongoose.createConnection(mongoUrl(), { dbName: database.name, monitorCommands: true }).asPromise();
  const inserts: object[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }) => commandName === 'insert' && inserts.push(command));
  const claiming = new MongoEventStore(connection, 'accounts', tools);
  await claiming.append(commitOf('claim-1', 0), commitOf('account-1', 0));
  expect(inserts).toEqual([expect.objectContaining({ ordered: true, documents: [expect.objectContaining({ streamId: 'claim-1' }), expect.objectContaining({ streamId: 'account-1' })] })]);
  await claiming.close();
  await connection.close();
});

it('keeps the order of commits that no request could hold together', async () => {
  const large = (streamId: string) => commitOf(streamId, 0, { events: Array.from({ length: 10 }, () => ({ ...commitOf('x', 0).events[0]!, data: { note: 'n'.repeat(800_000) } })) });
  await store.append(commitOf('taken-1', 0));
  await expect(store.append(large('a-1'), large('b-1'), commitOf('taken-1', 0), large('c-1'))).rejects.toThrow(WrongExpectedVersion);
  expect([await store.head('a-1'), await store.head('b-1'), await store.head('c-1')]).toEqual([10, 10, 0]);
});

describe('an unknown outcome', () => {
  let network: FaultyNetwork & { url: string };
  let far: TestDatabase;
  let remote: MongoEventStore;
  beforeEach(async () => {
    network = await FaultyNetwork.to(mongoUrl());
    far = await freshDatabase({ url: network.url });
    remote = new MongoEventStore(far.connection, 'accounts', { ...tools, appendDeadlineMs: 4_000 });
  });
  afterEach(async () => {
    network.fate = () => 'pass';
    await remote.close();
    await far.drop();
    await network.close();
  });

  const stored = async (): Promise<number> => (await remote.load('account-1')).length;

  it('is found to be stored when the answer is lost', async () => {
    const faults = fates('insert', 'lose answer');
    network.fate = faults;
    await remote.append(commitOf('account-1', 0));
    expect(await stored()).toBe(1);
    expect(faults.left()).toBe(0);
  });

  it('is found not to be stored when the request is lost, and sent again', async () => {
    const faults = fates('insert', 'lose request');
    network.fate = faults;
    await remote.append(commitOf('account-1', 0));
    expect(await stored()).toBe(1);
    expect(faults.left()).toBe(0);
  });

  it.each(['lose answer', 'lose request', 'hang'] as const)('of a claim and its decision is found out for each (%s)', async (fate) => {
    const faults = fates('insert', fate);
    network.fate = faults;
    await remote.append(commitOf('claim-1', 0), commitOf('account-1', 0));
    expect([(await remote.load('claim-1')).length, await stored(), faults.left()]).toEqual([1, 1, 0]);
  });

  it('of a claim that was lost leaves no decision', async () => {
    await remote.append(commitOf('claim-1', 0));
    network.fate = fates('insert', 'lose answer');
    await expect(remote.append(commitOf('claim-1', 0), commitOf('account-1', 0))).rejects.toThrow(WrongExpectedVersion);
    expect(await stored()).toBe(0);
  });

  it('is found out although the server never answers', async () => {
    const faults = fates('insert', 'hang');
    network.fate = faults;
    await remote.append(commitOf('account-1', 0));
    expect(await stored()).toBe(1);
    expect(faults.left()).toBe(0);
  });

  it('is found out although the reading back fails as well', async () => {
    const inserts = fates('insert', 'lose answer');
    // The driver itself reads again once after a broken connection.
    const finds = fates('find', 'lose answer', 'lose answer');
    network.fate = (request) => (inserts(request) === 'pass' ? finds(request) : 'lose answer');
    await remote.append(commitOf('account-1', 0));
    expect(await stored()).toBe(1);
    expect(inserts.left() + finds.left()).toBe(0);
  });

  it('tells the loser from the winner', async () => {
    await remote.append(commitOf('account-1', 0));
    network.fate = fates('insert', 'lose answer');
    await expect(remote.append(commitOf('account-1', 0))).rejects.toThrow(WrongExpectedVersion);
    expect(await stored()).toBe(1);
  });

  it('is said to be unknown at the deadline, and the same command is settled later', async () => {
    network.fate = () => 'lose request';
    const commit = commitOf('account-1', 0);
    await expect(remote.append(commit)).rejects.toThrow(Unavailable);
    network.fate = () => 'pass';
    await remote.append(commit);
    expect(await stored()).toBe(1);
  });
});
