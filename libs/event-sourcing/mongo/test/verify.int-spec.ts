import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, defineContract, EventRegistry, type Feeds, noAuditLog, noMetrics, projection, type Projection, Rebuilder, type SequencedCommit, verify } from '@keyfold/event-sourcing';
import { eventually } from '@keyfold/event-sourcing/testing';
import type { mongo } from 'mongoose';
import { databaseOf } from '../src/connection.js';
import type { MongoEventStore } from '../src/event-store.js';
import { MongoProjectionStore } from '../src/projection-store.js';
import { commitOf, freshDatabase, sequencedStore, silent, type TestDatabase, tools } from './support.js';

interface Row {
  readonly id: string;
  readonly names: readonly string[];
}

const contract = defineContract({ service: 'accounts', name: 'key-account', streamPrefix: 'account', events: { 'accounts.key-account.renamed': { version: 1 } } }) as AggregateContract<never>;
const names: Projection<Row> = projection<Row>({
  name: 'names',
  version: 1,
  follows: [contract],
  fold: (row, event, id) => ({ id, names: [...(row?.names ?? []), (event.data as { name: string }).name] }),
});

let database: TestDatabase;
let log: { store: MongoEventStore; close(): Promise<void> };
let store: MongoProjectionStore;
let feeds: Feeds;
const registry = new EventRegistry([contract]);
const check = (seed = 1) => verify(names, { store, feeds, registry, clock: tools.clock }, { seed });

beforeAll(async () => {
  database = await freshDatabase();
  log = sequencedStore(database.connection);
  store = new MongoProjectionStore(database.connection, tools);
  feeds = {
    after: (_service, position, limit) => log.store.feed(position, limit),
    stream: async (_service, streamId, afterVersion) => (await log.store.load(streamId, afterVersion)) as SequencedCommit[],
    lastPosition: () => log.store.lastPosition(),
  };
  await store.prepare(names);
  for (let i = 0; i < 30; i++) await log.store.append(commitOf(`account-${i}`, 0, { count: 3 }));
  await eventually(async () => expect(await log.store.lastPosition()).toBe(30));
}, 60_000);
afterAll(async () => {
  await log.close();
  await database.drop();
});

interface Stored {
  readonly _id: string;
  readonly names?: readonly string[];
  readonly accepted?: number;
  readonly applied?: number;
}
let rows: mongo.Collection<Stored>;
let marks: mongo.Collection<Stored> | undefined;

/** Every test damages a read model that was built anew, whatever the one before has done to it. */
beforeEach(async () => {
  const rebuilder = new Rebuilder(names, store, { feeds, registry, clock: tools.clock, log: silent, failpoint: () => undefined, metrics: noMetrics, audit: noAuditLog });
  await rebuilder.start('test');
  await rebuilder.work(new AbortController().signal);
  expect((await rebuilder.status()).rebuild?.state).toBe('switched');
  const db = databaseOf(database.connection);
  const found = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).filter((name) => name.startsWith('view_names_v1_g'));
  const serving = found.sort((a, b) => Number(a.slice(a.lastIndexOf('g') + 1)) - Number(b.slice(b.lastIndexOf('g') + 1))).at(-1)!;
  rows = db.collection(serving);
  marks = db.collection(serving.replace('view_', 'marks_'));
});

describe('verifying a read model in MongoDB', () => {
  it('finds nothing where nothing is wrong', async () => {
    expect(await check()).toMatchObject({ ok: true, found: 0, unproved: 0, events: 90, streams: 30, rows: 30 });
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ['a field changed', () => rows.updateOne({ _id: '7' }, { $set: { 'names.1': 'forged' } }), { kind: 'row-different', row: '7', fields: ['names'] }],
    ['a row deleted', () => rows.deleteOne({ _id: '7' }), { kind: 'row-missing', row: '7' }],
    ['a row added', () => rows.insertOne({ _id: 'nobody', names: [] }), { kind: 'row-extra', row: 'nobody' }],
    ['a mark moved back', () => marks!.updateOne({ _id: 'account-7' }, { $set: { accepted: 2, applied: 2 } }), { kind: 'stream-behind', stream: 'account-7', head: 3, marks: { accepted: 2, applied: 2 } }],
    ['a mark moved forward', () => marks!.updateOne({ _id: 'account-7' }, { $set: { accepted: 4, applied: 4 } }), { kind: 'mark-ahead', stream: 'account-7', head: 3, marks: { accepted: 4, applied: 4 } }],
    ['a mark of no stream', () => marks!.insertOne({ _id: 'account-nobody', accepted: 2, applied: 2 }), { kind: 'mark-without-stream', stream: 'account-nobody', head: 0 }],
    ['a mark deleted', () => marks!.deleteOne({ _id: 'account-7' }), { kind: 'stream-behind', stream: 'account-7', head: 3, marks: { accepted: 0, applied: 0 } }],
  ])('finds %s by hand', async (_name, damage, finding) => {
    await damage();
    expect(await check()).toMatchObject({ ok: false, found: 1, findings: [finding] });
  });
});
