import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Bilingual, DateOnly, Money, Personal, SeniorityLevel } from '../common.js';
import type { MemberRole } from './team-member.events.js';

export const HIRING_REASONS = ['growth', 'replacement', 'workload'] as const;
export type HiringReason = (typeof HIRING_REASONS)[number];

/** How hard such people are to find (domain.md H5). */
export const MARKET_TENSIONS = ['relaxed', 'balanced', 'tight', 'very-tight'] as const;
export type MarketTension = (typeof MARKET_TENSIONS)[number];

export const CANDIDATE_SOURCES = ['referral', 'internal', 'job-board', 'agency', 'school', 'approach', 'other'] as const;
export type CandidateSource = (typeof CANDIDATE_SOURCES)[number];

/** What a candidate may say of himself, for the fairness report alone. */
export const DECLARED_GROUPS = ['woman', 'man', 'other'] as const;
export type DeclaredGroup = (typeof DECLARED_GROUPS)[number];

export const REJECTION_CAUSES = ['diploma', 'experience', 'skills', 'salary', 'another-candidate', 'withdrew', 'other'] as const;
export type RejectionCause = (typeof REJECTION_CAUSES)[number];

export const OFFER_DECLINE_CAUSES = ['salary', 'another-offer', 'role', 'place', 'stays', 'other'] as const;
export type OfferDeclineCause = (typeof OFFER_DECLINE_CAUSES)[number];

/** What candidates are measured by. Every interview scores every line of the scorecard. */
export interface HiringCriteria {
  /** Years of study after the baccalauréat: 5 for a master; null: none is asked for. */
  readonly diplomaLevel: number | null;
  readonly minExperienceYears: number | null;
  readonly scorecard: readonly { readonly code: string; readonly label: Bilingual }[];
}

/** A year's gross fixed pay, in one currency. */
export interface SalaryBand {
  readonly min: Money;
  readonly max: Money;
}

export interface RequisitionProfile {
  readonly role: MemberRole;
  readonly seniority: SeniorityLevel | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly region: string | null;
  /** Who will lead the newcomer, and whose requisition it is. */
  readonly managerId: string;
  readonly hiringReason: HiringReason;
  /** The member who is replaced or relieved; null where it is nobody in particular. */
  readonly forMemberId: string | null;
  readonly salaryBand: SalaryBand;
  readonly tension: MarketTension;
}

export type RequisitionEvent =
  | DomainEvent<'accounts.requisition.opened', RequisitionProfile & { criteria: HiringCriteria }>
  | DomainEvent<'accounts.requisition.criteria-set', HiringCriteria>
  /** The candidate's id is that of the person whose key encrypts the rest, and of the member whom he may become. `group` is one of DECLARED_GROUPS, said by himself. */
  | DomainEvent<'accounts.requisition.candidate-added', { candidateId: string; name: Personal; contact: Personal | null; group: Personal | null; source: CandidateSource }>
  | DomainEvent<'accounts.requisition.candidate-shortlisted', { candidateId: string }>
  /** `criteria`: codes of the scorecard of that day, each of which has to be scored. */
  | DomainEvent<'accounts.requisition.candidate-interviewed', { interviewId: string; candidateId: string; interviewerId: string; heldOn: DateOnly; criteria: readonly string[] }>
  /** From 1, not at all, to 5, entirely. */
  | DomainEvent<'accounts.requisition.interview-scored', { interviewId: string; candidateId: string; interviewerId: string; scores: readonly { criterion: string; score: 1 | 2 | 3 | 4 | 5 }[] }>
  | DomainEvent<'accounts.requisition.candidate-rejected', { candidateId: string; cause: RejectionCause }>
  /** `reason`: why the salary lies outside the band. */
  | DomainEvent<'accounts.requisition.offer-made', { offerId: string; candidateId: string; salary: Money; validUntil: DateOnly; reason: string | null }>
  | DomainEvent<'accounts.requisition.offer-accepted', { offerId: string; candidateId: string }>
  | DomainEvent<'accounts.requisition.offer-declined', { offerId: string; candidateId: string; cause: OfferDeclineCause }>
  /** The onboarding follows. */
  | DomainEvent<'accounts.requisition.filled', { candidateId: string; probationUntil: DateOnly | null }>
  | DomainEvent<'accounts.requisition.cancelled', { reason: string }>;

export const requisitionContract = defineContract<RequisitionEvent>({
  service: 'accounts',
  name: 'requisition',
  streamPrefix: 'requisition',
  events: {
    'accounts.requisition.opened': { version: 1 },
    'accounts.requisition.criteria-set': { version: 1 },
    'accounts.requisition.candidate-added': { version: 1, personal: { of: 'candidateId', fields: ['name', 'contact', 'group'] } },
    'accounts.requisition.candidate-shortlisted': { version: 1 },
    'accounts.requisition.candidate-interviewed': { version: 1 },
    'accounts.requisition.interview-scored': { version: 1 },
    'accounts.requisition.candidate-rejected': { version: 1 },
    'accounts.requisition.offer-made': { version: 1 },
    'accounts.requisition.offer-accepted': { version: 1 },
    'accounts.requisition.offer-declined': { version: 1 },
    'accounts.requisition.filled': { version: 1 },
    'accounts.requisition.cancelled': { version: 1 },
  },
});
