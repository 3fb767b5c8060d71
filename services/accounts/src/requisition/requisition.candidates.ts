import type { CandidateSource, Money, OfferDeclineCause, RejectionCause, RequisitionEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertOpen, type Candidate, HIRING_STAGES, type HiringStage, type Interview, type KnownRequisition, type Requisition } from './requisition.aggregate.js';

const CANDIDATES_LIMIT = 500;

type Data<Type extends RequisitionEvent['type']> = Extract<RequisitionEvent, { type: Type }>['data'];

export function addCandidate(state: Requisition, facts: { candidateId: string; name: string; contact: string | null; group: string | null; source: CandidateSource }): RequisitionEvent[] {
  const { candidates } = assertOpen(state);
  if (Object.hasOwn(candidates, facts.candidateId)) return [];
  if (Object.keys(candidates).length >= CANDIDATES_LIMIT) throw new DomainError('candidates-too-many', { limit: CANDIDATES_LIMIT });
  return [{ type: 'accounts.requisition.candidate-added', data: facts }];
}

export function shortlist(state: Requisition, candidateId: string): RequisitionEvent[] {
  const candidate = candidateOf(assertOpen(state), candidateId);
  if (!candidate.out && isAtLeast(candidate, 'shortlisted')) return [];
  assertIn(candidate);
  return [{ type: 'accounts.requisition.candidate-shortlisted', data: { candidateId } }];
}

/** Whoever led it owes the scorecard from then on. */
export function interview(state: Requisition, facts: Omit<Data<'accounts.requisition.candidate-interviewed'>, 'criteria'>, today: string): RequisitionEvent[] {
  const known = assertOpen(state);
  const candidate = candidateOf(known, facts.candidateId);
  if (facts.heldOn > today) throw new DomainError('date-in-future');
  if (Object.values(candidate.interviews).some(({ interviewerId, heldOn }) => interviewerId === facts.interviewerId && heldOn === facts.heldOn)) return [];
  assertIn(candidate, 'shortlisted');
  if (isAtLeast(candidate, 'offered')) throw new DomainError('offer-open');
  return [{ type: 'accounts.requisition.candidate-interviewed', data: { ...facts, criteria: known.criteria.scorecard.map(({ code }) => code) } }];
}

/** By who led the interview alone, complete, and for good: a scorecard that fits the others afterwards would be worth nothing. */
export function score(state: Requisition, interviewId: string, interviewerId: string | null, scores: Data<'accounts.requisition.interview-scored'>['scores']): RequisitionEvent[] {
  const known = assertOpen(state);
  const { candidateId, held } = interviewOf(known, interviewId) ?? {};
  if (!candidateId || held?.interviewerId !== interviewerId) throw new DomainError('interview-unknown');
  const ordered = [...scores].sort((a, b) => (a.criterion < b.criterion ? -1 : 1));
  if (held.scores && JSON.stringify(held.scores) === JSON.stringify(ordered)) return [];
  if (held.scores) throw new DomainError('interview-scored-already');
  const given = scores.map(({ criterion }) => criterion);
  const wrong = [...held.criteria.filter((code) => !given.includes(code)), ...given.filter((code, i) => !held.criteria.includes(code) || given.indexOf(code) !== i)];
  if (wrong.length > 0) throw new DomainError('scorecard-incomplete', { criteria: wrong.join(', ') });
  return [{ type: 'accounts.requisition.interview-scored', data: { interviewId, candidateId, interviewerId, scores: ordered } }];
}

export function reject(state: Requisition, candidateId: string, cause: RejectionCause): RequisitionEvent[] {
  const known = assertOpen(state);
  if (candidateOf(known, candidateId).out) return [];
  if (known.offer?.candidateId === candidateId) throw new DomainError('offer-open');
  return [{ type: 'accounts.requisition.candidate-rejected', data: { candidateId, cause } }];
}

/** No hire without the scorecards of all interviews (domain.md E2), of which there is one at least; one offer at a time. */
export function makeOffer(
  state: Requisition,
  facts: { offerId: string; candidateId: string; salary: Money; validUntil: string; reason: string | null },
  { today, byDirector }: { today: string; byDirector: boolean },
): RequisitionEvent[] {
  const known = assertOpen(state);
  const candidate = candidateOf(known, facts.candidateId);
  if (known.offer && isSameOffer(known.offer, facts)) return [];
  if (known.offer) throw new DomainError('offer-open');
  assertIn(candidate, 'interviewed');
  const missing = Object.values(candidate.interviews).filter(({ scores }) => scores === null).length;
  if (missing > 0) throw new DomainError('scorecards-missing', { count: missing });
  if (facts.validUntil < today) throw new DomainError('offer-in-past');
  const { min, max } = known.profile.salaryBand;
  const within = facts.salary.currency === min.currency && min.amountMinor <= facts.salary.amountMinor && facts.salary.amountMinor <= max.amountMinor;
  if (!within && (!byDirector || facts.reason === null)) throw new DomainError('salary-outside-band');
  return [{ type: 'accounts.requisition.offer-made', data: facts }];
}

type Terms = { readonly candidateId: string; readonly salary: Money; readonly validUntil: string };

const isSameOffer = (a: Terms, b: Terms): boolean =>
  a.candidateId === b.candidateId && a.validUntil === b.validUntil && a.salary.amountMinor === b.salary.amountMinor && a.salary.currency === b.salary.currency;

export function acceptOffer(state: Requisition, offerId: string, today: string): RequisitionEvent[] {
  const { offer } = assertOpen(state);
  if (offer?.offerId !== offerId) throw new DomainError('offer-missing');
  if (offer.accepted) return [];
  if (offer.validUntil < today) throw new DomainError('offer-expired', { validUntil: offer.validUntil });
  return [{ type: 'accounts.requisition.offer-accepted', data: { offerId, candidateId: offer.candidateId } }];
}

/** Also after it was accepted: people change their minds before they come. */
export function declineOffer(state: Requisition, offerId: string, cause: OfferDeclineCause): RequisitionEvent[] {
  const { offer, declined } = assertOpen(state);
  if (declined.includes(offerId)) return [];
  if (offer?.offerId !== offerId) throw new DomainError('offer-missing');
  return [{ type: 'accounts.requisition.offer-declined', data: { offerId, candidateId: offer.candidateId, cause } }];
}

/** Who led an interview; undefined for one that is not known. */
export const interviewerOf = (state: Requisition, interviewId: string): string | undefined => (state.state === 'unknown' ? undefined : interviewOf(state, interviewId)?.held.interviewerId);

function interviewOf({ candidates }: KnownRequisition, interviewId: string): { candidateId: string; held: Interview } | undefined {
  for (const [candidateId, { interviews }] of Object.entries(candidates)) if (Object.hasOwn(interviews, interviewId)) return { candidateId, held: interviews[interviewId]! };
  return undefined;
}

function candidateOf({ candidates }: KnownRequisition, candidateId: string): Candidate {
  if (!Object.hasOwn(candidates, candidateId)) throw new DomainError('candidate-unknown');
  return candidates[candidateId]!;
}

const isAtLeast = ({ stage }: Candidate, wanted: HiringStage): boolean => HIRING_STAGES.indexOf(stage) >= HIRING_STAGES.indexOf(wanted);

function assertIn(candidate: Candidate, stage: HiringStage = 'applied'): void {
  if (candidate.out || !isAtLeast(candidate, stage)) throw new DomainError('candidate-not-at-stage', { stage: candidate.out ? 'out' : candidate.stage });
}
