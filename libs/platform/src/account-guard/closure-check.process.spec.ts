import { describe, expect, it } from '@jest/globals';
import type { ProcessInput, RecordedEvent } from '@keyfold/event-sourcing';
import { closureCheck } from './closure-check.process.js';

const check = closureCheck('opportunities', 5_000);
const NOW = '2026-03-02T10:00:00.000Z';

const input = (type: string, data: object = { closureId: 'c1' }): ProcessInput => ({ type, data, occurredAt: NOW, service: 'accounts', streamId: 'account-acme' });
const requested = input('accounts.key-account.closure-requested', { closureId: 'c1', reason: 'gone', answerBy: NOW });
const refused = input('accounts.key-account.closure-refused', { closureId: 'c1', blockers: [] });
const raised = input('opportunities.guard.barrier-raised');
const timer = input('timer-fired', { timer: 'answer' });

const after = (...inputs: ProcessInput[]) => check.react(inputs.reduce(check.evolve, check.initial), inputs.at(-1)!, NOW);
const sends = (step: string) => [{ step, send: { name: `guards/${step}`, id: 'acme', body: { closureId: 'c1' } } }];

describe('the closure check', () => {
  it('raises the barrier when a closure is requested', () => expect(after(requested)).toEqual(sends('raise-barrier')));
  it('waits out the command deadline from the raised barrier', () => expect(after(requested, raised)).toEqual([{ timer: 'answer', at: '2026-03-02T10:00:06.000Z' }]));
  it('then answers', () => expect(after(requested, raised, timer)).toEqual(sends('answer')));
  it('lowers the barrier when the closure is refused', () => expect(after(requested, raised, timer, refused)).toEqual(sends('lower-barrier')));
  it('answers no more once the closure is refused', () => expect(after(requested, raised, refused, timer)).toEqual([]));
  it('does nothing about a barrier that it did not ask for', () => expect(after(raised)).toEqual([]));
  it('leaves a refused command to the deadline of the closure', () => expect(after(requested, input('command-refused', { step: 'answer', code: 'x' }))).toEqual([]));

  it.each([
    ['accounts.key-account.closure-requested', 'c1'],
    ['accounts.key-account.closure-refused', 'c1'],
    ['opportunities.guard.barrier-raised', 'c1'],
    ['accounts.key-account.closed', null],
    ['opportunities.guard.answered', null],
  ])('%s concerns the instance %s', (type, instance) => {
    expect(check.instanceOf({ type, data: { closureId: 'c1' } } as RecordedEvent)).toBe(instance);
  });
});
