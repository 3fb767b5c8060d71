import { describe, expect, it } from '@jest/globals';
import type { ProcessInput, Reaction } from '@keyfold/event-sourcing';
import { accountClosure } from './account-closure.process.js';

const at = '2026-01-01T00:00:00.000Z';
const requested: ProcessInput = { type: 'accounts.key-account.closure-requested', data: { closureId: 'c1', answerBy: '2026-01-01T00:00:25.000Z' }, occurredAt: at, service: 'accounts', streamId: 'account-acme' };
const answered = (service: string, open: number): ProcessInput => ({ type: `${service}.guard.answered`, data: { closureId: 'c1', open }, occurredAt: at, service, streamId: service === 'opportunities' ? 'dealguard-acme' : 'incidentguard-acme' });
const late: ProcessInput = { type: 'timer-fired', data: { timer: 'answer-by' }, occurredAt: at, service: null, streamId: 'closure-c1' };

/** The conversation so far, and what the process says to its last line. */
function conversation(...inputs: ProcessInput[]): readonly Reaction[] {
  const state = inputs.reduce((folded, input) => accountClosure.evolve(folded, input), accountClosure.initial);
  return accountClosure.react(state, inputs.at(-1)!, at);
}

const sent = (reactions: readonly Reaction[]) => reactions.map((reaction) => ('send' in reaction ? reaction.send : reaction));

describe('the closure of an account', () => {
  it('waits for the answers, but not for ever', () => expect(conversation(requested)).toEqual([{ timer: 'answer-by', at: '2026-01-01T00:00:25.000Z' }]));
  it('says nothing after one yes', () => expect(conversation(requested, answered('opportunities', 0))).toEqual([]));
  it('is granted after both said yes', () =>
    expect(sent(conversation(requested, answered('satisfaction', 0), answered('opportunities', 0)))).toEqual([{ name: 'key-accounts/grant-closure', id: 'acme', body: { closureId: 'c1' } }]));
  it('is refused by the first no, with what is open', () =>
    expect(sent(conversation(requested, answered('opportunities', 3)))).toEqual([
      { name: 'key-accounts/refuse-closure', id: 'acme', body: { closureId: 'c1', blockers: [{ service: 'opportunities', code: 'open-items', open: 3 }] } },
    ]));
  it('takes silence for a no', () =>
    expect(sent(conversation(requested, answered('opportunities', 0), late))).toEqual([
      { name: 'key-accounts/refuse-closure', id: 'acme', body: { closureId: 'c1', blockers: [{ service: 'satisfaction', code: 'no-answer', open: 0 }] } },
    ]));
  it('an answer whose request has not arrived yet is kept for it', () => {
    expect(conversation(answered('opportunities', 0))).toEqual([]);
    expect(sent(conversation(answered('opportunities', 0), answered('satisfaction', 0), requested))).toContainEqual({ name: 'key-accounts/grant-closure', id: 'acme', body: { closureId: 'c1' } });
  });
});
