import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AuditEntry, deliver, EventRegistry, type Incoming, projection, Relay, type RelayState, type Subscriber, topicOf, NO_CHANGES } from '@keyfold/event-sourcing';
import { counterContract, eventually, LogBook, realClock, someCommit } from '@keyfold/event-sourcing/testing';
import { type DataFolder, EVENT_LOG, localFeeds, openDataFolder, relayStateInMemory, SqliteEventStore } from '@keyfold/event-sourcing-embedded';
import { createTopics, type KafkaSettings, KafkaTransport } from '@keyfold/event-sourcing-kafka';
import { Kafka, logLevel } from 'kafkajs';
import { ownBroker } from './broker.js';

const TOPIC = topicOf('test');
const STREAMS = 40;
const PATIENCE = { deadlineMs: 90_000, everyMs: 50 };
/** Producer ids are forgotten after a second, as they are after a day by default. */
const FORGETFUL = { 'producer.id.expiration.ms': 1_000, 'producer.id.expiration.check.interval.ms': 200 };

let broker: Awaited<ReturnType<typeof ownBroker>>;
beforeAll(async () => {
  broker = await ownBroker(FORGETFUL);
  await broker.start();
}, 120_000);
afterAll(() => broker.close(), 60_000);

let data: string;
let folder: DataFolder;
let store: SqliteEventStore;
let settings: KafkaSettings;
let transports: KafkaTransport[];
let stop: AbortController;
let running: Promise<void>[];
let state: RelayState;
let appended: number;
let measured: Map<string, number>;
let audited: AuditEntry[];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'keyfold-relay-'));
  folder = openDataFolder(data);
  store = new SqliteEventStore('test', folder.database('test', EVENT_LOG), { clock: realClock });
  settings = { brokers: [broker.brokers], clientId: 'relay-int-spec', topicPrefix: '', clock: realClock, log: new LogBook() };
  transports = [];
  stop = new AbortController();
  running = [];
  state = relayStateInMemory(0, { store, clock: realClock });
  appended = 0;
  measured = new Map();
  audited = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  await Promise.all(transports.map((transport) => transport.close()));
  await withAdmin((admin) => admin.deleteTopics({ topics: [TOPIC] })).catch(() => undefined);
  folder.close();
  rmSync(data, { recursive: true });
}, 120_000);

async function withAdmin<T>(work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING, retry: { retries: 8 } }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** The same topic, empty. A broker goes on deleting it for a moment after it has said that it has. */
async function makeAnew(): Promise<void> {
  await withAdmin((admin) => admin.deleteTopics({ topics: [TOPIC] }));
  await eventually(async () => expect(await createTopics(settings, ['test'])).toEqual([TOPIC]), PATIENCE);
}

const transport = (): KafkaTransport => {
  const made = new KafkaTransport(settings, { sessionTimeoutMs: 6_000, graceMs: 500 });
  transports.push(made);
  return made;
};
const publish = (to = transport()): void => {
  const metrics = {
    count: (name: string, _labels?: object, by = 1) => void measured.set(name, (measured.get(name) ?? 0) + by),
    set: (name: string, value: number) => void measured.set(name, value),
  };
  const audit = { write: async (entry: AuditEntry) => void audited.push(entry), read: async () => [], dropBefore: async () => 0 };
  const tools = { clock: realClock, log: settings.log, failpoint: () => undefined, metrics, audit };
  running.push(new Relay(store, to, state, tools).run(stop.signal));
};

/** One more commit on each of so many streams in turn. */
const append = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++, appended++) await store.append(someCommit(`counter-${appended % STREAMS}`, Math.floor(appended / STREAMS)));
};
const published = (): Promise<void> => eventually(async () => expect((await state.load()).position).toBe(appended), PATIENCE);

/** What a new group finds on the topic: all events, those of a key in order when what comes again is left out. */
async function everythingIsThere({ inOrder = true } = {}): Promise<void> {
  const versions = new Map<string, Set<number>>();
  let distinct = 0;
  const reader = await transport().consume({
    group: `reader-${Math.random()}`,
    topics: [TOPIC],
    onBatch: async (batch) => {
      for (const { headers } of batch.messages) {
        if (headers['ce_type'] === 'keyfold.marker') continue;
        const stream = versions.get(headers['ce_subject']!) ?? new Set<number>();
        versions.set(headers['ce_subject']!, stream.add(Number(headers['ce_streamversion'])));
      }
      distinct = [...versions.values()].reduce((sum, stream) => sum + stream.size, 0);
    },
  });
  await eventually(() => expect(distinct).toBe(appended), PATIENCE);
  await reader.stop();
  if (!inOrder) return;
  for (const stream of versions.values()) expect([...stream]).toEqual(Array.from({ length: stream.size }, (_, i) => i + 1));
}

/** A subscriber of a group of its own: everything once and in order, whatever the topic goes through. */
async function subscribe(): Promise<() => Promise<void>> {
  const handed = new Map<string, number[]>();
  const subscriber: Subscriber = {
    name: 'witness',
    projection: projection({ name: 'witness', version: 1, follows: [counterContract], rowsOf: () => [], fold: () => null }),
    reapply: async () => NO_CHANGES,
    apply: async (_partition: string, events: readonly Incoming[]) => {
      for (const { streamId, version } of events) {
        const versions = handed.get(streamId) ?? [];
        if (!versions.includes(version)) versions.push(version);
        handed.set(streamId, versions);
      }
    },
  };
  const tools = { registry: new EventRegistry([counterContract]), feeds: localFeeds([store]), clock: realClock, log: settings.log };
  await transport().consume({ group: `subscription-${Math.random()}`, topics: [TOPIC], onBatch: (batch) => deliver(batch, [subscriber], tools) });
  return () =>
    eventually(() => {
      expect([...handed.values()].flat()).toHaveLength(appended);
      for (const versions of handed.values()) expect(versions).toEqual(versions.map((_, i) => i + 1));
    }, PATIENCE);
}

describe('a topic that loses what was written to it', () => {
  beforeEach(async () => {
    await createTopics(settings, ['test']);
  }, 120_000);

  it('is filled again when it is made anew while nothing happens', async () => {
    const everythingArrives = await subscribe();
    publish();
    await append(400);
    await published();
    await everythingArrives();
    await makeAnew();
    await eventually(() => expect(measured.get('relay_rewinds_total')).toBe(1), PATIENCE);
    await everythingIsThere();
    expect(audited).toMatchObject([{ action: 'relay-rewound', details: { from: 400, to: 0 } }]);
    await append(40);
    await everythingArrives();
  }, 300_000);

  it('is filled again when it is made anew while commits come in', async () => {
    const everythingArrives = await subscribe();
    publish();
    await append(400);
    await published();
    let over = false;
    const load = (async () => {
      while (!over) await append(20).then(() => realClock.wait(5));
    })();
    await makeAnew();
    await eventually(() => expect(measured.get('relay_rewinds_total')).toBeGreaterThan(0), PATIENCE);
    over = true;
    await load;
    await published();
    // The batch that met the empty topic stands at its beginning. It tells what is missing before it, so that a group that begins there is served in order all the same.
    await everythingIsThere({ inOrder: false });
    await everythingArrives();
    await (await subscribe())();
  }, 300_000);

  it('is filled again when the data of the broker is gone', async () => {
    const everythingArrives = await subscribe();
    publish();
    await append(400);
    await published();
    await broker.kill();
    broker.wipe();
    await append(400);
    await broker.start();
    await createTopics(settings, ['test']);
    await published();
    await everythingIsThere();
    expect(audited.map(({ action }) => action)).toEqual(['relay-rewound']);
    await everythingArrives();
  }, 300_000);
});

describe('while there is no broker', () => {
  it('commits are taken, also by a service that starts meanwhile, and the backlog drains in order when it is there', async () => {
    await broker.kill();
    broker.wipe();
    const everythingArrives = await subscribe();
    publish();
    await append(3_000);
    await eventually(() => expect(measured.get('relay_backlog_commits')).toBe(3_000), PATIENCE);
    await broker.start();
    await createTopics(settings, ['test']);
    await published();
    await everythingIsThere();
    await everythingArrives();

    await broker.kill();
    await append(2_000);
    await eventually(() => expect(measured.get('relay_backlog_commits')).toBe(2_000), PATIENCE);
    await broker.start();
    await published();
    await everythingIsThere();
    await everythingArrives();
    await eventually(() => expect(measured.get('relay_backlog_commits')).toBe(0), PATIENCE);
    expect(measured.get('relay_rewinds_total')).toBeUndefined();
  }, 300_000);
});

describe('a broker that has forgotten the producer', () => {
  it('takes what comes next, in order', async () => {
    await createTopics(settings, ['test']);
    let markers = 0;
    await transport().consume({
      group: 'watch',
      topics: [TOPIC],
      onBatch: async (batch) => void (markers += batch.messages.filter(({ headers }) => headers['ce_type'] === 'keyfold.marker').length),
    });
    publish();
    for (let round = 1; round <= 2; round++) {
      await append(100);
      await published();
      // The markers come after five seconds of silence: they are the first that the broker hears of a producer whom it has forgotten.
      await eventually(() => expect(markers).toBeGreaterThanOrEqual(24 * round), PATIENCE);
    }
    await append(100);
    await published();
    await everythingIsThere();
    expect(measured.get('relay_rewinds_total')).toBeUndefined();
  }, 300_000);
});
