import { describe, it } from '@jest/globals';
import { DEFAULT_POLICIES, type KeyAccountEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { keyAccount } from './key-account.aggregate.js';
import { clientRegistered, closed, closureRequested, reviewScheduled, tieredAs } from './key-account.facts.js';
import { approveTier, disqualify, rejectTier, remindOfReview, requestTier, reviewTier, score } from './key-account.tier.js';

const policy = DEFAULT_POLICIES.selection;
const selection = { policy, current: true };
const points = (given: readonly number[]) => policy.criteria.map(({ code }, i) => ({ criterion: code, points: given[i]! }));
const scored = (total: number, given: readonly number[]): KeyAccountEvent => ({ type: 'accounts.key-account.scored', data: { on: '2026-01-01', points: points(given), score: total } });
const high = scored(80, [8, 8, 8, 8, 8]);

describe('a selection score', () => {
  it('is the weighted points, of 100', () => given(keyAccount, clientRegistered).when((account) => score(account, points([10, 4, 5, 2, 1]), '2026-01-01', policy)).then(scored(54, [10, 4, 5, 2, 1])));
  it('takes the criteria in any order, and says the same once a day', () => {
    given(keyAccount, clientRegistered, high).when((account) => score(account, points([8, 8, 8, 8, 8]).toReversed(), '2026-01-01', policy)).thenNothing();
    given(keyAccount, clientRegistered, high).when((account) => score(account, points([8, 8, 8, 8, 8]), '2026-01-02', policy)).then({ ...high, data: { ...high.data, on: '2026-01-02' } } as KeyAccountEvent);
  });
  it('wants each criterion of the policy once', () => {
    const criteria = 'revenue, growth, strategic-fit, relationship, reputation';
    given(keyAccount, clientRegistered).when((account) => score(account, points([1, 2, 3, 4, 5]).slice(1), '2026-01-01', policy)).thenRefused('selection-criteria-unlike', { criteria });
    given(keyAccount, clientRegistered).when((account) => score(account, [...points([1, 2, 3, 4, 5]).slice(1), { criterion: 'growth', points: 1 }], '2026-01-01', policy)).thenRefused('selection-criteria-unlike', { criteria });
  });
});

describe('a tier', () => {
  const facts = { requestId: 'r1', tier: 'A', reason: 'strategic', requestedBy: 'anna' } as const;
  const requested: KeyAccountEvent = { type: 'accounts.key-account.tier-requested', data: { ...facts, score: 80 } };
  const approved: KeyAccountEvent = { type: 'accounts.key-account.tier-approved', data: { requestId: 'r1' } };
  const rejected: KeyAccountEvent = { type: 'accounts.key-account.tier-rejected', data: { requestId: 'r1', reason: 'too early' } };
  const decision = { requestId: 'r1', by: 'dora' };
  const terms = { reviewOn: '2027-01-01', selection };

  it('is requested on a score', () => given(keyAccount, clientRegistered, high).when((account) => requestTier(account, facts, selection)).then(requested));
  it('is requested once', () => given(keyAccount, clientRegistered, high, requested).when((account) => requestTier(account, { ...facts, requestId: 'r2' }, selection)).thenNothing());
  it('that the account has is not requested', () => given(keyAccount, clientRegistered, high, ...tieredAs('A')).when((account) => requestTier(account, facts, selection)).thenNothing());
  it('waits for the decision on another request', () =>
    given(keyAccount, clientRegistered, high, requested).when((account) => requestTier(account, { ...facts, tier: 'B' }, selection)).thenRefused('tier-request-pending', { tier: 'A' }));
  it('needs a score by the criteria of today', () => {
    given(keyAccount, clientRegistered).when((account) => requestTier(account, facts, selection)).thenRefused('tier-score-missing');
    given(keyAccount, clientRegistered, high).when((account) => requestTier(account, facts, { policy, current: false })).thenRefused('tier-score-missing');
  });
  it('needs a score of its threshold', () => {
    const low = scored(74, [8, 8, 8, 4, 8]);
    given(keyAccount, clientRegistered, low).when((account) => requestTier(account, facts, selection)).thenRefused('tier-score-too-low', { tier: 'A', threshold: 75, score: 74 });
  });
  it('is approved by somebody else, with the day of its review', () =>
    given(keyAccount, clientRegistered, high, requested).when((account) => approveTier(account, decision, terms)).then(approved, ...tieredAs('A')));
  it('is approved on the score of that day, by the criteria of that day', () => {
    const fallen = scored(20, [2, 2, 2, 2, 2]);
    given(keyAccount, clientRegistered, high, requested, fallen).when((account) => approveTier(account, decision, terms)).thenRefused('tier-score-too-low', { tier: 'A', threshold: 75, score: 20 });
    given(keyAccount, clientRegistered, high, requested).when((account) => approveTier(account, decision, { ...terms, selection: { policy, current: false } })).thenRefused('tier-score-missing');
  });
  it('is not approved by the requester', () => given(keyAccount, clientRegistered, high, requested).when((account) => approveTier(account, { requestId: 'r1', by: 'anna' }, terms)).thenRefused('tier-request-own'));
  it('is decided once', () => {
    given(keyAccount, clientRegistered, high, requested, approved, ...tieredAs('A')).when((account) => approveTier(account, decision, terms)).thenNothing();
    given(keyAccount, clientRegistered, high, requested, rejected).when((account) => rejectTier(account, { ...decision, reason: 'again' })).thenNothing();
  });
  it('is not decided otherwise afterwards', () => {
    given(keyAccount, clientRegistered, high, requested, approved, ...tieredAs('A')).when((account) => rejectTier(account, { ...decision, reason: 'after all' })).thenRefused('tier-request-decided');
    given(keyAccount, clientRegistered, high, requested, rejected).when((account) => approveTier(account, decision, terms)).thenRefused('tier-request-decided');
  });
  it('is rejected with a reason, and can be requested again', () => {
    given(keyAccount, clientRegistered, high, requested).when((account) => rejectTier(account, { ...decision, reason: 'too early' })).then(rejected);
    given(keyAccount, clientRegistered, high, requested, rejected).when((account) => requestTier(account, { ...facts, requestId: 'r2' }, selection)).then({ ...requested, data: { ...requested.data, requestId: 'r2' } } as KeyAccountEvent);
  });
  it('is decided on a request that there is', () => given(keyAccount, clientRegistered, high).when((account) => approveTier(account, decision, terms)).thenRefused('tier-request-unknown'));
  it('is taken away, once', () => {
    const gone: KeyAccountEvent = { type: 'accounts.key-account.disqualified', data: { reason: 'shrunk' } };
    given(keyAccount, clientRegistered, ...tieredAs('A')).when((account) => disqualify(account, 'shrunk')).then(gone);
    given(keyAccount, clientRegistered, ...tieredAs('A'), gone).when((account) => disqualify(account, 'shrunk')).thenNothing();
  });
});

describe('the review of a tier', () => {
  const due: KeyAccountEvent = { type: 'accounts.key-account.tier-review-due', data: { tier: 'A', dueOn: '2027-01-01' } };

  it('keeps the tier and is due again later', () =>
    given(keyAccount, clientRegistered, ...tieredAs('A')).when((account) => reviewTier(account, 'still large', '2027-06-01')).then({ type: 'accounts.key-account.tier-reviewed', data: { tier: 'A', reason: 'still large' } }, reviewScheduled('2027-06-01')));
  it('is said once a day', () => given(keyAccount, clientRegistered, ...tieredAs('A', '2027-06-01')).when((account) => reviewTier(account, 'again', '2027-06-01')).thenNothing());
  it('needs a tier', () => given(keyAccount, clientRegistered).when((account) => reviewTier(account, 'x', '2027-06-01')).thenRefused('account-not-tiered'));
  it('is reminded of when its day has come', () => given(keyAccount, clientRegistered, ...tieredAs('A')).when((account) => remindOfReview(account, '2027-01-01')).then(due));
  it('is reminded of once', () => given(keyAccount, clientRegistered, ...tieredAs('A'), due).when((account) => remindOfReview(account, '2027-01-02')).thenNothing());
  it('is not reminded of before, nor after it was made', () => {
    given(keyAccount, clientRegistered, ...tieredAs('A')).when((account) => remindOfReview(account, '2026-12-31')).thenNothing();
    given(keyAccount, clientRegistered, ...tieredAs('A'), reviewScheduled('2027-06-01')).when((account) => remindOfReview(account, '2027-01-01')).thenNothing();
  });
  it('is nothing to a closed account', () => given(keyAccount, clientRegistered, ...tieredAs('A'), closureRequested, closed).when((account) => remindOfReview(account, '2027-01-01')).thenNothing());
});
