import { describe, expect, it } from '@jest/globals';
import { type IncidentEvent, registry } from '@keyfold/contracts';
import type { RecordedEvent } from '@keyfold/event-sourcing';
import { type IncidentRow, incidents } from './incidents.projection.js';
import { targetsOf } from './sla-clock.js';

const facts = { accountId: 'acme', title: 'Down', description: null, impact: 'high', urgency: 'high', priority: 'P1', targets: targetsOf('P1'), reporterId: 'r1', reporterContact: 'kf1.r1.x' } as const;

function rowAfter(...events: readonly [hour: number, type: string, data: object][]): IncidentRow | null {
  return events.reduce<IncidentRow | null>((row, [hour, name, data], i) => {
    const type = `satisfaction.incident.${name}` as IncidentEvent['type'];
    expect(registry.knows(type)).toBe(true);
    return incidents.fold(row, { type, data, version: i + 1, occurredAt: new Date(hour * 3_600_000).toISOString() } as unknown as RecordedEvent, 'i1');
  }, null);
}

const HOUR = 3_600_000;

describe('the row of an incident', () => {
  it('runs from its report on', () => expect(rowAfter([0, 'reported', facts])).toMatchObject({ status: 'reported', state: 'open', version: 1, intervals: [{ from: 0, to: null }] }));
  it('keeps the ciphertext of the contact, and the id under which its person may ask to be erased', () =>
    expect(rowAfter([0, 'reported', facts])).toMatchObject({ reporterId: 'r1', reporterContact: 'kf1.r1.x' }));
  it('keeps the time without the pauses', () =>
    expect(rowAfter([0, 'reported', facts], [1, 'acknowledged', {}], [2, 'clock-paused', { reason: 'waiting-on-client' }], [5, 'clock-resumed', {}], [6, 'resolved', { resolution: 'ok' }])).toMatchObject({
      status: 'resolved',
      state: 'resolved',
      version: 5,
      intervals: [{ from: 0, to: 2 * HOUR }, { from: 5 * HOUR, to: 6 * HOUR }],
    }));
  it('resolved while paused adds nothing', () =>
    expect(rowAfter([0, 'reported', facts], [1, 'acknowledged', {}], [2, 'clock-paused', { reason: 'waiting-on-client' }], [9, 'resolved', { resolution: 'ok' }])?.intervals).toEqual([{ from: 0, to: 2 * HOUR }]));
  it('reopened runs on', () =>
    expect(rowAfter([0, 'reported', facts], [1, 'acknowledged', {}], [2, 'resolved', { resolution: 'ok' }], [4, 'reopened', { reason: 'again' }])).toMatchObject({ status: 'acknowledged', state: 'open', resolvedAt: null, intervals: [{ from: 0, to: 2 * HOUR }, { from: 4 * HOUR, to: null }] }));
  it('withdrawn is gone', () => expect(rowAfter([0, 'reported', facts], [0, 'withdrawn', { reason: 'closing' }])).toBeNull());
});
