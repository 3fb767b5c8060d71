import { expect, it } from '@jest/globals';
import type { ProcessInput, Reaction } from '@keyfold/event-sourcing';
import { accessExpiry } from './access-expiry.process.js';

const expiresAt = '2026-06-30T22:00:00.000Z';
const granted: ProcessInput = {
  type: 'accounts.team-member.role-granted',
  data: { grantId: 'g1', role: 'consultant', accountIds: null, expiresAt, reason: 'review' },
  occurredAt: '2026-01-01T00:00:00.000Z',
  service: 'accounts',
  streamId: 'member-cora',
};
const fired: ProcessInput = { type: 'timer-fired', data: { timer: 'expires' }, occurredAt: expiresAt, service: null, streamId: 'accessexpiry-g1' };

function conversation(...inputs: ProcessInput[]): readonly Reaction[] {
  const state = inputs.reduce((folded, input) => accessExpiry.evolve(folded, input), accessExpiry.initial);
  return accessExpiry.react(state, inputs.at(-1)!, expiresAt);
}

it('a grant sets a timer for its end', () => expect(conversation(granted)).toEqual([{ timer: 'expires', at: expiresAt }]));
it('the timer has the access expire', () =>
  expect(conversation(granted, fired)).toEqual([{ step: 'expire', send: { name: 'team-members/expire-access', id: 'cora', body: { grantId: 'g1' } } }]));
