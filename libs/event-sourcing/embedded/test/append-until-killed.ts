import { randomUUID } from 'node:crypto';
import type { Clock, NewCommit } from '@keyfold/event-sourcing';
import { openDataFolder } from '../src/data-folder.js';
import { EVENT_LOG, SqliteEventStore } from '../src/sqlite-event-store.js';

/** Run as a process of its own: appends from many sides and names each stream once its append is acknowledged, until somebody kills it. */
const [path, prefix] = process.argv.slice(2);
const clock: Clock = { now: () => new Date(), wait: () => Promise.resolve() };
const store = new SqliteEventStore('accounts', openDataFolder(path!).database('accounts', EVENT_LOG), { clock });

const commit = (streamId: string): NewCommit => ({
  commitId: randomUUID(),
  streamId,
  expectedVersion: 0,
  partitionKey: streamId,
  events: [{ eventId: randomUUID(), type: 'test.counter.counted', schemaVersion: 1, occurredAt: clock.now().toISOString(), data: { by: 1 } }],
  commandId: randomUUID(),
  commandHash: 'hash',
  actor: { subject: 'sub-1', memberId: null, roles: [] },
  correlationId: randomUUID(),
  causationId: null,
  traceparent: null,
});

async function appendForEver(writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    const streamId = `${prefix}-${writer}-${i}`;
    await store.append(commit(streamId));
    process.stdout.write(`${streamId}\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await Promise.all(Array.from({ length: 10 }, (_, writer) => appendForEver(writer)));
