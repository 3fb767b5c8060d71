import { describe, expect, it } from '@jest/globals';
import type { SeniorityLevel } from '@keyfold/contracts';
import { accountStrength, frequency, influenceOf, type PersonStrength, recency, seniorityMatch, type StrengthTerms, strengthOf, threadsOf, type Touch, twoWay } from './strength.js';

const NOW = '2026-11-26T12:00:00.000Z';
const daysAgo = (days: number): string => new Date(Date.parse(NOW) - days * 86_400_000).toISOString();
const touch = (days: number, facts: Partial<Touch> = {}): Touch => ({ at: daysAgo(days), direction: 'out', depth: 'call', memberIds: ['karim'], ...facts });
const terms: StrengthTerms = { now: NOW, tier: 'A', cadenceDays: 30, theirLevel: 2, levelOf: (id) => ({ karim: 3, helene: 2, ceo: 1 } as Record<string, SeniorityLevel>)[id] ?? null };

describe('recency', () => {
  it.each([
    ['A', 0, 100],
    ['A', 30, 50],
    ['A', 60, 25],
    ['B', 45, 50],
    ['C', 60, 50],
    [null, 60, 50],
    ['A', 45, 35.36],
  ] as const)('of tier %s after %i days is %d', (tier, days, score) => expect(recency(days, tier)).toBeCloseTo(score, 1));
});

describe('frequency', () => {
  it.each([
    [0, 30, 0],
    [1, 30, 33.33],
    [3, 30, 100],
    [9, 30, 100],
    [1, 42, 46.67],
    [1, 91, 100],
  ])('of %i contacts in 90 days with a cadence of %i days is %d', (touches, cadenceDays, score) => expect(frequency(touches, cadenceDays)).toBeCloseTo(score, 1));
});

describe('two-way', () => {
  const of = (...directions: Touch['direction'][]) => twoWay(directions.map((direction) => ({ direction })));
  it('is nothing where nobody said anything', () => expect(of()).toBe(0));
  it('is nothing where only we speak', () => expect(of('out', 'out')).toBe(0));
  it('is half where we speak twice as often', () => expect(of('out', 'in', 'out')).toBe(50));
  it('is full where both speak as often', () => expect(of('out', 'in')).toBe(100));
  it('does not care which side speaks more', () => expect(of('in', 'in', 'out', 'in')).toBeCloseTo(33.33, 1));
});

describe('depth', () => {
  it.each([
    ['visit', 100],
    ['review', 100],
    ['meeting', 80],
    ['call', 60],
    ['mail', 40],
  ] as const)('of a %s is %i', (depth, score) => expect(strengthOf([touch(1, { depth })], terms)?.depth).toBe(score));
  it('is the best of 90 days', () => expect(strengthOf([touch(1, { depth: 'mail' }), touch(89, { depth: 'meeting' }), touch(91, { depth: 'visit' })], terms)?.depth).toBe(80));
});

describe('the match of levels', () => {
  it.each([
    [[3], 2, 100],
    [[3], 1, 50],
    [[2], 1, 100],
    [[4, 2], 1, 100],
    [[4], 4, 100],
    [[null], 2, 50],
    [[], 2, 50],
    [[1], null, 50],
  ] as [(SeniorityLevel | null)[], SeniorityLevel | null, number][])('of ours %j to theirs %j is %i', (ours, theirs, score) => expect(seniorityMatch(ours, theirs)).toBe(score));
});

describe('the strength of a relation', () => {
  it('weighs 30, 25, 15, 15 and 15', () => {
    const touches = [touch(30, { direction: 'in' }), touch(40, { depth: 'meeting' }), touch(50, { direction: 'out' })];
    // 0.30 x 50 + 0.25 x 100 + 0.15 x 50 + 0.15 x 80 + 0.15 x 100
    expect(strengthOf(touches, terms)).toEqual({ score: 74.5, recency: 50, frequency: 100, twoWay: 50, depth: 80, seniority: 100, lastTouchAt: daysAgo(30), touches: 3 });
  });
  it('is not known where there never was a contact', () => expect(strengthOf([], terms)).toBeNull());
  it('takes no notice of a mass mail', () => {
    expect(strengthOf([touch(1, { depth: 'mass-mail' })], terms)).toBeNull();
    expect(strengthOf([touch(1, { depth: 'mass-mail' }), touch(30)], terms)).toEqual(strengthOf([touch(30)], terms));
  });
  it('takes no notice of what is still to come', () => expect(strengthOf([touch(-1), touch(30)], terms)).toEqual(strengthOf([touch(30)], terms)));
  it('has but its recency and half a match left after 90 days', () =>
    // 0.30 x 100 x 2^(-120/30) + 0.15 x 50
    expect(strengthOf([touch(120)], terms)).toMatchObject({ recency: 6.3, frequency: 0, twoWay: 0, depth: 0, seniority: 50, score: 9.4, touches: 0 }));
  it('looks at everybody of ours who was there', () => expect(strengthOf([touch(1, { memberIds: ['karim', 'ceo'] })], { ...terms, theirLevel: 1 })?.seniority).toBe(100));
});

describe('the strength of all relations to an account', () => {
  const person = (facts: Partial<PersonStrength>): PersonStrength => ({ stakeholderId: 'x', buyingRoles: [], isChampion: false, isSponsor: false, score: 50, ...facts });
  it('counts a decision maker three times, a sponsor twice, a champion once', () =>
    expect(accountStrength([person({ buyingRoles: ['decision-maker'], score: 60 }), person({ buyingRoles: ['sponsor'], score: 30 }), person({ isChampion: true, score: 90 })])).toBe(55));
  it('counts nobody else', () => expect(accountStrength([person({ buyingRoles: ['user'] })])).toBeNull());
  it('leaves out of whom nothing is known', () => expect(accountStrength([person({ buyingRoles: ['decision-maker'], score: null }), person({ isSponsor: true, score: 40 })])).toBe(40));
  it('takes the greatest influence of one person', () => expect(influenceOf(person({ buyingRoles: ['champion', 'decision-maker'], isSponsor: true }))).toBe(3));
});

describe('the threads of an account', () => {
  it('are the people with a score above 30', () => expect(threadsOf([{ score: 30 }, { score: 30.1 }, { score: 80 }, { score: null }, { score: 0 }])).toBe(2));
});
