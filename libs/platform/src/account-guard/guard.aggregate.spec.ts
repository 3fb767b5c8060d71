import { describe, expect, it } from '@jest/globals';
import type { GuardEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { assertNotBarred, guardOf, isBarred, isCleared } from './guard.aggregate.js';

const { decider: guard, raiseBarrier, answer, lowerBarrier, attach } = guardOf('opportunities');
const raised = (closureId = 'c1'): GuardEvent => ({ type: 'opportunities.guard.barrier-raised', data: { closureId } });
const answered = (open: number, closureId = 'c1'): GuardEvent => ({ type: 'opportunities.guard.answered', data: { closureId, open } });
const lowered = (closureId = 'c1'): GuardEvent => ({ type: 'opportunities.guard.barrier-lowered', data: { closureId } });
const attached: GuardEvent = { type: 'opportunities.guard.attached', data: { streamId: 'opp-1' } };

describe('the guard of an account', () => {
  it('raises a barrier', () => given(guard).when((state) => raiseBarrier(state, 'c1')).then(raised()));
  it('answers nothing that was not asked', () => given(guard).when((state) => answer(state, 'c1', 0)).thenNothing());
  it('has nothing to lower', () => given(guard).when((state) => lowerBarrier(state, 'c1')).thenNothing());
  it('attaches a stream', () => given(guard).when((state) => attach(state, 'opp-1')).then(attached));
  it('attaches a stream once', () => given(guard, attached).when((state) => attach(state, 'opp-1')).thenNothing());
  it('speaks in the name of its service', () =>
    given(guardOf('satisfaction').decider)
      .when((state) => guardOf('satisfaction').raiseBarrier(state, 'c1'))
      .then({ type: 'satisfaction.guard.barrier-raised', data: { closureId: 'c1' } }));
});

describe('behind a barrier', () => {
  it('raises it once', () => given(guard, raised()).when((state) => raiseBarrier(state, 'c1')).thenNothing());
  it('raises that of another closure too', () => given(guard, raised()).when((state) => raiseBarrier(state, 'c2')).then(raised('c2')));
  it('keeps it when nothing is open', () => given(guard, raised()).when((state) => answer(state, 'c1', 0)).then(answered(0)));
  it('lowers it when something is open', () => given(guard, raised()).when((state) => answer(state, 'c1', 2)).then(answered(2), lowered()));
  it('answers once', () => given(guard, raised(), answered(0)).when((state) => answer(state, 'c1', 1)).thenNothing());
  it('lowers it when the closure is refused', () => given(guard, raised(), answered(0)).when((state) => lowerBarrier(state, 'c1')).then(lowered()));
  it('opens nothing', () => given(guard, raised()).when((state) => (assertNotBarred(state), [])).thenRefused('account-closing'));
});

describe('after the barrier', () => {
  const fold = (...events: GuardEvent[]) => events.reduce((state, event, i) => guard.evolve(state, { ...event, version: i + 1, occurredAt: '', supersedes: [] } as never), guard.initial);

  it('opens again', () => given(guard, raised(), answered(1), lowered()).when((state) => (assertNotBarred(state), [])).thenNothing());
  it('is still barred by another closure', () => expect(isBarred(fold(raised(), raised('c2'), lowered()))).toBe(true));
  it('knows whether it said that nothing is open', () => {
    expect(isCleared(fold(raised()))).toBe(false);
    expect(isCleared(fold(raised(), answered(0)))).toBe(true);
    expect(isCleared(fold(raised(), answered(0), lowered(), raised('c2')))).toBe(false);
  });
});
