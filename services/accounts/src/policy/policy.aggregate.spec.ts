import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES, type PolicyEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { codesOf } from './policy-bodies.js';
import { assertDistinct, assertWhole, inForceOn, policy, publish } from './policy.aggregate.js';

const today = '2026-06-01';
const limit = (tierALimit: number, validFrom: string) => ({ validFrom, reason: 'new rules', content: { tierALimit, reviewMonths: 12, dormantAfterMonths: 12 } });
const published = (tierALimit: number, validFrom: string): PolicyEvent => ({ type: 'accounts.policy.tiers-published', data: limit(tierALimit, validFrom) });

describe('a policy', () => {
  it('is published from any day, the first time', () => given(policy).when((state) => publish(state, 'tiers', limit(5, '2020-01-01'), today)).then(published(5, '2020-01-01')));
  it('is published anew from today on', () => given(policy, published(5, '2020-01-01')).when((state) => publish(state, 'tiers', limit(7, today), today)).then(published(7, today)));
  it('is not published twice', () => given(policy, published(5, '2020-01-01')).when((state) => publish(state, 'tiers', limit(5, '2020-01-01'), today)).thenNothing());
  it('is not changed for the past', () => given(policy, published(5, '2020-01-01')).when((state) => publish(state, 'tiers', limit(7, '2026-05-31'), today)).thenRefused('policy-retroactive', { today }));
  it('is not changed in place', () => given(policy, published(5, '2026-07-01')).when((state) => publish(state, 'tiers', limit(7, '2026-07-01'), today)).thenRefused('policy-not-later', { validFrom: '2026-07-01' }));

  it('is the one of the day', () => {
    const versions = [limit(5, '2020-01-01'), limit(7, '2026-06-01')];
    const limitOn = (day: string) => (inForceOn(versions, day)?.content as { tierALimit: number } | undefined)?.tierALimit;
    expect(['2019-12-31', '2020-01-01', '2026-05-31', '2026-06-01', '2030-01-01'].map(limitOn)).toEqual([undefined, 5, 5, 7, 7]);
  });

  it('has codes that mean one thing each', () => {
    expect(() => assertDistinct(['growth', 'revenue'])).not.toThrow();
    expect(() => assertDistinct(['growth', 'revenue', 'growth'])).toThrow('policy-code-doubled');
    const { selection } = DEFAULT_POLICIES;
    expect([selection, { axes: [{ code: 'a', label: selection.criteria[0]!.label }] }, DEFAULT_POLICIES.tiers].map(codesOf)).toEqual([[selection.criteria.map(({ code }) => code)], [['a']], []]);
  });

  it('has weights that make a whole', () => {
    expect(() => assertWhole([35, 30, 35])).not.toThrow();
    expect(() => assertWhole([35, 30, 30])).toThrow('weights-not-100');
  });
});
