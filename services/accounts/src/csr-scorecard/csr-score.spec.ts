import { describe, expect, it } from '@jest/globals';
import { CSR_INDICATORS, type CsrBasis, type CsrPolicy } from '@keyfold/contracts';
import { gateOf } from './csr-gate.js';
import type { CsrReviewRow } from './csr-reviews.projection.js';
import { type AsOf, commitmentRateOf, ratingOf, scoreOf, suppliersOf } from './csr-score.js';
import type { CommitmentEntry, CsrScorecardRow } from './csr-scorecards.projection.js';
import { footprintByAccount, footprintOf, type FootprintRow } from './footprint-by-account.projection.js';
import { sectorCodeOf } from './get-csr-pillars.js';

const asOf = (day: string): AsOf => ({ day, end: `${day}T22:59:59.999Z` });
const at = (day: string): string => `${day}T11:00:00.000Z`;
const weights = { society: 35, economy: 30, environment: 35 };
const empty: CsrScorecardRow = { id: 'acme', accountId: 'acme', assessments: [], evidence: [], ratings: [], suppliers: [], commitments: [], initiatives: [] };

const assessed = (indicator: string, points: number, on = '2026-01-10', basis: CsrBasis = 'policy') => ({ indicator, basis, pillar: CSR_INDICATORS[indicator]!, points, at: at(on) });
const evidenceOf = (indicator: string, more: Partial<CsrScorecardRow['evidence'][number]> = {}) =>
  ({ id: indicator, indicator, basis: 'policy', title: 'x', reference: 'x', attachedAt: at('2026-01-11'), withdrawnAt: null, validUntil: null, ...more }) as const;
const full: CsrScorecardRow = {
  ...empty,
  assessments: [assessed('equal-pay', 80), assessed('ethics', 50), assessed('waste', 40), assessed('energy', 60)],
  evidence: ['equal-pay', 'ethics', 'waste', 'energy'].map((indicator) => evidenceOf(indicator)),
};

describe('the CSR score', () => {
  it('is the weighted mean of the pillars', () => expect(scoreOf(full, weights, asOf('2026-02-01')).score).toBeCloseTo(0.35 * 80 + 0.3 * 50 + 0.35 * 50));
  it('follows the weights of the sector', () => expect(scoreOf(full, { society: 0, economy: 50, environment: 50 }, asOf('2026-02-01')).score).toBe(50));
  it('has no points without a document', () => {
    const unproven = { ...full, evidence: full.evidence.filter(({ indicator }) => indicator !== 'waste') };
    expect(scoreOf(unproven, weights, asOf('2026-02-01')).pillars.environment).toEqual({ score: 30, questions: 2, evidenced: 1 });
  });
  it('has none for a document of another basis', () => {
    const other = { ...full, evidence: full.evidence.map((one) => (one.indicator === 'ethics' ? { ...one, basis: 'result' as const } : one)) };
    expect(scoreOf(other, weights, asOf('2026-02-01')).pillars.economy.score).toBe(0);
  });
  it('is that of the day that is asked for', () => {
    const later = { ...full, assessments: [...full.assessments, assessed('ethics', 90, '2026-03-01')] };
    expect([scoreOf(later, weights, asOf('2026-02-28')), scoreOf(later, weights, asOf('2026-03-01'))].map(({ pillars }) => pillars.economy.score)).toEqual([50, 90]);
  });
  it('loses the points of a document that expired or was withdrawn', () => {
    const until = (change: Partial<CsrScorecardRow['evidence'][number]>) => ({ ...full, evidence: [...full.evidence.filter(({ indicator }) => indicator !== 'ethics'), evidenceOf('ethics', change)] });
    const economyOn = (row: CsrScorecardRow, day: string) => scoreOf(row, weights, asOf(day)).pillars.economy.score;
    expect(['2026-01-10', '2026-01-11', '2026-06-30', '2026-07-01'].map((day) => economyOn(until({ validUntil: '2026-06-30' }), day))).toEqual([0, 50, 50, 0]);
    expect(['2026-04-30', '2026-05-02'].map((day) => economyOn(until({ withdrawnAt: at('2026-05-01') }), day))).toEqual([50, 0]);
  });
  it('is not known while a pillar is not assessed', () => {
    const { score, pillars } = scoreOf({ ...full, assessments: full.assessments.filter(({ pillar }) => pillar !== 'society') }, weights, asOf('2026-02-01'));
    expect([score, pillars.society.score, pillars.economy.score]).toEqual([null, null, 50]);
    expect(scoreOf(full, weights, asOf('2026-01-09')).score).toBeNull();
  });
});

describe('beside the score', () => {
  it('an external rating holds for its 12 months', () => {
    const rating = { scheme: 'ecovadis', overall: 67, environment: 70, labourAndHumanRights: 65, ethics: 60, sustainableProcurement: 70, medal: 'silver', validUntil: '2027-01-09', at: at('2026-01-10') } as const;
    const row = { ...empty, ratings: [rating] };
    expect(['2026-01-09', '2027-01-09', '2027-01-10'].map((day) => ratingOf(row, asOf(day))?.valid ?? null)).toEqual([null, true, false]);
    expect(ratingOf({ ...empty, ratings: [rating, { ...rating, overall: 70, at: at('2026-06-01') }] }, asOf('2026-07-01'))?.overall).toBe(70);
  });

  it('the commitment rate is that of those that were due', () => {
    const commitment = (dueOn: string, keptOn: string | null): CommitmentEntry => ({ id: dueOn, pillar: 'society', by: 'us', title: 'x', madeAt: at('2026-01-01'), dueOn, dueAt: `${dueOn}T22:59:59.999Z`, keptAt: keptOn && at(keptOn), evidence: null, missed: keptOn === null });
    const row = { commitments: [commitment('2026-01-31', '2026-01-20'), commitment('2026-02-28', null), commitment('2026-12-31', '2026-02-01')] };
    expect(commitmentRateOf(row, asOf('2026-03-01'))).toEqual({ due: 2, kept: 1, percent: 50 });
    expect(commitmentRateOf(row, asOf('2026-01-15'))).toEqual({ due: 0, kept: 0, percent: null });
  });

  it('a supplier has its last points', () => {
    const suppliers = [{ supplier: 'Lenoir', points: 50, source: 'audit', at: at('2026-01-10') }, { supplier: 'Lenoir', points: 60, source: 'audit', at: at('2026-03-10') }];
    expect(['2026-01-09', '2026-02-01', '2026-04-01'].map((day) => suppliersOf({ ...empty, suppliers }, asOf(day))[0]?.points ?? null)).toEqual([null, 50, 60]);
  });

  it('a sector has a code', () => expect(['Food processing', 'Énergie', ' R&D ', null, '***'].map(sectorCodeOf)).toEqual(['food-processing', 'energie', 'r-d', 'default', 'default']));
});

describe('the footprint of a window', () => {
  const recorded = [
    { from: '2026-01-01', to: '2026-01-31', co2eKg: 2_000, wasteKg: 10, energyKwh: null, source: 'x' },
    { from: '2026-02-01', to: '2026-02-28', co2eKg: 3_000, wasteKg: null, energyKwh: null, source: 'x' },
  ];
  const row = { id: 'acme', accountId: 'acme', recorded, journeys: { t1: { on: '2026-01-15', gramsCo2e: 1_500 }, t2: { on: '2026-02-15', gramsCo2e: 500 } } };
  it('sums what lies in it, journeys apart', () => expect(footprintOf(row, { from: '2026-01-01', to: '2026-12-31' }, 10)).toEqual({ co2eKg: 5_000, wasteKg: 10, energyKwh: null, travelCo2eKg: 2, tonnesPerMillion: 0.5002 }));
  it('that is no year is not measured by the revenue of one', () => {
    const windows = [{ from: null, to: null }, { from: '2025-01-01', to: '2026-12-31' }, { from: '2026-01-01', to: null }, { from: '2026-01-01', to: '2026-12-30' }];
    expect(windows.map((window) => footprintOf(row, window, 10).tonnesPerMillion)).toEqual([null, null, null, null]);
  });
  it('is without the journey of a contact that was taken back', () => {
    const account = (type: string, data: object) => ({ type: `accounts.engagement-plan.${type}`, data, streamId: 'engagement-acme' }) as unknown as Parameters<typeof footprintByAccount.fold>[1];
    const logged = account('touchpoint-logged', { touchpointId: 't2', on: '2026-02-15', travel: { means: 'train', km: 100, gramsCo2e: 500 } });
    const withdrawn = account('touchpoint-withdrawn', { touchpointId: 't1', reason: 'wrong file' });
    const after = [logged, withdrawn].reduce<FootprintRow | null>((before, event) => footprintByAccount.fold(before, event, 'acme'), row);
    expect(footprintOf(after!, { from: null, to: null }, null).travelCo2eKg).toBe(0.5);
    expect([footprintByAccount.rowsOf(withdrawn), footprintByAccount.fold(null, withdrawn, 'acme')]).toEqual([['acme'], null]);
  });
  it('has a first and a last day', () => expect(footprintOf(row, { from: '2026-02-01', to: '2026-02-28' }, null)).toEqual({ co2eKg: 3_000, wasteKg: null, energyKwh: null, travelCo2eKg: 0.5, tonnesPerMillion: null }));
  it('is not known where nothing is', () => expect(footprintOf(row, { from: '2027-01-01', to: null }, 10)).toEqual({ co2eKg: null, wasteKg: null, energyKwh: null, travelCo2eKg: null, tonnesPerMillion: null }));
});

describe('the CSR gate', () => {
  const policy: CsrPolicy = { weights, reviewFrom: { amountMinor: 100, currency: 'EUR' } };
  const review = (state: CsrReviewRow['state'], amountMinor = 200, id = 'b1'): CsrReviewRow => ({ id: `${state}-${id}`, accountId: 'acme', subject: { type: 'bid', id }, amount: { amountMinor, currency: 'EUR' }, state, requestedById: 'anna', requestedAt: at('2026-01-10'), decidedById: null, decidedAt: null, words: null });
  const status = (reviews: CsrReviewRow[], amountMinor: number, currency = 'EUR', subject: CsrReviewRow['subject'] | null = null) => gateOf(reviews, { amountMinor, currency }, subject, policy);
  it('is open below the threshold', () => expect(status([], 99)).toMatchObject({ open: true, status: 'not-required' }));
  it('is closed from the threshold on', () => expect(status([], 100)).toMatchObject({ open: false, status: 'missing', reviewFrom: policy.reviewFrom }));
  it('is closed in another currency, whatever the amount', () => expect(status([], 1, 'USD')).toMatchObject({ open: false, status: 'missing' }));
  it('stays closed while the review waits', () => expect(status([review('requested')], 200)).toMatchObject({ open: false, status: 'requested' }));
  it('opens when the review is passed or waived', () => expect([review('passed'), review('waived')].map((one) => status([one], 200))).toMatchObject([{ open: true, status: 'passed', reviewId: 'passed-b1' }, { open: true, status: 'waived' }]));
  it('is closed again for a larger amount', () => expect(status([review('passed')], 201)).toMatchObject({ open: false, status: 'missing' }));
  it('opens for the subject of the review alone', () => expect(['b1', 'b2'].map((id) => status([review('passed')], 200, 'EUR', { type: 'bid', id }).open)).toEqual([true, false]));
});
