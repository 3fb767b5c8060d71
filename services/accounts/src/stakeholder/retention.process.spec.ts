import { describe, expect, it } from '@jest/globals';
import type { ProcessInput, Reaction } from '@keyfold/event-sourcing';
import { retention } from './retention.process.js';

const registered: ProcessInput = { type: 'accounts.stakeholder.registered', data: { accountId: 'acme' }, occurredAt: '2026-11-20T10:00:00.000Z', service: 'accounts', streamId: 'stakeholder-claire' };
const fired: ProcessInput = { type: 'timer-fired', data: { timer: 'monthly' }, occurredAt: '2026-12-02T03:00:00.000Z', service: null, streamId: 'retention-acme' };

function told(now: string, ...inputs: ProcessInput[]): readonly Reaction[] {
  return retention.react(inputs.reduce((state, input) => retention.evolve(state, input), retention.initial), inputs.at(-1)!, now);
}

describe('the retention of the data of an account’s people', () => {
  it('is looked at from the first registration on, at the beginning of the next month', () => expect(told('2026-11-20T10:00:00.000Z', registered)).toEqual([{ timer: 'monthly', at: '2026-12-02T03:00:00.000Z' }]));
  it('is looked at by one timer, however many people there are', () => expect(told('2026-11-21T10:00:00.000Z', registered, registered)).toEqual([]));
  it('is looked at each month, and again the month after', () =>
    expect(told('2026-12-02T03:00:00.000Z', registered, fired)).toEqual([
      { timer: 'monthly', at: '2027-01-02T03:00:00.000Z' },
      { step: 'propose:2026-12', send: { name: 'relationship-maps/propose-erasures', id: 'acme', body: {} } },
    ]));
});
