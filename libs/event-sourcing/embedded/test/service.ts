import {
  type AggregateContract,
  Aggregates,
  type AggregateTools,
  type Clock,
  type CommandSender,
  deliver,
  EventRegistry,
  type Feeds,
  incomingOfCommit,
  partitionOf,
  type ReceivedBatch,
  Relay,
  type SequencedCommit,
  type Subscriber,
  topicOf,
  toMessages,
  type Vault,
} from '@keyfold/event-sourcing';
import { count, counter, counterContract, LogBook, realClock, someContext, testIds } from '@keyfold/event-sourcing/testing';
import { openDatabase } from '../src/database.js';
import { PROJECTION_MARKS } from '../src/durable-states.js';
import { EmbeddedProjectionStore } from '../src/embedded-projection-store.js';
import { InProcessTransport } from '../src/in-process-transport.js';
import { localFeeds, relayStateInMemory } from '../src/local.js';
import { EVENT_LOG, SqliteEventStore } from '../src/sqlite-event-store.js';
import { SNAPSHOTS, SqliteSnapshotStore } from '../src/sqlite-snapshot-store.js';

/** Readable, and unlike the plaintext. */
export const mirrorVault: Vault = {
  encrypt: async (personId, plaintext) => `sealed.${personId}.${Array.from(plaintext).reverse().join('')}`,
  decrypt: async (ciphertext) => Array.from(ciphertext.slice(ciphertext.lastIndexOf('.') + 1)).reverse().join(''),
  forget: () => undefined,
};

/** Time stands until it is moved; waits are short and real. */
export class StoppedClock implements Clock {
  private at = Date.parse('2026-01-01T00:00:00.000Z');
  now = (): Date => new Date(this.at);
  wait = (ms: number, signal?: AbortSignal): Promise<void> => realClock.wait(Math.min(ms, 5), signal);
  pass(ms: number): void {
    this.at += ms;
  }
}

/** One service on the embedded adapters, everything in memory: the machinery of core as it really runs. */
export function testService(contracts: readonly AggregateContract<never>[] = [counterContract as AggregateContract<never>]) {
  const clock = new StoppedClock();
  const log = new LogBook();
  const registry = new EventRegistry(contracts);
  const database = openDatabase(':memory:', EVENT_LOG);
  const store = new SqliteEventStore('test', database, { clock });
  const marks = openDatabase(':memory:', PROJECTION_MARKS);
  const cache = openDatabase(':memory:', SNAPSHOTS);
  const snapshotStore = new SqliteSnapshotStore(cache);
  const feeds = localFeeds([store]);
  const tools = { registry, feeds, clock, log, ids: testIds };
  /** Another process on the same log: nothing shared but the store. */
  const process = ({ failpoint = () => undefined, cacheBytes = 1_000_000, snapshots = snapshotStore }: Partial<Pick<AggregateTools, 'failpoint' | 'cacheBytes' | 'snapshots'>> = {}): Aggregates =>
    new Aggregates(store, registry, { clock, ids: testIds, vault: mirrorVault, failpoint, cacheBytes, snapshots });
  const aggregates = process();
  /** Sends `counters/count` to the aggregate, as the edge would. */
  const sender: CommandSender = {
    send: ({ id, body, commandId, correlationId, causationId }) =>
      aggregates.execute(counter, id, someContext({ commandId, correlationId, causationId }), count((body as { by: number }).by)),
  };
  return {
    clock,
    log,
    registry,
    store,
    marks,
    snapshotStore,
    tools,
    process,
    aggregates,
    sender,
    /** Read models; the durable ones are those of every other store on the same marks. */
    projections: () => new EmbeddedProjectionStore({ clock, database: marks }),
    close: () => {
      database.close();
      marks.close();
      cache.close();
    },
  };
}

export type TestService = ReturnType<typeof testService>;

export const incoming = (service: TestService, commits: readonly SequencedCommit[]) => commits.flatMap((commit) => incomingOfCommit('test', commit, service.registry));

/** Commits as they arrive from the topic: one batch per partition. */
export function batches(commits: readonly SequencedCommit[], edit: (messages: ReturnType<typeof toMessages>) => ReturnType<typeof toMessages> = (messages) => messages): ReceivedBatch[] {
  return [...Map.groupBy(commits, (commit) => partitionOf(commit.partitionKey))].map(([partition, own]) => ({
    topic: topicOf('test'),
    partition,
    messages: edit(own.flatMap((commit) => toMessages('test', commit))).map((message, offset) => ({ ...message, offset: String(offset) })),
    note: '',
    ensureOwned: async () => undefined,
  }));
}

/** Runs relay, topic and subscription until the test is through. */
export async function live(service: TestService, subscribers: readonly Subscriber[], work: () => Promise<void>): Promise<void> {
  const transport = new InProcessTransport(service.clock);
  const stop = new AbortController();
  await transport.consume({ group: 'test', topics: [topicOf('test')], onBatch: (batch) => deliver(batch, subscribers, service.tools) });
  const relay = new Relay(service.store, transport, relayStateInMemory(), { clock: service.clock, log: service.log, failpoint: () => undefined }).run(stop.signal);
  try {
    await work();
  } finally {
    stop.abort();
    await relay;
    await transport.close();
  }
}

/** Feeds of a service whose owner does not answer with anything yet. */
export const emptyFeeds: Feeds = { after: async () => [], stream: async () => [], lastPosition: async () => 0 };
