import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { envelopeOf, PARTITIONS, partitionOf, toMessages, toRecordedEvent } from './cloudevents.js';
import { UnknownEventVersion } from './errors.js';
import { type AggregateContract, EventRegistry, recordedEvents, type SequencedCommit } from './events.js';
import { incomingOfCommit, incomingOfMessage } from './subscription.js';
import { someCommit, someEvent } from './testing/commits.js';
import { counterContract } from './testing/counter.js';

const registry = new EventRegistry([counterContract as AggregateContract<never>]);

const sequenced = (overrides: Partial<SequencedCommit> = {}): SequencedCommit => ({
  ...someCommit('counter-1', 4, { events: [someEvent({ by: 1 }), { ...someEvent({ by: 2 }), supersedes: [2, 3] }], partitionKey: 'account-7' }),
  position: 42,
  recordedAt: '2026-02-03T04:05:06.789Z',
  ...overrides,
});

describe('partitions', () => {
  it('of keys are part of the wire format and never change', () => {
    const known = Object.entries({ '': 13, a: 4, account: 12, 'b5c8b0a6-7d8f-4c55-9f43-1f5f3e2a9a10': 22, 'Zürich-9': 11 });
    expect(Object.fromEntries(known.map(([key]) => [key, partitionOf(key)]))).toEqual(Object.fromEntries(known));
  });

  it('are all used, about evenly', () => {
    const counts = new Array<number>(PARTITIONS).fill(0);
    for (let i = 0; i < 24_000; i++) counts[partitionOf(`account-${i}`)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(700);
    expect(Math.max(...counts)).toBeLessThan(1_300);
  });
});

describe('messages', () => {
  it('are CloudEvents in binary mode, one per event, on the partition of their key', () => {
    const commit = sequenced();
    const [first, second] = toMessages('test', commit);
    expect(first).toMatchObject({
      partition: partitionOf('account-7'),
      key: 'account-7',
      value: '{"by":1}',
      headers: {
        ce_specversion: '1.0',
        ce_id: commit.events[0]!.eventId,
        ce_type: 'test.counter.counted',
        ce_source: '/keyfold/test',
        ce_subject: 'counter-1',
        ce_streamversion: '5',
        ce_position: '42',
        ce_index: '0',
        ce_recordedtime: '2026-02-03T04:05:06.789Z',
        'content-type': 'application/json',
      },
    });
    expect(second!.headers).toMatchObject({ ce_streamversion: '6', ce_index: '1', ce_supersedes: '2,3' });
  });

  it('say to a reader exactly what the feed says', () => {
    const text = fc.string({ minLength: 1, maxLength: 20, unit: 'binary' });
    const envelope = fc.record({ key: text, causationId: fc.option(text), traceparent: fc.option(text), supersedes: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.jsonValue(), envelope, (json, { key, causationId, traceparent, supersedes }) => {
        const commit = sequenced({
          events: [{ ...someEvent({ json }), ...(supersedes.length > 0 && { supersedes }) }, someEvent({ by: 2 })],
          partitionKey: key,
          causationId,
          traceparent,
          actor: { subject: key, memberId: causationId, roles: ['kam'] },
        });
        const read = toMessages('test', commit).map((message) => toRecordedEvent(message, registry));
        expect(read).toEqual(JSON.parse(JSON.stringify(recordedEvents('test', commit, registry))));
      }),
    );
  });

  it.each([
    ['no type', 'ce_type'],
    ['no stream', 'ce_subject'],
    ['no version', 'ce_streamversion'],
  ])('with %s have no envelope', (_what, header) => {
    const [message] = toMessages('test', sequenced());
    expect(envelopeOf({ ...message!, headers: { ...message!.headers, [header]: '' } })).toBeNull();
  });

  it('that are malformed cannot be read, though their envelope can', () => {
    const [message] = toMessages('test', sequenced());
    for (const value of ['not json', '3', 'null', '']) {
      expect(envelopeOf({ ...message!, value })).toEqual({ type: 'test.counter.counted', streamId: 'counter-1', version: 5 });
      expect(() => toRecordedEvent({ ...message!, value }, registry)).toThrow(/JSON|not an object/);
    }
  });

  it('of a schema version from the future cannot be read', () => {
    const [message] = toMessages('test', sequenced());
    const future = { ...message!, headers: { ...message!.headers, ce_schemaversion: '2' } };
    expect(() => toRecordedEvent(future, registry)).toThrow(UnknownEventVersion);
  });

  it('say of an event what the log says of it when it is fetched from there', () => {
    const commit = sequenced();
    const received = toMessages('test', commit).map((message) => incomingOfMessage('test', message, registry)!.read());
    expect(incomingOfCommit('test', commit, registry).map((event) => event.read())).toEqual(received);
  });
});
