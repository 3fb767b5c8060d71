import { describe, expect, it } from '@jest/globals';
import type { ProcessInput, Reaction } from '@keyfold/event-sourcing';
import { missedObjectives } from './missed-objectives.process.js';

const at = '2026-03-01T00:00:00.000Z';
const event = (step: string, data: object, service: string | null = 'accounts'): ProcessInput => ({ type: `accounts.account-plan.${step}`, data, occurredAt: at, service, streamId: 'plan-p1' });
const aim = (objectiveId: string, dueAt: string, step = 'objective-set') => event(step, { objectiveId, dueAt });
const fired = (timer: string): ProcessInput => ({ type: 'timer-fired', data: { timer, set: 4 }, occurredAt: at, service: null, streamId: 'objectives-p1' });
const june = '2026-06-30T21:59:59.999Z';
const december = '2026-12-31T22:59:59.999Z';

/** What the process says to the last of what it hears. */
function answer(...inputs: ProcessInput[]): readonly Reaction[] {
  const state = inputs.reduce((folded, input) => missedObjectives.evolve(folded, input), missedObjectives.initial);
  return missedObjectives.react(state, inputs.at(-1)!, at);
}

describe('the due dates of a plan', () => {
  it('are timed when an objective is set or revised', () => {
    expect(answer(aim('a', june))).toEqual([{ timer: 'a', at: '2026-06-30T22:00:00.000Z' }]);
    expect(answer(aim('a', june), aim('b', june), aim('a', december, 'objective-revised'))).toEqual([{ timer: 'a', at: '2026-12-31T23:00:00.000Z' }]);
  });
  it('are timed again when the plan comes into force, each as it stands then', () =>
    expect(answer(aim('a', june), aim('b', june), aim('a', december, 'objective-revised'), event('activated', { version: 1 }))).toEqual([
      { timer: 'b', at: '2026-06-30T22:00:00.000Z' },
      { timer: 'a', at: '2026-12-31T23:00:00.000Z' },
    ]));
  it('that went by are told to the plan', () =>
    expect(answer(aim('a', june), fired('a'))).toEqual([{ step: 'miss:a:4', send: { name: 'account-plans/miss-objective', id: 'p1', body: { objectiveId: 'a' } } }]));
  it('are one instance per plan', () => {
    const instanceOf = ({ type, streamId, data }: ProcessInput) => missedObjectives.instanceOf({ type, streamId, data } as never);
    expect([aim('a', june), event('activated', {}), event('submitted', {})].map(instanceOf)).toEqual(['p1', 'p1', null]);
  });
});
