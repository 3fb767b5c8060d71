import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Instant, Provenance } from '../common.js';

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
  | DomainEvent<'accounts.key-account.attached-to-parent', { parentId: string }>
  /** `access`: may only look, or change as the owner may. Said again it is changed. */
  | DomainEvent<'accounts.key-account.team-member-added', { memberId: string; role: AccountTeamRole; access: 'read' | 'edit' }>
  | DomainEvent<'accounts.key-account.team-member-removed', { memberId: string; reason: string | null }>
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
    'accounts.key-account.attached-to-parent': { version: 1 },
    'accounts.key-account.team-member-added': { version: 1 },
    'accounts.key-account.team-member-removed': { version: 1 },
    'accounts.key-account.closure-requested': { version: 1 },
    'accounts.key-account.closure-refused': { version: 1 },
    'accounts.key-account.closed': { version: 1 },
    'accounts.key-account.withdrawn': { version: 1 },
  },
});
