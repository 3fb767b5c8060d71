import { describe, expect, it } from '@jest/globals';
import { bandPercentOf, equalPayOf, fairnessOf, funnelOf, hireQualityOf, meanScoreOf, offerAcceptanceOf, type Step, timeToFillOf } from './hiring-figures.js';

const candidate = (stage: Step, out: 'skills' | null = null, ended = false) => ({ stage, out, ended });
const many = (count: number, ...one: Parameters<typeof candidate>) => Array.from({ length: count }, () => candidate(...one));

describe('the hiring funnel', () => {
  it('counts whoever reached a step, and the share of those decided on who went past it', () =>
    expect(funnelOf([...many(4, 'applied', 'skills'), ...many(1, 'applied'), ...many(3, 'shortlisted', 'skills'), ...many(1, 'interviewed'), ...many(1, 'hired', null, true)])).toEqual([
      { step: 'applied', reached: 10, passPercent: 55.6 },
      { step: 'shortlisted', reached: 5, passPercent: 40 },
      { step: 'interviewed', reached: 2, passPercent: 100 },
      { step: 'offered', reached: 1, passPercent: 100 },
      { step: 'accepted', reached: 1, passPercent: 100 },
      { step: 'hired', reached: 1, passPercent: null },
    ]));
  it('has no rate where nobody was decided on', () => expect(funnelOf([]).map(({ passPercent }) => passPercent)).toEqual([null, null, null, null, null, null]));
  it('takes the end of a requisition for a no to who waited', () => expect(funnelOf(many(2, 'applied', null, true))[0]!.passPercent).toBe(0));
});

describe('offers and time', () => {
  const offer = (acceptedAt: string | null) => ({ offerId: 'o', candidateId: 'c', salary: { amountMinor: 1, currency: 'EUR' }, validUntil: '2026-01-01', acceptedAt });
  const filled = (days: number) => ({ openedAt: '2026-01-01T09:00:00.000Z', offer: offer(new Date(Date.UTC(2026, 0, 1 + days, 8)).toISOString()) });
  const dateOf = (instant: string): string => instant.slice(0, 10);

  it('the acceptance rate is of the offers answered', () => {
    expect(offerAcceptanceOf([{ offer: offer('2026-02-01T00:00:00.000Z'), offersDeclined: 2 }, { offer: offer(null), offersDeclined: 0 }])).toBe(33.3);
    expect(offerAcceptanceOf([{ offer: offer(null), offersDeclined: 0 }])).toBeNull();
  });
  it('the time to fill is a median of days', () => {
    expect(timeToFillOf([filled(90), filled(30), filled(68)], dateOf)).toEqual({ filled: 3, medianDays: 68 });
    expect(timeToFillOf([filled(60), filled(30)], dateOf)).toEqual({ filled: 2, medianDays: 45 });
    expect(timeToFillOf([{ openedAt: '2026-01-01T09:00:00.000Z', offer: null }], dateOf)).toEqual({ filled: 0, medianDays: null });
  });
});

describe('fairness', () => {
  const declared = (group: string | null, ...one: Parameters<typeof many>) => many(...one).map((each) => ({ ...each, declared: group }));

  it('is the gap between groups of ten and more', () => {
    const [applied, shortlisted] = fairnessOf([
      ...declared('woman', 6, 'shortlisted', null), ...declared('woman', 4, 'applied', 'skills'),
      ...declared('man', 15, 'shortlisted', null), ...declared('man', 5, 'applied', 'skills'),
      ...declared('other', 9, 'applied', 'skills'), ...declared(null, 50, 'applied', 'skills'),
    ]);
    expect(applied).toEqual({ step: 'applied', groups: [{ group: 'man', decided: 20, passPercent: 75 }, { group: 'woman', decided: 10, passPercent: 60 }], gapPoints: 15 });
    expect(shortlisted).toEqual({ step: 'shortlisted', groups: [], gapPoints: null });
  });
  it('is no figure with one group', () => expect(fairnessOf(declared('woman', 10, 'applied', 'skills'))[0]).toMatchObject({ groups: [{ passPercent: 0 }], gapPoints: null }));
  it('does not count who still waits among the ten', () => expect(fairnessOf([...declared('woman', 9, 'applied', 'skills'), ...declared('woman', 5, 'applied')])[0]!.groups).toEqual([]));
});

describe('equal pay', () => {
  const paid = (declared: string | null, count: number, bandPercent: number) => Array.from({ length: count }, () => ({ declared, bandPercent }));

  it('is the gap between the medians of groups of ten and more, in points of the band', () =>
    expect(equalPayOf([...paid('woman', 9, 96), ...paid('woman', 2, 120), ...paid('man', 10, 101.25), ...paid('other', 9, 60), ...paid(null, 30, 80)])).toEqual({
      groups: [{ group: 'man', accepted: 10, bandPercent: 101.3 }, { group: 'woman', accepted: 11, bandPercent: 96 }],
      gapPoints: 5.3,
    }));
  it('is no figure with one group, or none', () => expect([equalPayOf(paid('woman', 10, 96)).gapPoints, equalPayOf([])]).toEqual([null, { groups: [], gapPoints: null }]));
  it('measures what was accepted by the middle of its band', () => {
    const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
    const offer = { offerId: 'o', candidateId: 'c', salary: eur(4_400), validUntil: '2026-01-31', acceptedAt: '2026-01-20T09:00:00.000Z' };
    const salaryBand = { min: eur(3_000), max: eur(5_000) };
    expect([bandPercentOf({ offer, salaryBand }), bandPercentOf({ offer: { ...offer, acceptedAt: null }, salaryBand }), bandPercentOf({ offer: null, salaryBand })].map((percent) => percent && Math.round(percent))).toEqual([110, null, null]);
    expect(bandPercentOf({ offer, salaryBand: { min: eur(0), max: eur(0) } })).toBeNull();
  });
});

describe('the quality of hires', () => {
  it('is what the probation said of them, beside what the interviews had', () =>
    expect(
      hireQualityOf([
        { probation: 'confirmed', left: false, meanScore: 4.5 },
        { probation: 'confirmed', left: true, meanScore: 4 },
        { probation: 'ended', left: true, meanScore: 3 },
        { probation: 'running', left: false, meanScore: null },
      ]),
    ).toEqual({ hires: 4, probation: { confirmed: 2, ended: 1, running: 1 }, confirmedPercent: 66.7, left: 2, meanScore: { confirmed: 4.25, ended: 3 } }));
  it('is no figure without hires', () => expect(hireQualityOf([])).toMatchObject({ hires: 0, confirmedPercent: null, meanScore: { confirmed: null, ended: null } }));
  it('takes the mean over all scorecards', () => {
    const held = (scores: { criterion: string; score: number }[] | null) => ({ interviewId: 'i', interviewerId: 'm', heldOn: '2026-01-01', scores });
    expect(meanScoreOf({ interviews: [held([{ criterion: 'a', score: 5 }, { criterion: 'b', score: 4 }]), held([{ criterion: 'a', score: 2 }]), held(null)] })).toBe(3.67);
    expect(meanScoreOf({ interviews: [held(null)] })).toBeNull();
  });
});
