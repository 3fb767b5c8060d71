import { describe, expect, it } from '@jest/globals';
import type { EngagementPlanEvent, KeyAccountEvent, RelationshipMapEvent, StakeholderEvent } from '@keyfold/contracts';
import type { RecordedEvent } from '@keyfold/event-sourcing';
import { activated, clientRegistered, prospectRegistered, scored, withdrawn as accountWithdrawn } from '../key-account/key-account.facts.js';
import { claire, departed, registered } from '../stakeholder/stakeholder.facts.js';
import { relations, type RelationsRow } from './relations.projection.js';

type Told = (StakeholderEvent | RelationshipMapEvent | EngagementPlanEvent) & { readonly streamId: string };

const ofPerson = (event: StakeholderEvent, id = 'claire'): Told => ({ ...event, streamId: `stakeholder-${id}` });
const ofMap = (event: RelationshipMapEvent): Told => ({ ...event, streamId: 'relmap-acme' });
const touched = (day: string, kind: 'call' | 'mass-mail' = 'call'): Told => ({
  type: 'accounts.engagement-plan.touchpoint-logged',
  data: { touchpointId: day, on: day, kind, direction: 'in', stakeholderIds: ['claire', 'denis'], memberIds: ['karim'], note: null, travel: null, review: null, reason: null, provenance: null },
  occurredAt: `${day}T10:00:00.000Z`,
  streamId: 'engagement-acme',
});

/** The row after the events; each occurs on 2 March unless it says otherwise. */
const folded = (events: readonly Told[]): RelationsRow | null =>
  events.reduce<RelationsRow | null>((row, event) => relations.fold(row, { occurredAt: '2026-03-02T09:00:00.000Z', partitionKey: 'acme', ...event } as unknown as RecordedEvent, 'acme'), null);

const pair = { memberId: 'karim', stakeholderId: 'claire' };
const people = [ofPerson(registered), ofPerson({ type: 'accounts.stakeholder.support-declared', data: { support: 'mentor' } }), ofPerson(departed)];
const denis = [ofPerson({ ...registered, data: { ...claire, personId: 'denis', level: 1 } } as StakeholderEvent, 'denis')];
const map = [
  ofMap({ type: 'accounts.relationship-map.reporting-line-set', data: { stakeholderId: 'claire', managerId: 'denis', claim: 1 } }),
  ofMap({ type: 'accounts.relationship-map.relationship-assessed', data: { ...pair, current: 'vendor', desired: 'problem-solver' } }),
  ofMap({ type: 'accounts.relationship-map.champion-identified', data: { stakeholderId: 'claire' } }),
  ofMap({ type: 'accounts.relationship-map.sponsor-paired', data: { memberId: 'helene', stakeholderId: 'denis' } }),
];
const contacts = [touched('2026-02-01'), touched('2026-03-01'), touched('2026-01-01')];

/** Every order of the streams among each other that keeps the order within each. */
function interleavings(streams: readonly (readonly Told[])[]): Told[][] {
  const left = streams.filter((stream) => stream.length > 0);
  if (left.length === 0) return [[]];
  return left.flatMap((stream) => interleavings(left.map((other) => (other === stream ? other.slice(1) : other))).map((rest) => [stream[0]!, ...rest]));
}

describe('the relations to an account', () => {
  it('are the same in whatever order their streams arrive', () => {
    const wanted = folded([...people, ...denis, ...map, ...contacts]);
    const orders = interleavings([people.slice(0, 2), denis, map.slice(0, 3), contacts.slice(0, 2)]);
    expect(orders.length).toBe(1680);
    const [first] = orders;
    for (const order of orders) expect(folded(order)).toEqual(folded(first!));
    expect(folded([...contacts, ...map, ...denis, ...people])).toEqual(wanted);
  });
  it('keep the contacts with each person, the latest first', () =>
    expect(folded(contacts)!.touches['denis']!.map(({ at }) => at)).toEqual(['2026-03-01T10:00:00.000Z', '2026-02-01T10:00:00.000Z', '2026-01-01T10:00:00.000Z']));
  it('lose a contact whose import is taken back, and a person too', () => {
    const withdrawn: Told = { type: 'accounts.engagement-plan.touchpoint-withdrawn', data: { touchpointId: '2026-03-01', reason: 'wrong file', receivedFrom: [], receivedAt: null }, supersedes: [2], streamId: 'engagement-acme' };
    expect(folded([...contacts, withdrawn])!.touches['denis']!.map(({ touchpointId }) => touchpointId)).toEqual(['2026-02-01', '2026-01-01']);
    expect(Object.keys(folded([...people, ...denis, ofPerson({ type: 'accounts.stakeholder.withdrawn', data: { reason: 'wrong file' } })])!.people)).toEqual(['denis']);
  });
  it('keep no more than a hundred contacts with one person', () => {
    const many = Array.from({ length: 130 }, (_, i) => touched(new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)));
    expect(folded(many)!.touches['claire']).toHaveLength(100);
    expect(folded(many)!.touches['claire']![0]!.at).toBe('2026-05-10T10:00:00.000Z');
  });
  it('end with a departure, and a champion who was lost stays on the board', () => {
    const end = [
      ofMap({ type: 'accounts.relationship-map.champion-lost', data: { stakeholderId: 'claire', loss: 'departed' } }),
      ofMap({ type: 'accounts.relationship-map.relationships-ended', data: { stakeholderId: 'claire' } }),
    ];
    expect(folded([...people, ...denis, ...map, ...end])).toMatchObject({ lines: {}, pairs: {}, sponsors: [{ stakeholderId: 'denis' }], champions: [{ stakeholderId: 'claire', lost: { loss: 'departed' } }] });
  });
  it('belong to the account that is the key of all its streams', () => expect(relations.rowsOf({ partitionKey: 'acme' } as RecordedEvent)).toEqual(['acme']));
});

describe('the relations to a client', () => {
  const ofAccount = (event: KeyAccountEvent): RecordedEvent => ({ occurredAt: '2026-03-02T09:00:00.000Z', partitionKey: 'acme', ...event, streamId: 'account-acme' }) as unknown as RecordedEvent;
  const after = (...events: RecordedEvent[]) => events.reduce<RelationsRow | null>((row, event) => (relations.rowsOf(event as never).length > 0 ? relations.fold(row, event as never, 'acme') : row), null);

  it('are there before anybody is known, and end with an account that is taken back', () => {
    expect(after(ofAccount(prospectRegistered))).toBeNull();
    expect(after(ofAccount(clientRegistered))).toMatchObject({ id: 'acme', people: {} });
    expect(after(ofAccount(prospectRegistered), ofAccount(activated('c1', '2026-03-01T00:00:00.000Z')))).toMatchObject({ id: 'acme' });
    expect(after(ofAccount(clientRegistered), ofAccount(accountWithdrawn))).toBeNull();
  });
  it('stay as they are while the account changes', () => expect(relations.rowsOf(ofAccount(scored(40)) as never)).toEqual([]));
});
