import { randomUUID } from 'node:crypto';
import type { Actor, CommittedEvent, NewCommit } from '../events.js';

export const someActor: Actor = { subject: 'sub-1', memberId: null, roles: ['director'] };

export const someEvent = (data: object = {}, type = 'test.counter.counted'): CommittedEvent => ({
  eventId: randomUUID(),
  type,
  schemaVersion: 1,
  occurredAt: '2026-01-01T00:00:00.000Z',
  data,
});

/** A commit of one event at `expectedVersion`; everything else is made up and may be overridden. */
export function someCommit(streamId: string, expectedVersion: number, overrides: Partial<NewCommit> = {}): NewCommit {
  return {
    commitId: randomUUID(),
    streamId,
    expectedVersion,
    partitionKey: streamId,
    events: [someEvent()],
    commandId: randomUUID(),
    commandHash: 'hash',
    actor: someActor,
    correlationId: randomUUID(),
    causationId: null,
    traceparent: null,
    ...overrides,
  };
}
