import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, DeadLetters, defineContract, EventRegistry, type Feeds, incomingOfCommit, projection, type Projection, Projector, type SequencedCommit, upcastFrom } from '@keyfold/event-sourcing';
import { eventually } from '@keyfold/event-sourcing/testing';
import type { MongoEventStore } from '../src/event-store.js';
import { MongoProjectionStore } from '../src/projection-store.js';
import { commitOf, freshDatabase, sequencedStore, silent, type TestDatabase, tools } from './support.js';

interface Row {
  readonly id: string;
  readonly names: readonly string[];
}

const contract = defineContract({ service: 'accounts', name: 'key-account', streamPrefix: 'account', events: { 'accounts.key-account.renamed': { version: 1 } } }) as AggregateContract<never>;
const newer = new EventRegistry([{ ...contract, events: { 'accounts.key-account.renamed': { version: 2, upcast: upcastFrom<object>().to((data) => data) } } } as unknown as AggregateContract<never>]);
const registry = new EventRegistry([contract]);
const broken = new Set<string>();
const names: Projection<Row> = projection<Row>({
  name: 'names',
  version: 1,
  follows: [contract],
  fold: (row, event, id) => {
    const { name } = event.data as { name: string };
    if (broken.has(name)) throw new RangeError(`cannot fold ${name}`);
    return { id, names: [...(row?.names ?? []), name] };
  },
});

let database: TestDatabase;
let log: { store: MongoEventStore; close(): Promise<void> };
let store: MongoProjectionStore;
let feeds: Feeds;
beforeAll(async () => {
  database = await freshDatabase();
  log = sequencedStore(database.connection);
  store = new MongoProjectionStore(database.connection, tools);
  feeds = {
    after: (_service, position, limit) => log.store.feed(position, limit),
    stream: async (_service, streamId, afterVersion) => (await log.store.load(streamId, afterVersion)).filter((commit): commit is SequencedCommit => commit.position !== null),
    lastPosition: () => log.store.lastPosition(),
  };
  await store.prepare(names);
}, 60_000);
afterAll(async () => {
  await log.close();
  await database.drop();
});

let stream: string;
let nth = 0;
beforeEach(() => void (stream = `account-${++nth}`));
afterEach(() => broken.clear());

const projector = (known = registry) => new Projector(names, store, { feeds, registry: known, clock: tools.clock, log: silent });
const letters = (known = registry) => new DeadLetters(store, { feeds, registry: known, clock: tools.clock, log: silent });
const numbered = () => eventually(async () => expect((await log.store.load(stream)).every(({ position }) => position !== null)).toBe(true));
const logged = async () => (await feeds.stream('accounts', stream, 0)).flatMap((commit) => incomingOfCommit('accounts', commit, registry));
const row = async () => (await store.view(names).get(String(nth)))?.names;
const marks = async () => (await store.marks(names, [stream])).get(stream);

describe('dead letters in MongoDB', () => {
  it('are retried while live events of the same stream arrive: none is lost, none passes another', async () => {
    broken.add('name 1');
    await log.store.append(commitOf(stream, 0, { count: 2 }));
    await numbered();
    await projector().apply('accounts.events.v1/0', await logged());
    expect(await marks()).toEqual({ accepted: 2, applied: 0 });
    broken.clear();
    const deliveries = async (): Promise<void> => {
      for (let version = 2; version < 12; version++) {
        await log.store.append(commitOf(stream, version));
        await numbered();
        const events = await logged();
        await eventually(() => projector().apply('accounts.events.v1/0', events), { deadlineMs: 30_000 }); // a batch that rejects comes again
      }
    };
    const retries = async (): Promise<void> => {
      for (let i = 0; i < 15; i++) await letters().retry(projector(), stream);
    };
    await Promise.all([deliveries(), retries(), retries()]);
    expect(await letters().retry(projector(), stream)).toMatchObject({ left: 0, cause: null });
    expect(await row()).toEqual(Array.from({ length: 12 }, (_, i) => `name ${i + 1}`));
    expect(await marks()).toEqual({ accepted: 12, applied: 12 });
    expect(await store.countDeadLetters(names, stream)).toBe(0);
  }, 60_000);

  it('are discarded one by one from the head, and what is behind it is applied', async () => {
    broken.add('name 1');
    await log.store.append(commitOf(stream, 0, { count: 3 }));
    await numbered();
    await projector().apply('accounts.events.v1/0', await logged());
    await letters().discard(projector(), { streamId: stream, version: 1 }, async () => undefined);
    expect(await letters().retry(projector(), stream)).toEqual({ applied: 2, left: 0, cause: null });
    expect([await row(), await marks()]).toEqual([['name 2', 'name 3'], { accepted: 3, applied: 3 }]);
    expect((await store.deadLetters(names, { streamId: stream, kind: 'discarded', limit: 10 })).map(({ version }) => version)).toEqual([1]);
  });

  it('of an unknown schema version are applied by a process that knows it', async () => {
    const [event] = commitOf(stream, 0).events;
    await log.store.append(commitOf(stream, 0, { events: [{ ...event!, schemaVersion: 2 }] }));
    await log.store.append(commitOf(stream, 1));
    await numbered();
    await projector().apply('accounts.events.v1/0', await logged());
    expect((await store.deadLetters(names, { streamId: stream, limit: 10 })).map(({ kind }) => kind)).toEqual(['unknown-version', 'queued']);
    expect(await letters().drainUnknownVersions(projector())).toBe(0);
    expect(await letters(newer).drainUnknownVersions(projector(newer))).toBe(2);
    expect(await row()).toEqual(['name 1', 'name 2']);
  });
});
