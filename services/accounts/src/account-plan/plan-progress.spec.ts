import { describe, expect, it } from '@jest/globals';
import { progressOfPlan } from './plan-progress.js';

const today = '2026-07-01';
const since = '2026-01-01';
const objective = (state: 'open' | 'achieved' | 'missed' | 'dropped', progress: number | null, dueOn = '2026-12-31') => ({ state, progress, dueOn });
const action = (state: 'open' | 'in-progress' | 'done' | 'cancelled', dueOn = '2026-09-01', type: 'action' | 'milestone' = 'action') => ({ state, dueOn, type });

describe('the progress of a plan', () => {
  it('is no data where nothing was measured and there is nothing to do, never zero', () =>
    expect(progressOfPlan([], [], { today, since })).toEqual({
      objectives: { total: 0, achieved: 0, missed: 0, measured: 0, progressPercent: null, elapsedPercent: null },
      actions: { total: 0, done: 0, overdue: 0, donePercent: null },
      milestones: { total: 0, reached: 0, overdue: 0 },
    }));

  it('is the mean of what was measured, each at most all of it, beside the time that is gone', () =>
    expect(progressOfPlan([objective('open', 0.5), objective('achieved', 1.4), objective('missed', -0.2, '2026-06-30'), objective('open', null), objective('dropped', 1)], [], { today, since }).objectives).toEqual({
      total: 4, achieved: 1, missed: 1, measured: 3, progressPercent: 50, elapsedPercent: 62.3,
    }));

  it('has no time before it is in force', () => expect(progressOfPlan([objective('open', null)], [], { today, since: null }).objectives.elapsedPercent).toBeNull());

  it('counts what is done, and what should be', () => {
    const actions = [action('done'), action('in-progress', '2026-06-30'), action('open', today), action('cancelled', '2026-01-31'), action('done', '2026-05-01', 'milestone'), action('open', '2026-06-01', 'milestone')];
    const { actions: work, milestones } = progressOfPlan([], actions, { today, since });
    expect([work, milestones]).toEqual([{ total: 3, done: 1, overdue: 1, donePercent: 33.3 }, { total: 2, reached: 1, overdue: 1 }]);
  });
});
