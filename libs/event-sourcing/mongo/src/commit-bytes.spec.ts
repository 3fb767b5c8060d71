import { describe, expect, it } from '@jest/globals';
import type { NewCommit } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { commitInOrder, commitOf } from './commit-bytes.js';
import { LARGEST_COMMIT, toCommit, toDocument } from './commit-document.js';

const plain: NewCommit = {
  commitId: 'c-1',
  streamId: 'account-1',
  expectedVersion: 4,
  partitionKey: '1',
  events: [{ eventId: 'e-1', type: 'accounts.key-account.renamed', schemaVersion: 1, occurredAt: '2026-03-01T09:00:00.000Z', data: { name: 'Société Générale 株式会社 🏦', share: 0.1 } }],
  commandId: 'k-1',
  commandHash: 'f'.repeat(64),
  actor: { subject: 'auth0|anne', memberId: null, roles: [] },
  correlationId: 'x-1',
  causationId: null,
  traceparent: null,
};
const [event] = plain.events as [NewCommit['events'][number]];
const numbered = (position: number) => ({ sequenced: true, position, recordedAt: new Date('2026-03-01T09:00:01.234Z') });
const bytesOf = (document: object): Buffer => Buffer.from(mongo.BSON.serialize(document, { ignoreUndefined: true }));

describe('a commit read from the bytes of its document', () => {
  it.each<[string, NewCommit, object]>([
    ['that is not numbered yet', plain, {}],
    ['that is numbered', plain, numbered(7)],
    ['with a position beyond 32 bits', { ...plain, expectedVersion: 2 ** 31 }, numbered(2 ** 40)],
    ['with all that may be missing', { ...plain, actor: { subject: 'ä', memberId: 'm-1', roles: ['kam', 'director'] }, causationId: 'e-0', traceparent: '00-1-2-01' }, numbered(1)],
    ['of several events, one of which corrects others', { ...plain, events: [event, { ...event, supersedes: [1, 300, 70_000] }, { ...event, supersedes: [] }] }, numbered(1)],
    ['of more events than one digit counts', { ...plain, events: Array.from({ length: 101 }, (_, i) => ({ ...event, eventId: `e-${i}` })) }, numbered(1)],
  ])('is what the library makes of a document %s', (_what, commit, changes) => {
    const document = { ...toDocument(commit, LARGEST_COMMIT), ...changes };
    const bytes = bytesOf(document);
    expect(commitInOrder(bytes)).toEqual(toCommit(document));
    expect(commitOf(bytes)).toEqual(toCommit(mongo.BSON.deserialize(bytes) as never));
  });

  it('keeps the times of two batches apart', () => {
    const at = (ms: number) => commitOf(bytesOf({ ...toDocument(plain, LARGEST_COMMIT), ...numbered(1), recordedAt: new Date(ms) })).recordedAt;
    const times = [-1, 0, 1, 2 ** 32 - 1, 2 ** 32, Date.UTC(2026, 1, 1)];
    expect([...times, ...times].map(at)).toEqual([...times, ...times].map((ms) => new Date(ms).toISOString()));
  });

  it.each<[string, (document: ReturnType<typeof toDocument>) => object]>([
    ['has a field more', (document) => ({ ...document, tenant: 't-1' })],
    ['has a field more in an event', (document) => ({ ...document, events: document.events.map((one) => ({ ...one, channel: 'mail' })) })],
    ['has a field less', ({ traceparent: _traceparent, ...document }) => document],
    ['has its fields in another order', ({ _id, ...document }) => ({ ...document, _id })],
    ['has a number of another type', (document) => ({ ...document, expectedVersion: mongo.Long.fromNumber(4) })],
    ['is numbered in another order', (document) => ({ ...document, recordedAt: numbered(7).recordedAt, position: 7 })],
  ])('is left to the library where the document %s', (_what, changed) => {
    const bytes = bytesOf(changed(toDocument(plain, LARGEST_COMMIT)));
    expect(commitInOrder(bytes)).toBeNull();
    expect(commitOf(bytes)).toEqual(toCommit(mongo.BSON.deserialize(bytes) as never));
  });

  it('whose data is no JSON is an error, not another form', () => {
    const document = toDocument(plain, LARGEST_COMMIT);
    expect(() => commitOf(bytesOf({ ...document, events: [{ ...document.events[0], data: '{' }] }))).toThrow(SyntaxError);
  });
});
