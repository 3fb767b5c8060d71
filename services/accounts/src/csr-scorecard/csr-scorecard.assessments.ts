import { type CostToServe, CSR_INDICATORS, type CsrQuestion, type CsrScorecardEvent, type DateOnly, type ExternalRating, type Footprint, type Period } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { addDays } from '@keyfold/platform';
import { type CsrScorecard, questionOn, type Recorded, wordsOf } from './csr-scorecard.aggregate.js';

/** A day in the past or today, as the organisation's calendar has it. */
export interface Day {
  readonly on: DateOnly;
  readonly today: DateOnly;
  /** Its first instant. */
  readonly start: string;
}

export function recordAssessment(card: CsrScorecard, facts: CsrQuestion & { points: number; comment: string | null }, day: Day): CsrScorecardEvent[] {
  if (card.assessments[questionOn(facts, day.start)] === facts.points) return [];
  assertNotAhead(day);
  return [{ type: 'accounts.csr-scorecard.assessment-recorded', data: { ...facts, pillar: CSR_INDICATORS[facts.indicator]! }, occurredAt: day.start }];
}

/** A document that holds for longer than it did is news. */
export function attachEvidence(card: CsrScorecard, facts: CsrQuestion & { evidenceId: string; title: string; reference: string; validUntil: DateOnly | null }, today: DateOnly): CsrScorecardEvent[] {
  const { indicator, basis, reference, validUntil } = facts;
  if (Object.values(card.evidence).some((known) => !known.withdrawn && known.indicator === indicator && known.basis === basis && known.reference === reference && known.validUntil === validUntil)) return [];
  if (validUntil !== null && validUntil < today) throw new DomainError('csr-evidence-expired');
  return [{ type: 'accounts.csr-scorecard.evidence-attached', data: facts }];
}

export function withdrawEvidence(card: CsrScorecard, facts: { evidenceId: string; reason: string }): CsrScorecardEvent[] {
  const known = card.evidence[facts.evidenceId];
  if (!known) throw new DomainError('csr-evidence-unknown');
  return known.withdrawn ? [] : [{ type: 'accounts.csr-scorecard.evidence-withdrawn', data: facts }];
}

/** As given, medal and all: nothing of it is derived. */
export function recordRating(card: CsrScorecard, rating: ExternalRating, day: Day): CsrScorecardEvent[] {
  const data = { scheme: 'ecovadis', ...rating, validUntil: aYearAfter(day.on) } as const;
  if (card.ratings[`${data.scheme} ${day.start}`] === wordsOf(data)) return [];
  assertNotAhead(day);
  return [{ type: 'accounts.csr-scorecard.external-rating-recorded', data, occurredAt: day.start }];
}

export function recordFootprint(card: CsrScorecard, footprint: Footprint, today: DateOnly): CsrScorecardEvent[] {
  return isNews(card.footprints, footprint, today) ? [{ type: 'accounts.csr-scorecard.footprint-recorded', data: footprint }] : [];
}

export function recordCostToServe(card: CsrScorecard, cost: CostToServe, today: DateOnly): CsrScorecardEvent[] {
  return isNews(card.costs, cost, today) ? [{ type: 'accounts.csr-scorecard.cost-to-serve-recorded', data: cost }] : [];
}

export function rateSupplier(card: CsrScorecard, facts: { supplier: string; points: number; source: string }, day: Day): CsrScorecardEvent[] {
  if (card.suppliers[`${facts.supplier} ${day.start}`] === facts.points) return [];
  assertNotAhead(day);
  return [{ type: 'accounts.csr-scorecard.supplier-rating-recorded', data: facts, occurredAt: day.start }];
}

/** Something new, for a period that is over and recorded already as it is or not at all. */
function isNews(recorded: Recorded, said: Period, today: DateOnly): boolean {
  if (said.to < said.from) throw new DomainError('csr-period-reversed');
  if (said.to > today) throw new DomainError('csr-in-future');
  const overlapping = recorded.filter(({ from, to }) => from <= said.to && said.from <= to);
  const other = overlapping.find(({ from, to }) => from !== said.from || to !== said.to);
  if (other) throw new DomainError('csr-period-overlaps', { from: other.from, to: other.to });
  return overlapping[0]?.words !== wordsOf(said);
}

function assertNotAhead({ on, today }: Day): void {
  if (on > today) throw new DomainError('csr-in-future');
}

/** The last day of the 12 months that begin on a day: 2026-03-31 for 2025-04-01. */
export function aYearAfter(day: DateOnly): DateOnly {
  const anniversary = `${Number(day.slice(0, 4)) + 1}${day.slice(4)}`;
  return day.endsWith('-02-29') ? anniversary.replace('-29', '-28') : addDays(anniversary, -1);
}
