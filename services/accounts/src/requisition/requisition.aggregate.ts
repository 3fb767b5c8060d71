import { type HiringCriteria, type Money, type RequisitionEvent, requisitionContract, type RequisitionProfile, type SalaryBand } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';

export const HIRING_STAGES = ['applied', 'shortlisted', 'interviewed', 'offered', 'accepted'] as const;
export type HiringStage = (typeof HIRING_STAGES)[number];

export interface Interview {
  readonly interviewerId: string;
  readonly heldOn: string;
  readonly criteria: readonly string[];
  /** Null until the interviewer has given the scorecard. */
  readonly scores: readonly { readonly criterion: string; readonly score: number }[] | null;
}

export interface Candidate {
  /** Ciphertext. */
  readonly name: string;
  /** How far the candidate came. */
  readonly stage: HiringStage;
  /** Rejected, or declined: out of the process. */
  readonly out: boolean;
  readonly interviews: Readonly<Record<string, Interview>>;
}

export interface KnownRequisition {
  readonly state: 'open' | 'filled' | 'cancelled';
  readonly profile: RequisitionProfile;
  readonly criteria: HiringCriteria;
  readonly candidates: Readonly<Record<string, Candidate>>;
  /** The one that runs or was accepted. */
  readonly offer: { readonly offerId: string; readonly candidateId: string; readonly salary: Money; readonly validUntil: string; readonly accepted: boolean } | null;
  /** Offers that were declined. */
  readonly declined: readonly string[];
  readonly hired: { readonly candidateId: string; readonly probationUntil: string | null } | null;
}

export type Requisition = { readonly state: 'unknown' } | KnownRequisition;

export const requisition = decider<Requisition, RequisitionEvent>({
  contract: requisitionContract,
  initial: { state: 'unknown' },
  evolve(state, fact): Requisition {
    if (fact.type === 'accounts.requisition.opened') {
      const { criteria, ...profile } = fact.data;
      return { state: 'open', profile, criteria, candidates: {}, offer: null, declined: [], hired: null };
    }
    if (state.state === 'unknown') return state;
    switch (fact.type) {
      case 'accounts.requisition.criteria-set':
        return { ...state, criteria: fact.data };
      case 'accounts.requisition.offer-made': {
        const { offerId, candidateId, salary, validUntil } = fact.data;
        return { ...withCandidate(state, candidateId, { stage: 'offered' }), offer: { offerId, candidateId, salary, validUntil, accepted: false } };
      }
      case 'accounts.requisition.offer-accepted':
        return { ...withCandidate(state, fact.data.candidateId, { stage: 'accepted' }), offer: state.offer && { ...state.offer, accepted: true } };
      case 'accounts.requisition.offer-declined':
        return { ...withCandidate(state, fact.data.candidateId, { out: true }), offer: null, declined: [...state.declined, fact.data.offerId] };
      case 'accounts.requisition.filled':
        return { ...state, state: 'filled', hired: fact.data };
      case 'accounts.requisition.cancelled':
        return { ...state, state: 'cancelled' };
      default:
        return withProgress(state, fact);
    }
  },
});

type Progress = Extract<Parameters<typeof requisition.evolve>[1], { type: `accounts.requisition.${'candidate' | 'interview'}-${string}` }>;

function withProgress(state: KnownRequisition, fact: Progress): KnownRequisition {
  switch (fact.type) {
    case 'accounts.requisition.candidate-added':
      return withCandidate(state, fact.data.candidateId, { name: fact.data.name, stage: 'applied', out: false, interviews: {} });
    case 'accounts.requisition.candidate-shortlisted':
      return withCandidate(state, fact.data.candidateId, { stage: 'shortlisted' });
    case 'accounts.requisition.candidate-rejected':
      return withCandidate(state, fact.data.candidateId, { out: true });
    case 'accounts.requisition.candidate-interviewed': {
      const { interviewId, candidateId, interviewerId, heldOn, criteria } = fact.data;
      const interviews = { ...state.candidates[candidateId]?.interviews, [interviewId]: { interviewerId, heldOn, criteria, scores: null } };
      return withCandidate(state, candidateId, { stage: 'interviewed', interviews });
    }
    case 'accounts.requisition.interview-scored': {
      const { interviewId, candidateId, scores } = fact.data;
      const interviews = { ...state.candidates[candidateId]?.interviews };
      return withCandidate(state, candidateId, { interviews: { ...interviews, [interviewId]: { ...interviews[interviewId]!, scores } } });
    }
    default:
      return ignored(state, fact);
  }
}

const withCandidate = (state: KnownRequisition, candidateId: string, changed: Partial<Candidate>): KnownRequisition => ({
  ...state,
  candidates: { ...state.candidates, [candidateId]: { ...state.candidates[candidateId]!, ...changed } },
});

/** Whose requisition it is; null for one that is not known. */
export const managerOf = (state: Requisition): string | null => (state.state === 'unknown' ? null : state.profile.managerId);

export function assertOpen(state: Requisition): KnownRequisition {
  if (state.state === 'unknown') throw new DomainError('requisition-unknown');
  if (state.state !== 'open') throw new DomainError('requisition-not-open', { state: state.state });
  return state;
}

export function open(state: Requisition, profile: RequisitionProfile, criteria: HiringCriteria): RequisitionEvent[] {
  if (state.state !== 'unknown') throw new DomainError('requisition-exists');
  assertBand(profile.salaryBand);
  assertScorecard(criteria);
  return [{ type: 'accounts.requisition.opened', data: { ...profile, criteria } }];
}

/** Until somebody was interviewed by them: candidates are measured by the same criteria. */
export function setCriteria(state: Requisition, criteria: HiringCriteria): RequisitionEvent[] {
  const known = assertOpen(state);
  if (JSON.stringify(known.criteria) === JSON.stringify(criteria)) return [];
  assertScorecard(criteria);
  if (Object.values(known.candidates).some(({ interviews }) => Object.keys(interviews).length > 0)) throw new DomainError('requisition-criteria-in-use');
  return [{ type: 'accounts.requisition.criteria-set', data: criteria }];
}

/** The accepted candidate is hired; onboarding him is what follows. */
export function fill(state: Requisition, candidateId: string, probationUntil: string | null): RequisitionEvent[] {
  if (state.state === 'filled' && state.hired?.candidateId === candidateId) return [];
  const { offer } = assertOpen(state);
  if (!offer?.accepted || offer.candidateId !== candidateId) throw new DomainError('offer-missing');
  return [{ type: 'accounts.requisition.filled', data: { candidateId, probationUntil } }];
}

export function cancel(state: Requisition, reason: string): RequisitionEvent[] {
  if (state.state === 'cancelled') return [];
  if (assertOpen(state).offer) throw new DomainError('offer-open');
  return [{ type: 'accounts.requisition.cancelled', data: { reason } }];
}

function assertBand({ min, max }: SalaryBand): void {
  if (min.currency !== max.currency || max.amountMinor < min.amountMinor) throw new DomainError('salary-band-malformed');
}

function assertScorecard({ scorecard }: HiringCriteria): void {
  const codes = scorecard.map(({ code }) => code);
  const doubled = codes.find((code, i) => codes.indexOf(code) !== i);
  if (doubled !== undefined) throw new DomainError('scorecard-doubled', { code: doubled });
}
