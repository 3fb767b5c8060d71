// Keyfold's own libraries, as built.
import { Aggregates, EventRegistry, Leadership, noAuditLog, noMetrics, Relay, Sequencer } from '@keyfold/event-sourcing';
import { createIndexes, MongoEventStore, MongoLeases, MongoNumbering, MongoProjectionStore, MongoRelayState, MongoSnapshotStore, openConnection } from '@keyfold/event-sourcing-mongo';
import { createTopics, KafkaTransport } from '@keyfold/event-sourcing-kafka';
import { systemClock as clock, systemIds as ids } from '@keyfold/event-sourcing-nest';
import { contract, idOf, ledger, post } from '../lib/workload.mjs';
import { withAdmin } from './raw.mjs';

const say = (message, { error = '' } = {}) => console.error(`  keyfold says: ${`${message} ${error}`.split('\n')[0]}`);
export const log = { info: () => undefined, warn: say, error: say };
export const failpoint = () => undefined;
export const tools = { clock, ids, log, failpoint, metrics: noMetrics, audit: noAuditLog };
export const registry = new EventRegistry([contract]);
const vault = { encrypt: async (_person, text) => text, decrypt: async (text) => text };

/** A store in a database of its own; `sequencer: true` numbers its commits as the leading process of a service does. */
export async function openStore(context, name, { sequencer = false } = {}) {
  const connection = await openConnection(context.mongoUrl, name);
  await createIndexes(connection);
  await connection.createCollection('leases'); // where a leader has been it is there
  const store = new MongoEventStore(connection, 'bench', { clock, log, appendDeadlineMs: 30_000 });
  const stop = new AbortController();
  const relays = [];
  let term = null;
  const relayIn = ({ epoch, signal }, { transport, onPublished }) => {
    const state = new MongoRelayState(connection, 'bench', epoch, clock);
    const save = state.save.bind(state);
    state.save = async (place) => {
      const saved = await save(place);
      if (saved) onPublished?.(place.position);
      return saved;
    };
    return new Relay(store, transport, state, tools).run(signal);
  };
  const lead = async (epoch, signal) => {
    term = { epoch, signal };
    await Promise.all([new Sequencer(new MongoNumbering(store, clock), tools).run(epoch, signal), ...relays.map((relay) => relayIn(term, relay))]);
  };
  const leading = sequencer ? new Leadership(new MongoLeases(connection, clock), tools).lead('bench', lead, stop.signal) : Promise.resolve();
  const commits = connection.collection('commits');
  const begun = [];
  return {
    connection,
    store,
    commits,
    /** Publishes as the leading process does, until the store is closed; `onPublished` hears of each position. */
    relay(transport, onPublished) {
      relays.push({ transport, onPublished });
      if (term) begun.push(relayIn(term, relays.at(-1)));
    },
    async numbered(position) {
      while ((await store.lastPosition()) < position) await clock.wait(20);
    },
    projections: () => new MongoProjectionStore(connection, { clock }),
    feeds: {
      after: (_service, position, limit) => store.feed(position, limit),
      stream: (_service, streamId, version) => store.load(streamId, version),
      lastPosition: () => store.lastPosition(),
    },
    aggregates: (options = {}) => new Aggregates(store, registry, { clock, ids, vault, failpoint, cacheBytes: 64_000_000, ...options }),
    snapshots: () => new MongoSnapshotStore(connection, clock),
    async close() {
      stop.abort();
      await Promise.all([leading, ...begun]);
      await store.close();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}

export const someCommit = (streamId, expectedVersion, data) => ({
  commitId: ids.next(),
  streamId,
  expectedVersion,
  partitionKey: streamId,
  events: data.map((posting) => ({ eventId: ids.next(), type: 'bench.ledger.posted', schemaVersion: 1, occurredAt: '2026-01-01T00:00:00.000Z', data: posting })),
  commandId: ids.next(),
  commandHash: 'b'.repeat(64),
  actor: { subject: 'bench', memberId: null, roles: ['director'] },
  correlationId: ids.next(),
  causationId: null,
  traceparent: null,
});

export const someContext = () => ({
  commandId: ids.next(),
  commandHash: 'b'.repeat(64),
  repeatable: false,
  actor: { subject: 'bench', memberId: null, roles: ['director'] },
  correlationId: ids.next(),
  causationId: null,
  traceparent: null,
  expectedVersion: null,
  dryRun: false,
  now: '2026-01-01T00:00:00.000Z',
});

/** One command: load or take from the cache, decide, append. */
export const command = (aggregates, id, posting, decider = ledger) =>
  aggregates.execute(decider, id, someContext(), () => [{ type: 'bench.ledger.posted', data: posting }]);

/** G1 for the whole log: versions of each stream are 1..n; and so many events in all. */
export async function mustBeWhole({ commits }, events) {
  let seen = 0;
  const heads = new Map();
  for await (const { streamId, expectedVersion, toVersion } of commits.find({}, { projection: { streamId: 1, expectedVersion: 1, toVersion: 1 }, sort: { streamId: 1, expectedVersion: 1 } })) {
    if ((heads.get(streamId) ?? 0) !== expectedVersion) throw new Error(`${streamId}: version ${expectedVersion} does not follow ${heads.get(streamId) ?? 0}`);
    heads.set(streamId, toVersion);
    seen += toVersion - expectedVersion;
  }
  if (seen !== events) throw new Error(`the log has ${seen} events instead of ${events}`);
  return heads;
}

/** A topic of its own, with the 24 partitions of every topic, and what Keyfold reaches it by. */
export async function openTopic(context, prefix) {
  const settings = { brokers: context.kafkaBrokers.split(','), clientId: 'bench', topicPrefix: `${prefix}.`, clock, log };
  const topic = `${prefix}.bench.events.v1`;
  await createTopics(settings, ['bench']);
  await leads(context, topic);
  const transport = new KafkaTransport(settings);
  return { topic, transport, close: () => transport.close() };
}

/** Waits until the broker answers for every partition: a send before that fails, and its repetition could write twice. */
async function leads(context, topic) {
  for (let attempt = 1; ; attempt++)
    try {
      return await withAdmin(context, (admin) => admin.fetchTopicOffsets(topic));
    } catch (error) {
      if (attempt === 20) throw error;
      await clock.wait(250);
    }
}

/** The same face as the peers have. */
export const asPeer = {
  name: 'keyfold',
  shipped: 'as shipped',
  async open(context, name) {
    const opened = await openStore(context, name);
    return {
      append: (number, version, data) => opened.store.append(someCommit(`ledger-${idOf(number)}`, version, data)),
      async load(number) {
        let state = ledger.initial;
        for (const commit of await opened.store.load(`ledger-${idOf(number)}`)) for (const event of commit.events) state = post(state, event.data, event.occurredAt);
        return { state, version: state.count };
      },
      async versions(number) {
        const commits = await opened.store.load(`ledger-${idOf(number)}`);
        return commits.flatMap((commit) => commit.events.map((_event, index) => commit.expectedVersion + index + 1));
      },
      close: opened.close,
    };
  },
};
