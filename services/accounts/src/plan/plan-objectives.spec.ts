import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@keyfold/event-sourcing';
import { progressOf, shownProgress } from './plan-objectives.aggregate.js';
import { planObjectives, type PlanObjectiveRow } from './plan-objectives.projection.js';

describe('the progress of an objective', () => {
  const shown = (baseline: number, target: number, value: number | null) => shownProgress(progressOf({ baseline, target }, value));

  it('is the part of the way from the baseline to the target', () => expect(shown(22, 31, 26.5)).toBe(50));
  it('goes down where the target lies below', () => expect(shown(10, 4, 7)).toBe(50));
  it('is shown from 0 to 150 %', () => expect([shown(0, 100, -20), shown(0, 100, 400)]).toEqual([0, 150]));
  it('is not known before anything was measured', () => expect(shown(0, 100, null)).toBeNull());
  it('is that of the last day, not of what was heard of last', () => {
    const event = (step: string, data: object) => ({ type: `accounts.account-plan.${step}`, data, streamId: 'plan-p', partitionKey: 'acme' }) as unknown as RecordedEvent;
    const heard = (value: number, measuredOn: string) => event('objective-progress-recorded', { objectiveId: 'o', value, measuredOn });
    const after = (...events: RecordedEvent[]) => [event('objective-set', { objectiveId: 'o', baseline: 0, target: 10 }), ...events].reduce<PlanObjectiveRow | null>((row, one) => planObjectives.fold(row, one as never, 'p--o'), null);
    expect(after(heard(7, '2026-06-30'), heard(3, '2026-03-31'))).toMatchObject({ value: 7, measuredOn: '2026-06-30', progress: 0.7 });
    expect(after(heard(3, '2026-03-31'), heard(7, '2026-06-30'), heard(8, '2026-06-30'))).toMatchObject({ value: 8, progress: 0.8 });
  });
  it('is kept as it is behind what is shown', () => expect(progressOf({ baseline: 0, target: 100 }, 400)).toBe(4));
});
