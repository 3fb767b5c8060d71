import { describe, expect, it } from '@jest/globals';
import { type EngagementPlanEvent, engagementPlanContract } from '@keyfold/contracts';
import type { RecordedEvent } from '@keyfold/event-sourcing';
import { cadenceCompliance, type CadenceRow, complianceOf } from './cadence-compliance.projection.js';
import { armedFor, kept, missed, paused, resumed, touchedOn } from './engagement-plan.facts.js';

const recorded = (event: EngagementPlanEvent, version: number, accountId: string) =>
  ({ occurredAt: '2026-03-01T00:00:00.000Z', supersedes: [], ...event, version, streamId: `${engagementPlanContract.streamPrefix}-${accountId}` }) as unknown as RecordedEvent;

/** The rows after these events of one account. */
function rowsAfter(events: readonly EngagementPlanEvent[], accountId = 'acme'): CadenceRow[] {
  const rows = new Map<string, CadenceRow>();
  for (const event of events.map((one, i) => recorded(one, i + 1, accountId))) for (const id of cadenceCompliance.rowsOf(event)) rows.set(id, cadenceCompliance.fold(rows.get(id) ?? null, event, id)!);
  return [...rows.values()];
}
const operational = (...events: EngagementPlanEvent[]): CadenceRow => rowsAfter(events).find(({ level }) => level === 'operational')!;

const first = armedFor('2026-02-27', '2026-03-30');
const second = armedFor('2026-03-30', '2026-04-29');

describe('what an account is owed', () => {
  it('is one row per level', () => expect(rowsAfter([first, armedFor('2026-01-01', '2026-04-02', { level: 'business-review' })]).map(({ id }) => id)).toEqual(['acme-operational', 'acme-business-review']));
  it('is what was armed last', () => expect(operational(first, second)).toMatchObject({ accountId: 'acme', tier: 'A', intervalDays: 30, since: '2026-03-30', dueOn: '2026-04-29', overdueSince: null }));
  it('is overdue since the first of the misses, until the next contact', () => {
    const misses = [first, missed('2026-02-27', '2026-03-30'), second, missed('2026-03-30', '2026-04-29')];
    expect(operational(...misses).overdueSince).toBe('2026-03-30');
    expect(operational(...misses, touchedOn('2026-05-04'))).toMatchObject({ overdueSince: null, lastTouchOn: '2026-05-04' });
  });
  it('is not overdue after all when the contact was logged late', () => expect(operational(first, missed('2026-02-27', '2026-03-30'), touchedOn('2026-03-10'), kept('2026-02-27', '2026-03-30', '2026-03-10'))).toMatchObject({ overdueSince: null, judged: [{ kept: true }] }));
  it('keeps the day of the last contact when an older one is logged', () => expect(operational(touchedOn('2026-03-10'), touchedOn('2026-03-05')).lastTouchOn).toBe('2026-03-10'));
  it('forgets a contact that was taken back', () => {
    const takenBack = (touchpointId: string): EngagementPlanEvent => ({ type: 'accounts.engagement-plan.touchpoint-withdrawn', data: { touchpointId, reason: 'wrong file', receivedFrom: [], receivedAt: null }, supersedes: [1] });
    const [older, newer] = [touchedOn('2026-03-05', { touchpointId: 'older' }), touchedOn('2026-03-10', { touchpointId: 'newer' })];
    expect(operational(older, newer, takenBack('newer')).lastTouchOn).toBe('2026-03-05');
    expect(operational(older, newer, takenBack('newer'), takenBack('older')).lastTouchOn).toBeNull();
    expect(operational(first, missed('2026-02-27', '2026-03-30'), touchedOn('2026-05-04', { touchpointId: 't' }), takenBack('t')).overdueSince).toBe('2026-03-30');
  });
  it('knows no mass mail', () => expect(rowsAfter([touchedOn('2026-03-10', { kind: 'mass-mail' })])).toEqual([]));
  it('is nothing during a pause', () => {
    expect(operational(first, paused(null))).toMatchObject({ paused: true, dueOn: null });
    expect(operational(first, paused(null), resumed, second)).toMatchObject({ paused: false, dueOn: '2026-04-29' });
  });
});

describe('compliance', () => {
  const figure = (rows: CadenceRow[], window: { from: string | null; to: string | null } = { from: null, to: null }) => complianceOf(rows, window).find(({ level, tier }) => level === 'operational' && tier === 'A');
  const acme = rowsAfter([kept('2025-12-30', '2026-01-29', '2026-01-10'), missed('2026-01-29', '2026-02-27'), kept('2026-02-27', '2026-03-30', '2026-03-10')]);
  const betacorp = rowsAfter([kept('2025-12-30', '2026-01-29', '2026-01-10')], 'betacorp');

  it('is the share of due touches that were done, over all accounts', () => expect(figure([...acme, ...betacorp])).toEqual({ level: 'operational', tier: 'A', due: 4, kept: 3, percent: 75 }));
  it('is that of a window of due days, whose end is not in it', () => expect(figure(acme, { from: '2026-02-27', to: '2026-03-30' })).toMatchObject({ due: 1, kept: 0, percent: 0 }));
  it('is not known where nothing was due', () => expect(complianceOf(acme, { from: null, to: null }).find(({ level, tier }) => level === 'executive-review' && tier === 'B')).toMatchObject({ due: 0, percent: null }));
});
