import { describe, expect, it } from '@jest/globals';
import type { ProcessInput, RecordedEvent } from '@keyfold/event-sourcing';
import { raiseTaskWhenTierReviewIsDue } from './remind-of-tier-review.js';
import { tierReview } from './tier-review.process.js';

const NOW = '2026-03-02T10:00:00.000Z';
const scheduled = (dueOn: string): ProcessInput => ({ type: 'accounts.key-account.tier-review-scheduled', data: { dueOn }, occurredAt: NOW, service: 'accounts', streamId: 'account-acme' });
const timer: ProcessInput = { type: 'timer-fired', data: { timer: 'review' }, occurredAt: NOW, service: null, streamId: 'tierreview-acme' };
const after = (...inputs: ProcessInput[]) => tierReview.react(inputs.reduce(tierReview.evolve, tierReview.initial), inputs.at(-1)!, NOW);

describe('the review of a tier', () => {
  it('is waited for', () => expect(after(scheduled('2027-03-02'))).toEqual([{ timer: 'review', at: '2027-03-02T12:00:00.000Z' }]));
  it('is reminded of on the day that was said last', () =>
    expect(after(scheduled('2027-03-02'), scheduled('2027-06-01'), timer)).toEqual([{ step: 'remind:2027-06-01', send: { name: 'key-accounts/remind-of-tier-review', id: 'acme', body: {} } }]));
  it('is one instance for each account', () => {
    expect(tierReview.instanceOf(scheduled('2027-03-02') as unknown as RecordedEvent)).toBe('acme');
    expect(tierReview.instanceOf({ type: 'accounts.key-account.qualified', streamId: 'account-acme', data: {} } as unknown as RecordedEvent)).toBeNull();
  });
  it('that is due is a task for the owner', () => {
    const due = { type: 'accounts.key-account.tier-review-due', streamId: 'account-acme', data: { tier: 'A', dueOn: '2027-03-02' } } as unknown as RecordedEvent;
    expect(raiseTaskWhenTierReviewIsDue.react(due, (part) => `id-of-${part}`)).toEqual([
      { name: 'tasks/raise', id: 'id-of-task', body: { accountId: 'acme', dueAt: null, matter: { kind: 'tier-review', params: { tier: 'A', dueOn: '2027-03-02' }, subject: { type: 'account', id: 'acme' } } } },
    ]);
  });
});
