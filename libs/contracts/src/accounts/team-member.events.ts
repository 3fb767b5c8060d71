import { defineContract, type DomainEvent, upcastFrom } from '@keyfold/event-sourcing';
import type { DateOnly, Instant, Money, Personal, Provenance, SeniorityLevel } from '../common.js';

export const MEMBER_ROLES = [
  'kam', 'director', 'sales-engineer', 'project-manager', 'bid-manager', 'legal', 'csr-officer', 'service-agent', 'finance', 'hr', 'consultant',
] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** Roles that only read, and that may so be given for a time (domain.md C1). */
export const GRANTED_ROLES = ['consultant', 'auditor', 'bi'] as const;
export type GrantedRole = (typeof GRANTED_ROLES)[number];

export const PROBATION_END_CAUSES = ['performance', 'conduct', 'role-cut', 'own-wish'] as const;
export type ProbationEndCause = (typeof PROBATION_END_CAUSES)[number];

export const LEAVING_CAUSES = ['resigned', 'dismissed', 'probation-ended', 'contract-ended', 'retired', 'moved-within', 'other'] as const;
export type LeavingCause = (typeof LEAVING_CAUSES)[number];

export interface MemberPosition {
  readonly role: MemberRole;
  /** Null: nobody said, as with members from before there was a scale. */
  readonly seniority: SeniorityLevel | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

interface Onboarded extends MemberPosition {
  readonly memberId: string;
  readonly name: Personal;
  readonly managerId: string | null;
  readonly region: string | null;
  /** Last day of the probation; null where there is none. */
  readonly probationUntil: DateOnly | null;
  /** The requisition that the member was hired on. */
  readonly requisitionId: string | null;
  readonly provenance: Provenance | null;
}

interface OnboardedV1 {
  readonly memberId: string;
  readonly name: Personal;
  readonly role: 'kam' | 'director' | 'service-agent' | 'finance' | 'hr';
  readonly managerId: string | null;
  readonly region: string | null;
  readonly provenance: Provenance | null;
}

/** What a member is to bring in a year, before ramp: shares in per cent. */
export interface Quota {
  readonly year: number;
  readonly amount: Money;
  readonly expectedAttainmentPercent: number;
  /** Of the working time, what is left for selling. */
  readonly utilisationPercent: number;
}

/** How much of the quota a newcomer carries: per cent in each quarter from the first day on, 100 after the last one. */
export interface RampPlan {
  readonly startsOn: DateOnly;
  readonly percentByQuarter: readonly number[];
}

export interface Credential {
  /** Years of study after the baccalauréat: 5 for a master; null where it was not shown. */
  readonly diplomaLevel: number | null;
  readonly experienceYears: number | null;
}

export type TeamMemberEvent =
  /** `memberId` repeats the aggregate's id: it names the person whose key encrypts `name`. A hired candidate keeps his id. */
  | DomainEvent<'accounts.team-member.onboarded', Onboarded>
  | DomainEvent<'accounts.team-member.reassigned', { managerId: string | null; region: string | null }>
  | DomainEvent<'accounts.team-member.position-changed', MemberPosition & { reason: string }>
  | DomainEvent<'accounts.team-member.probation-confirmed', { reviewerId: string }>
  /** The member was not kept; the offboarding follows. */
  | DomainEvent<'accounts.team-member.probation-ended', { reviewerId: string; cause: ProbationEndCause }>
  | DomainEvent<'accounts.team-member.ramp-plan-set', RampPlan>
  /** The last one of a year counts. */
  | DomainEvent<'accounts.team-member.quota-set', Quota>
  /** From 0, knows nothing of it, to 4, teaches it. Nobody assesses himself. */
  | DomainEvent<'accounts.team-member.skill-assessed', { skill: string; level: 0 | 1 | 2 | 3 | 4; assessorId: string }>
  | DomainEvent<'accounts.team-member.credential-recorded', Credential>
  | DomainEvent<'accounts.team-member.training-completed', { training: string; hours: number; completedOn: DateOnly }>
  /** The talk of a member with who leads him. `notes` are encrypted with the member's key. */
  | DomainEvent<'accounts.team-member.one-on-one-held', { memberId: string; leadId: string; heldOn: DateOnly; notes: Personal | null }>
  /** First and last day. Why is nobody's business. */
  | DomainEvent<'accounts.team-member.absence-recorded', { absenceId: string; from: DateOnly; to: DateOnly }>
  | DomainEvent<'accounts.team-member.absence-cancelled', { absenceId: string }>
  /** The member may read as that role until the instant. `accountIds` null: every account. */
  | DomainEvent<'accounts.team-member.role-granted', { grantId: string; role: GrantedRole; accountIds: readonly string[] | null; expiresAt: Instant; reason: string }>
  | DomainEvent<'accounts.team-member.role-revoked', { grantId: string; reason: string }>
  /** The grant has run out; access had stopped by itself at that instant. */
  | DomainEvent<'accounts.team-member.access-expired', { grantId: string }>
  /** At the end of a month (`2026-03`), in per cent of the hours available; null: there were none. */
  | DomainEvent<'accounts.team-member.workload-measured', { month: string; loadPercent: number | null; thresholdPercent: number }>
  /** The second month in a row above the threshold, once until it falls below. `managerId`: who leads the member, and may propose a requisition. */
  | DomainEvent<'accounts.team-member.workload-threshold-exceeded', { month: string; loadPercent: number; thresholdPercent: number; managerId: string | null }>
  /** An account is about to become the member's, which it does in the account's own stream; said first, so that nobody leaves meanwhile. */
  | DomainEvent<'accounts.team-member.account-entrusted', { accountId: string }>
  /** Occurs on the day after the last one; nothing is the member's from then on. */
  | DomainEvent<'accounts.team-member.offboarded', { lastDay: DateOnly; cause: LeavingCause; reason: string }>
  | DomainEvent<'accounts.team-member.withdrawn', { reason: string }>;

export const teamMemberContract = defineContract<TeamMemberEvent>({
  service: 'accounts',
  name: 'team-member',
  streamPrefix: 'member',
  events: {
    'accounts.team-member.onboarded': {
      version: 2,
      upcast: upcastFrom<OnboardedV1>().to<Onboarded>((old) => ({ ...old, seniority: null, country: null, probationUntil: null, requisitionId: null })),
      personal: { of: 'memberId', fields: ['name'] },
    },
    'accounts.team-member.reassigned': { version: 1 },
    'accounts.team-member.position-changed': { version: 1 },
    'accounts.team-member.probation-confirmed': { version: 1 },
    'accounts.team-member.probation-ended': { version: 1 },
    'accounts.team-member.ramp-plan-set': { version: 1 },
    'accounts.team-member.quota-set': { version: 1 },
    'accounts.team-member.skill-assessed': { version: 1 },
    'accounts.team-member.credential-recorded': { version: 1 },
    'accounts.team-member.training-completed': { version: 1 },
    'accounts.team-member.one-on-one-held': { version: 1, personal: { of: 'memberId', fields: ['notes'] } },
    'accounts.team-member.absence-recorded': { version: 1 },
    'accounts.team-member.absence-cancelled': { version: 1 },
    'accounts.team-member.role-granted': { version: 1 },
    'accounts.team-member.role-revoked': { version: 1 },
    'accounts.team-member.access-expired': { version: 1 },
    'accounts.team-member.workload-measured': { version: 1 },
    'accounts.team-member.workload-threshold-exceeded': { version: 1 },
    'accounts.team-member.account-entrusted': { version: 1 },
    'accounts.team-member.offboarded': { version: 1 },
    'accounts.team-member.withdrawn': { version: 1 },
  },
});
