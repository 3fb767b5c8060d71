import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { DateOnly, Instant, Provenance } from '../common.js';

export const TIERS = ['A', 'B', 'C'] as const;
export type Tier = (typeof TIERS)[number];

/** What is known of the client company; null = not known. Revenue in millions of the currency it is reported in, as given by the source. */
export interface CompanyProfile {
  readonly sector: string | null;
  readonly country: string | null;
  readonly yearEstablished: number | null;
  readonly employees: number | null;
  readonly revenueMillions: number | null;
}

/** What somebody does for an account, beside its owner (domain.md M4). */
export const ACCOUNT_TEAM_ROLES = ['sales-engineer', 'project-manager', 'customer-success', 'executive-sponsor', 'legal', 'finance', 'service', 'partner', 'other'] as const;
export type AccountTeamRole = (typeof ACCOUNT_TEAM_ROLES)[number];

/** What is handed over to somebody by name (domain.md M4): who does it, who answers for it, who is asked, who is told. */
export const DELIVERABLES = [
  'account-plan', 'marketing-plan', 'business-review', 'tender-response', 'offer', 'negotiation', 'contract', 'renewal', 'delivery', 'invoicing', 'incident-follow-up', 'satisfaction-survey', 'csr-report',
] as const;
export type Deliverable = (typeof DELIVERABLES)[number];
/** Responsible, accountable, consulted, informed. */
export const RACI_LETTERS = ['R', 'A', 'C', 'I'] as const;
export type RaciLetter = (typeof RACI_LETTERS)[number];

/** Points from 0 to 10 for a criterion of the selection policy. */
export interface SelectionPoints {
  readonly criterion: string;
  readonly points: number;
}

// These shapes are the storage and wire format: a change needs a new schema version and an upcaster.
export type KeyAccountEvent =
  | DomainEvent<'accounts.key-account.prospect-registered', { name: string; profile: CompanyProfile }>
  /** Occurs on the day since which the company has been a client. */
  | DomainEvent<'accounts.key-account.client-registered', { name: string; profile: CompanyProfile; provenance: Provenance | null }>
  | DomainEvent<'accounts.key-account.details-changed', { name: string; profile: CompanyProfile; provenance: Provenance | null }>
  | DomainEvent<'accounts.key-account.qualified', { tier: Tier; reason: string }>
  | DomainEvent<'accounts.key-account.owner-assigned', { ownerId: string }>
  /** Occurs on the day of the handover: the old owner until the day before, the new one from it on. */
  | DomainEvent<'accounts.key-account.handed-over', { fromOwnerId: string; toOwnerId: string; reason: string }>
  /** A handover that was to come, and all others of its day, are off: `ownerId` keeps the account, `toOwnerId` would have had it from `on`, the first instant of that day. History leaves them out. */
  | DomainEvent<'accounts.key-account.handover-cancelled', { ownerId: string; toOwnerId: string; on: Instant; reason: string }>
  /** Occurs on the day from which the account belongs to the parent; that day may lie in the past, and what is known of later days stays. */
  | DomainEvent<'accounts.key-account.attached-to-parent', { parentId: string }>
  /** Occurs on the day from which the account stands alone. */
  | DomainEvent<'accounts.key-account.detached-from-parent', { reason: string }>
  /** `access`: may only look, or change as the owner may. Said again it is changed. */
  | DomainEvent<'accounts.key-account.team-member-added', { memberId: string; role: AccountTeamRole; access: 'read' | 'edit' }>
  | DomainEvent<'accounts.key-account.team-member-removed', { memberId: string; reason: string | null }>
  | DomainEvent<'accounts.key-account.raci-assigned', { deliverable: Deliverable; memberId: string; letter: RaciLetter }>
  | DomainEvent<'accounts.key-account.raci-withdrawn', { deliverable: Deliverable; memberId: string; letter: RaciLetter }>
  /** On the list of targets. */
  | DomainEvent<'accounts.key-account.prospect-nominated', { reason: string }>
  /** The first exchange with a target, on its day. */
  | DomainEvent<'accounts.key-account.prospect-engaged', { note: string | null }>
  /** Occurs on the day of the contract that made, or made again, a client of the company. */
  | DomainEvent<'accounts.key-account.activated', { contractId: string }>
  /** `lastRevenueOn` null: there never was any. */
  | DomainEvent<'accounts.key-account.made-dormant', { reason: string; lastRevenueOn: DateOnly | null }>
  | DomainEvent<'accounts.key-account.reactivated', { reason: string }>
  /** How attractive the account is by the selection policy of the day; `score` from 0 to 100, the weighted points. */
  | DomainEvent<'accounts.key-account.scored', { on: DateOnly; points: readonly SelectionPoints[]; score: number }>
  /** `requestedBy`: who asks, a member or the subject of a token; he does not decide. `score`: the score that the request stands on. */
  | DomainEvent<'accounts.key-account.tier-requested', { requestId: string; tier: Tier; reason: string; requestedBy: string; score: number }>
  /** Followed by `qualified` in the same commit. */
  | DomainEvent<'accounts.key-account.tier-approved', { requestId: string }>
  | DomainEvent<'accounts.key-account.tier-rejected', { requestId: string; reason: string }>
  /** No key account any more. */
  | DomainEvent<'accounts.key-account.disqualified', { reason: string }>
  /** The tier was looked at and stays. */
  | DomainEvent<'accounts.key-account.tier-reviewed', { tier: Tier; reason: string }>
  /** The day by which the tier is to be looked at again; the last one said counts. */
  | DomainEvent<'accounts.key-account.tier-review-scheduled', { dueOn: DateOnly }>
  /** That day has come and the tier was not looked at. */
  | DomainEvent<'accounts.key-account.tier-review-due', { tier: Tier; dueOn: DateOnly }>
  /** Currency in which the group is counted; a subsidiary may have another one. */
  | DomainEvent<'accounts.key-account.currency-set', { currency: string }>
  /** Sector and subsector by the codes of a sector pack, beside the sector that a source gave as text. */
  | DomainEvent<'accounts.key-account.classified', { sector: string; subsector: string | null }>
  /** The end of an account that turned out to be another one: from its day on what belongs to it is counted with its successor, and its children are the successor's. */
  | DomainEvent<'accounts.key-account.merged', { successorId: string; reason: string }>
  /** The other side of a merge, written first: an account that closes or is merged itself takes nobody in. */
  | DomainEvent<'accounts.key-account.absorbed', { accountId: string; reason: string }>
  | DomainEvent<'accounts.key-account.closure-requested', { closureId: string; reason: string; answerBy: Instant }>
  | DomainEvent<'accounts.key-account.closure-refused', { closureId: string; blockers: readonly ClosureBlocker[] }>
  | DomainEvent<'accounts.key-account.closed', { closureId: string }>
  /** The registration was an error (an import taken back): history leaves all of it out. */
  | DomainEvent<'accounts.key-account.withdrawn', { reason: string }>;

/** Why an account may not close. `no-answer`: a service did not answer in time, which counts as a no. */
export interface ClosureBlocker {
  readonly service: string;
  readonly code: 'open-items' | 'no-answer';
  readonly open: number;
}

export const keyAccountContract = defineContract<KeyAccountEvent>({
  service: 'accounts',
  name: 'key-account',
  streamPrefix: 'account',
  events: {
    'accounts.key-account.prospect-registered': { version: 1 },
    'accounts.key-account.client-registered': { version: 1 },
    'accounts.key-account.details-changed': { version: 1 },
    'accounts.key-account.qualified': { version: 1 },
    'accounts.key-account.owner-assigned': { version: 1 },
    'accounts.key-account.handed-over': { version: 1 },
    'accounts.key-account.handover-cancelled': { version: 1 },
    'accounts.key-account.attached-to-parent': { version: 1 },
    'accounts.key-account.detached-from-parent': { version: 1 },
    'accounts.key-account.team-member-added': { version: 1 },
    'accounts.key-account.team-member-removed': { version: 1 },
    'accounts.key-account.raci-assigned': { version: 1 },
    'accounts.key-account.raci-withdrawn': { version: 1 },
    'accounts.key-account.prospect-nominated': { version: 1 },
    'accounts.key-account.prospect-engaged': { version: 1 },
    'accounts.key-account.activated': { version: 1 },
    'accounts.key-account.made-dormant': { version: 1 },
    'accounts.key-account.reactivated': { version: 1 },
    'accounts.key-account.scored': { version: 1 },
    'accounts.key-account.tier-requested': { version: 1 },
    'accounts.key-account.tier-approved': { version: 1 },
    'accounts.key-account.tier-rejected': { version: 1 },
    'accounts.key-account.disqualified': { version: 1 },
    'accounts.key-account.tier-reviewed': { version: 1 },
    'accounts.key-account.tier-review-scheduled': { version: 1 },
    'accounts.key-account.tier-review-due': { version: 1 },
    'accounts.key-account.currency-set': { version: 1 },
    'accounts.key-account.classified': { version: 1 },
    'accounts.key-account.merged': { version: 1 },
    'accounts.key-account.absorbed': { version: 1 },
    'accounts.key-account.closure-requested': { version: 1 },
    'accounts.key-account.closure-refused': { version: 1 },
    'accounts.key-account.closed': { version: 1 },
    'accounts.key-account.withdrawn': { version: 1 },
  },
});
