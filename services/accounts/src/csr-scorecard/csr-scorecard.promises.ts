import type { CsrScorecardEvent, CsrSubject, DateOnly, Money } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import type { Commitment, CsrReview, CsrScorecard } from './csr-scorecard.aggregate.js';
import type { Day } from './csr-scorecard.assessments.js';

type Made = Extract<CsrScorecardEvent, { type: 'accounts.csr-scorecard.commitment-made' }>['data'];

/** A promise may be recorded after its day, and even after the day on which it was due: then it is missed at once, until somebody says that it was kept. */
export function makeCommitment(card: CsrScorecard, made: Made, day: Day): CsrScorecardEvent[] {
  if (Object.values(card.commitments).some(({ by, title, dueOn }) => by === made.by && title === made.title && dueOn === made.dueOn)) return [];
  if (day.on > day.today) throw new DomainError('csr-in-future');
  if (made.dueOn <= day.on) throw new DomainError('commitment-due-past');
  return [{ type: 'accounts.csr-scorecard.commitment-made', data: made, occurredAt: day.start }];
}

/** Kept by the due day, whenever that is said: a miss that was found meanwhile is taken back. */
export function keepCommitment(card: CsrScorecard, facts: { commitmentId: string; evidence: string | null }, day: Day): CsrScorecardEvent[] {
  const { state, dueOn, missedAt, madeAt } = commitmentOf(card, facts.commitmentId);
  if (state === 'kept') return [];
  if (day.on > day.today) throw new DomainError('csr-in-future');
  if (day.start < madeAt) throw new DomainError('commitment-not-made-yet');
  if (day.on > dueOn) throw new DomainError('commitment-too-late', { dueOn });
  return [{ type: 'accounts.csr-scorecard.commitment-kept', data: facts, occurredAt: day.start, ...(missedAt !== null && { supersedes: [missedAt] }) }];
}

export function missCommitment(card: CsrScorecard, commitmentId: string): CsrScorecardEvent[] {
  const { state, dueAt } = commitmentOf(card, commitmentId);
  return state === 'open' ? [{ type: 'accounts.csr-scorecard.commitment-missed', data: { commitmentId }, occurredAt: dueAt }] : [];
}

type Launched = Extract<CsrScorecardEvent, { type: 'accounts.csr-scorecard.joint-initiative-launched' }>['data'];

export function launchInitiative(card: CsrScorecard, launched: Launched, today: DateOnly): CsrScorecardEvent[] {
  if (Object.values(card.initiatives).some(({ title, state }) => title === launched.title && state === 'launched')) return [];
  if (launched.endsOn !== null && launched.endsOn <= today) throw new DomainError('initiative-ends-past');
  return [{ type: 'accounts.csr-scorecard.joint-initiative-launched', data: launched }];
}

export function completeInitiative(card: CsrScorecard, facts: { initiativeId: string; outcome: string; co2eSavedKg: number | null }): CsrScorecardEvent[] {
  const known = card.initiatives[facts.initiativeId];
  if (!known) throw new DomainError('initiative-unknown');
  return known.state === 'completed' ? [] : [{ type: 'accounts.csr-scorecard.joint-initiative-completed', data: facts }];
}

type Requested = { reviewId: string; subject: CsrSubject; amount: Money; requestedById: string };

/** The same subject with the same amount is reviewed once. */
export function requestReview(card: CsrScorecard, requested: Requested): CsrScorecardEvent[] {
  const known = Object.values(card.reviews).some((review) => isSame(review.subject, requested.subject) && isSame(review.amount, requested.amount));
  return known ? [] : [{ type: 'accounts.csr-scorecard.csr-review-requested', data: requested }];
}

export function passReview(card: CsrScorecard, { reviewId, note, decidedById }: { reviewId: string; note: string | null; decidedById: string }): CsrScorecardEvent[] {
  const { subject, amount, state } = reviewFor(card, reviewId, decidedById);
  if (state === 'passed') return [];
  if (state !== 'requested') throw new DomainError('csr-review-decided', { state });
  return [{ type: 'accounts.csr-scorecard.csr-review-passed', data: { reviewId, subject, amount, note } }];
}

export function waiveReview(card: CsrScorecard, { reviewId, reason, decidedById }: { reviewId: string; reason: string; decidedById: string }): CsrScorecardEvent[] {
  const { subject, amount, state } = reviewFor(card, reviewId, decidedById);
  if (state === 'waived') return [];
  if (state !== 'requested') throw new DomainError('csr-review-decided', { state });
  return [{ type: 'accounts.csr-scorecard.csr-review-waived', data: { reviewId, subject, amount, reason } }];
}

/** Nobody decides on his own request (domain.md 4). */
function reviewFor({ reviews }: CsrScorecard, reviewId: string, decidedById: string): CsrReview {
  const known = reviews[reviewId];
  if (!known) throw new DomainError('csr-review-unknown');
  if (known.requestedById === decidedById) throw new DomainError('csr-review-own-request');
  return known;
}

function commitmentOf({ commitments }: CsrScorecard, commitmentId: string): Commitment {
  const known = commitments[commitmentId];
  if (!known) throw new DomainError('commitment-unknown');
  return known;
}

const isSame = (a: CsrSubject | Money, b: CsrSubject | Money): boolean => Object.entries(a).every(([name, value]) => (b as unknown as Record<string, unknown>)[name] === value);
