import { describe, expect, it } from '@jest/globals';
import type { EngagementPlanEvent } from '@keyfold/contracts';
import type { ProcessInput, Reaction } from '@keyfold/event-sourcing';
import { armedFor, paused } from './engagement-plan.facts.js';
import { missedCadence } from './missed-cadence.process.js';

const at = '2026-03-01T00:00:00.000Z';
const input = ({ type, data }: EngagementPlanEvent): ProcessInput => ({ type, data, occurredAt: at, service: 'accounts', streamId: 'engagement-acme' });
const fired = (timer: string, set: number): ProcessInput => ({ type: 'timer-fired', data: { timer, set }, occurredAt: at, service: null, streamId: 'cadence-acme' });
const judged = (set: number, dueOn: string) => ({ step: `operational:${set}`, send: { name: 'engagement-plans/judge-cadence', id: 'acme', body: { level: 'operational', dueOn } } });

/** What the process says to the last of these. */
function reactions(...inputs: ProcessInput[]): readonly Reaction[] {
  const state = inputs.reduce((folded, one) => missedCadence.evolve(folded, one), missedCadence.initial);
  return missedCadence.react(state, inputs.at(-1)!, at);
}

describe('the watch over due days', () => {
  const first = input(armedFor('2026-03-01', '2026-03-31'));
  const second = input(armedFor('2026-03-31', '2026-04-30'));
  it('sets a timer for the end of the due day', () => expect(reactions(first)).toEqual([{ timer: 'operational', at: '2026-03-31T21:59:59.999Z' }]));
  it('asks for a verdict when it fires', () => expect(reactions(first, fired('operational', 2))).toEqual([judged(2, '2026-03-31')]));
  it('asks anew for each interval', () => expect(reactions(first, fired('operational', 2), second, fired('operational', 7))).toEqual([judged(7, '2026-04-30')]));
  it('ends a pause on its day', () => {
    const pause = input(paused('2026-04-13', '2026-04-12T22:00:00.000Z'));
    expect(reactions(pause)).toEqual([{ timer: 'pause', at: '2026-04-12T22:00:00.000Z' }]);
    expect(reactions(pause, fired('pause', 2))).toEqual([{ step: 'pause:2', send: { name: 'engagement-plans/end-pause', id: 'acme', body: { resumesOn: '2026-04-13' } } }]);
  });
  it('does not end a pause that has no end any more', () => expect(reactions(input(paused('2026-04-13', '2026-04-12T22:00:00.000Z')), input(paused(null)), fired('pause', 2))).toEqual([]));
  it('has nothing to do with anything else', () => expect(reactions(first, { ...first, type: 'command-refused', data: { step: 'operational:2', code: 'not-found' } })).toEqual([]));
});
