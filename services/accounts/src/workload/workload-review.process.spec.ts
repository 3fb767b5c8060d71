import { expect, it } from '@jest/globals';
import type { ProcessInput, Reaction } from '@keyfold/event-sourcing';
import { workloadReview } from './workload-review.process.js';

const now = '2026-12-15T09:00:00.000Z';
const told = (name: string, data: object): ProcessInput => ({ type: `accounts.team-member.${name}`, data, occurredAt: now, service: 'accounts', streamId: 'member-anna' });
const onboarded = told('onboarded', { role: 'kam' });
const fired = (occurredAt: string): ProcessInput => ({ type: 'timer-fired', data: { timer: 'month-end' }, occurredAt, service: null, streamId: 'workloadreview-anna' });

function conversation(...inputs: ProcessInput[]): readonly Reaction[] {
  const state = inputs.reduce((folded, input) => workloadReview.evolve(folded, input), workloadReview.initial);
  return workloadReview.react(state, inputs.at(-1)!, inputs.at(-1)!.occurredAt);
}

const timer = (at: string) => ({ timer: 'month-end', at });
const review = (month: string) => ({ step: `review:${month}`, send: { name: 'team-members/review-workload', id: 'anna', body: { month } } });

it('a key account manager is looked at when the month is over', () => expect(conversation(onboarded)).toEqual([timer('2027-01-01T12:00:00.000Z')]));
it('and from then on every month', () => expect(conversation(onboarded, fired('2027-01-01T12:00:00.250Z'))).toEqual([review('2026-12'), timer('2027-02-01T12:00:00.000Z')]));
it('after a long silence the month that has just passed is measured, and no other', () =>
  expect(conversation(onboarded, fired('2027-04-20T08:00:00.000Z'))).toEqual([review('2027-03'), timer('2027-05-01T12:00:00.000Z')]));
it('whoever has no accounts is left alone', () => expect(conversation(told('onboarded', { role: 'hr' }))).toEqual([]));
it('is taken up with the role', () => expect(conversation(told('onboarded', { role: 'sales-engineer' }), told('position-changed', { role: 'kam' }))).toHaveLength(1));
it('ends with the offboarding', () => expect(conversation(onboarded, told('offboarded', { lastDay: '2026-12-31' }), fired('2027-01-01T12:00:00.000Z'))).toEqual([]));
it('a refused review is the end of that month alone', () => expect(conversation(onboarded, { type: 'command-refused', data: {}, occurredAt: now, service: null, streamId: 'workloadreview-anna' })).toEqual([]));
