import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, type Ids, Leadership, type Logger, type NewCommit, Sequencer } from '@keyfold/event-sourcing';
import type { Connection } from 'mongoose';
import { createIndexes } from '../src/commit-document.js';
import { openConnection } from '../src/connection.js';
import { MongoEventStore, type MongoEventStoreTools } from '../src/event-store.js';
import { MongoLeases } from '../src/leases.js';
import { MongoNumbering } from '../src/numbering.js';

export const mongoUrl = (): string => {
  const url = process.env['KEYFOLD_MONGO_URL'];
  if (!url) throw new Error('KEYFOLD_MONGO_URL is not set: `npm test` provides a server, `npm run services:up` starts one');
  return url;
};

export const realClock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

export const ids: Ids = { next: () => randomUUID(), derive: (...parts) => createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32) };
export const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const tools = { clock: realClock, ids, log: silent, failpoint: () => undefined };

export interface TestDatabase {
  readonly connection: Connection;
  readonly name: string;
  drop(): Promise<void>;
}

/** A database of its own, with the indexes of the commits. */
export async function freshDatabase(options: { url?: string; indexes?: boolean } = {}): Promise<TestDatabase> {
  const name = `kf_test_${randomUUID().slice(0, 8)}`;
  const connection = await openConnection(options.url ?? mongoUrl(), name);
  if (options.indexes ?? true) await createIndexes(connection);
  return {
    connection,
    name,
    drop: async () => {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}

/** A store with its sequencer running in the same process, as in a service. */
export function sequencedStore(connection: Connection, options: Partial<MongoEventStoreTools> = {}): { store: MongoEventStore; close(): Promise<void> } {
  const store = new MongoEventStore(connection, 'accounts', { ...tools, ...options });
  const stop = new AbortController();
  const leading = new Leadership(new MongoLeases(connection, realClock), tools).lead('accounts', (epoch, signal) => new Sequencer(new MongoNumbering(store, realClock), tools).run(epoch, signal), stop.signal);
  return {
    store,
    close: async () => {
      stop.abort();
      await leading;
      await store.close();
    },
  };
}

/** A commit of `count` events on a stream. */
export function commitOf(streamId: string, expectedVersion: number, options: Partial<NewCommit> & { count?: number } = {}): NewCommit {
  const { count = 1, ...overrides } = options;
  return {
    commitId: randomUUID(),
    streamId,
    expectedVersion,
    partitionKey: streamId,
    events: Array.from({ length: count }, (_, i) => ({
      eventId: randomUUID(),
      type: 'accounts.key-account.renamed',
      schemaVersion: 1,
      occurredAt: '2026-01-01T00:00:00.000Z',
      data: { name: `name ${expectedVersion + i + 1}` },
    })),
    commandId: randomUUID(),
    commandHash: 'hash',
    actor: { subject: 'somebody', memberId: null, roles: ['director'] },
    correlationId: randomUUID(),
    causationId: null,
    traceparent: null,
    ...overrides,
  };
}
