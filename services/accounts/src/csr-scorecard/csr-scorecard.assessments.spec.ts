import { describe, expect, it } from '@jest/globals';
import type { CsrScorecardEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { csrScorecard } from './csr-scorecard.aggregate.js';
import { attachEvidence, aYearAfter, rateSupplier, recordAssessment, recordCostToServe, recordFootprint, recordRating, withdrawEvidence } from './csr-scorecard.assessments.js';

const day = { on: '2026-03-02', today: '2026-03-05', start: '2026-03-01T23:00:00.000Z' };
const ahead = { ...day, on: '2026-03-06', start: '2026-03-05T23:00:00.000Z' };

describe('an assessment', () => {
  const facts = { indicator: 'waste', basis: 'action', points: 60, comment: null } as const;
  const recorded: CsrScorecardEvent = { type: 'accounts.csr-scorecard.assessment-recorded', data: { ...facts, pillar: 'environment' }, occurredAt: day.start };
  it('belongs to the pillar of its indicator', () => given(csrScorecard).when((card) => recordAssessment(card, facts, day)).then(recorded));
  it('is recorded once', () => given(csrScorecard, recorded).when((card) => recordAssessment(card, facts, day)).thenNothing());
  it('of the same day may be corrected', () =>
    given(csrScorecard, recorded).when((card) => recordAssessment(card, { ...facts, points: 40 }, day)).then({ ...recorded, data: { ...facts, points: 40, pillar: 'environment' } } as CsrScorecardEvent));
  it('is not recorded ahead', () => given(csrScorecard).when((card) => recordAssessment(card, facts, ahead)).thenRefused('csr-in-future'));
});

describe('evidence', () => {
  const facts = { evidenceId: 'e1', indicator: 'waste', basis: 'action', title: 'Plan', reference: 'DMS 1', validUntil: '2026-12-31' } as const;
  const attached: CsrScorecardEvent = { type: 'accounts.csr-scorecard.evidence-attached', data: facts };
  const withdrawn: CsrScorecardEvent = { type: 'accounts.csr-scorecard.evidence-withdrawn', data: { evidenceId: 'e1', reason: 'wrong' } };
  it('is attached to a question', () => given(csrScorecard).when((card) => attachEvidence(card, facts, day.today)).then(attached));
  it('is attached once', () => given(csrScorecard, attached).when((card) => attachEvidence(card, { ...facts, evidenceId: 'e2' }, day.today)).thenNothing());
  it('is attached again when it holds for longer', () => {
    const renewed = { ...facts, evidenceId: 'e2', validUntil: '2027-12-31' };
    given(csrScorecard, attached).when((card) => attachEvidence(card, renewed, day.today)).then({ ...attached, data: renewed } as CsrScorecardEvent);
  });
  it('is not attached when it has expired', () => given(csrScorecard).when((card) => attachEvidence(card, { ...facts, validUntil: '2026-03-04' }, day.today)).thenRefused('csr-evidence-expired'));
  it('is withdrawn once', () => {
    given(csrScorecard, attached).when((card) => withdrawEvidence(card, { evidenceId: 'e1', reason: 'wrong' })).then(withdrawn);
    given(csrScorecard, attached, withdrawn).when((card) => withdrawEvidence(card, { evidenceId: 'e1', reason: 'x' })).thenNothing();
  });
  it('may be attached again after that', () => given(csrScorecard, attached, withdrawn).when((card) => attachEvidence(card, { ...facts, evidenceId: 'e2' }, day.today)).then({ ...attached, data: { ...facts, evidenceId: 'e2' } } as CsrScorecardEvent));
  it('that is not known is not withdrawn', () => given(csrScorecard).when((card) => withdrawEvidence(card, { evidenceId: 'e1', reason: 'x' })).thenRefused('csr-evidence-unknown'));
});

describe('an external rating', () => {
  const rating = { overall: 67, environment: 70, labourAndHumanRights: 65, ethics: 20, sustainableProcurement: 70, medal: 'gold' } as const;
  const recorded: CsrScorecardEvent = { type: 'accounts.csr-scorecard.external-rating-recorded', data: { scheme: 'ecovadis', ...rating, validUntil: '2027-03-01' }, occurredAt: day.start };
  it('is kept as given, its medal too, for 12 months', () => given(csrScorecard).when((card) => recordRating(card, rating, day)).then(recorded));
  it('is recorded once', () => given(csrScorecard, recorded).when((card) => recordRating(card, rating, day)).thenNothing());
  it('is not recorded ahead', () => given(csrScorecard).when((card) => recordRating(card, rating, ahead)).thenRefused('csr-in-future'));
  it.each([['2025-04-01', '2026-03-31'], ['2024-02-29', '2025-02-28'], ['2024-01-01', '2024-12-31'], ['2023-03-01', '2024-02-29']])('of %s holds until %s', (published, until) => expect(aYearAfter(published)).toBe(until));
});

describe('a footprint', () => {
  const facts = { from: '2026-01-01', to: '2026-01-31', co2eKg: 100, wasteKg: null, energyKwh: null, source: 'report' };
  const recorded: CsrScorecardEvent = { type: 'accounts.csr-scorecard.footprint-recorded', data: facts };
  const record = (change: Partial<typeof facts>) => (card: typeof csrScorecard.initial) => recordFootprint(card, { ...facts, ...change }, day.today);
  it('is that of a period', () => given(csrScorecard).when(record({})).then(recorded));
  it('is recorded once', () => given(csrScorecard, recorded).when(record({})).thenNothing());
  it('of the same period may be corrected', () => given(csrScorecard, recorded).when(record({ co2eKg: 90 })).then({ ...recorded, data: { ...facts, co2eKg: 90 } } as CsrScorecardEvent));
  it('of the next period is another one', () => given(csrScorecard, recorded).when(record({ from: '2026-02-01', to: '2026-02-28' })).then({ ...recorded, data: { ...facts, from: '2026-02-01', to: '2026-02-28' } } as CsrScorecardEvent));
  it('is not counted twice over', () => given(csrScorecard, recorded).when(record({ from: '2026-01-31', to: '2026-02-28' })).thenRefused('csr-period-overlaps', { from: '2026-01-01', to: '2026-01-31' }));
  it('of a period that is not over is refused', () => given(csrScorecard).when(record({ to: '2026-03-31' })).thenRefused('csr-in-future'));
  it('of a period that ends before it begins is refused', () => given(csrScorecard).when(record({ to: '2025-12-31' })).thenRefused('csr-period-reversed'));
});

describe('the cost to serve', () => {
  const facts = { from: '2026-01-01', to: '2026-01-31', cost: { amountMinor: 100_00, currency: 'EUR' }, hours: 4 };
  const recorded: CsrScorecardEvent = { type: 'accounts.csr-scorecard.cost-to-serve-recorded', data: facts };
  it('is recorded once', () => {
    given(csrScorecard).when((card) => recordCostToServe(card, facts, day.today)).then(recorded);
    given(csrScorecard, recorded).when((card) => recordCostToServe(card, facts, day.today)).thenNothing();
  });
  it('is not counted twice over', () => given(csrScorecard, recorded).when((card) => recordCostToServe(card, { ...facts, to: '2026-01-30' }, day.today)).thenRefused('csr-period-overlaps'));
});

describe('a supplier', () => {
  const facts = { supplier: 'Lenoir', points: 58, source: 'audit' };
  const rated: CsrScorecardEvent = { type: 'accounts.csr-scorecard.supplier-rating-recorded', data: facts, occurredAt: day.start };
  it('is rated once a day, unless the points change', () => {
    given(csrScorecard).when((card) => rateSupplier(card, facts, day)).then(rated);
    given(csrScorecard, rated).when((card) => rateSupplier(card, facts, day)).thenNothing();
    given(csrScorecard, rated).when((card) => rateSupplier(card, { ...facts, points: 60 }, day)).then({ ...rated, data: { ...facts, points: 60 } } as CsrScorecardEvent);
  });
  it('is not rated ahead', () => given(csrScorecard).when((card) => rateSupplier(card, facts, ahead)).thenRefused('csr-in-future'));
});
