import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES } from '@keyfold/contracts';
import { presenceIn, workloadOf } from './workload.js';

const { workload: policy, capacity, calendar } = DEFAULT_POLICIES;

describe('the workload of a key account manager', () => {
  it('is hours by tier, by task and by action over the hours available', () =>
    expect(workloadOf({ tiers: ['A', 'A', 'B', 'B', 'B', 'C', 'C', 'C', 'C', 'C', null], openTasks: 7, openActions: 3 }, 1, policy, capacity)).toEqual({
      accounts: { A: 2, B: 3, C: 5, untiered: 1 }, openTasks: 7, openActions: 3, hours: 51, hoursAvailable: 130, loadPercent: 39.2, thresholdPercent: 100,
    }));
  it('is nothing for whoever has nothing', () => expect(workloadOf({ tiers: [], openTasks: 0, openActions: 0 }, 1, policy, capacity).loadPercent).toBe(0));
  it('doubles when half of the month is left', () => expect(workloadOf({ tiers: ['A'], openTasks: 0, openActions: 0 }, 0.5, policy, capacity)).toMatchObject({ hoursAvailable: 65, loadPercent: 12.3 }));
  it('is no figure when nobody is there', () => expect(workloadOf({ tiers: ['A'], openTasks: 0, openActions: 0 }, 0, policy, capacity).loadPercent).toBeNull());
});

describe('the presence in a month', () => {
  it('is whole without absences', () => expect(presenceIn('2026-08', [], calendar)).toBe(1));
  it('leaves absent working days out, and only those', () => expect(presenceIn('2026-08', [{ from: '2026-08-01', to: '2026-08-16' }], calendar)).toBeCloseTo(11 / 21));
  it('knows holidays', () => expect(presenceIn('2026-08', [{ from: '2026-08-17', to: '2026-09-04' }], { ...calendar, holidays: ['2026-08-14'] })).toBeCloseTo(9 / 20));
});
