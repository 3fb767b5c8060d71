import { defineContract, type DomainEvent, upcastFrom } from '@keyfold/event-sourcing';
import type { DateOnly, Instant, Personal, Provenance, SeniorityLevel } from '../common.js';

/** In which part of the client company somebody works. */
export const COMPANY_FUNCTIONS = [
  'general-management', 'finance', 'procurement', 'information-technology', 'operations', 'production', 'logistics', 'quality', 'research', 'sales', 'marketing', 'human-resources', 'legal', 'sustainability', 'other',
] as const;
export type CompanyFunction = (typeof COMPANY_FUNCTIONS)[number];

/** What somebody does when the client buys; one person may have several. */
export const BUYING_ROLES = ['decision-maker', 'sponsor', 'champion', 'influencer', 'user', 'procurement', 'legal', 'finance', 'technical-evaluator', 'gatekeeper'] as const;
export type BuyingRole = (typeof BUYING_ROLES)[number];

/** How near somebody is to where the client really decides, whatever the organisation chart says. */
export const POLITICAL_STATUSES = ['inner-circle', 'political-structure', 'outside'] as const;
export type PoliticalStatus = (typeof POLITICAL_STATUSES)[number];

/** What somebody is to us by our own judgement, from the best on; never mixed into a computed score. */
export const SUPPORTS = ['mentor', 'supporter', 'neutral', 'non-supporter', 'enemy'] as const;
export type Support = (typeof SUPPORTS)[number];

export const LANGUAGES = ['fr', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Why somebody is written to where he may say no. Contract notices are not among these: they are never blocked. */
export const CONTACT_PURPOSES = ['marketing', 'survey'] as const;
export type ContactPurpose = (typeof CONTACT_PURPOSES)[number];

export const DEPARTURE_REASONS = ['left-company', 'retired', 'moved-to-another-account', 'no-longer-concerned'] as const;
export type DepartureReason = (typeof DEPARTURE_REASONS)[number];

/** Where somebody stands in the client company; null = not known. */
export interface ClientPosition {
  readonly function: CompanyFunction | null;
  readonly level: SeniorityLevel | null;
}

/**
 * A person at the client. A registration belongs to one account for ever: whoever moves to another account departs here and is registered there, under another id and with the
 * same `personId`, which names the key of what is personal. What a person said about being contacted goes along, and survives an erasure.
 */
export type StakeholderEvent =
  | DomainEvent<
      'accounts.stakeholder.registered',
      ClientPosition & {
        personId: string;
        accountId: string;
        name: Personal;
        mail: Personal | null;
        phone: Personal | null;
        buyingRoles: readonly BuyingRole[];
        politicalStatus: PoliticalStatus | null;
        support: Support | null;
        language: Language | null;
        provenance: Provenance | null;
      }
    >
  | DomainEvent<'accounts.stakeholder.contact-details-changed', { personId: string; name: Personal; mail: Personal | null; phone: Personal | null }>
  | DomainEvent<'accounts.stakeholder.position-changed', ClientPosition>
  | DomainEvent<'accounts.stakeholder.buying-roles-set', { roles: readonly BuyingRole[] }>
  | DomainEvent<'accounts.stakeholder.political-status-set', { politicalStatus: PoliticalStatus | null }>
  | DomainEvent<'accounts.stakeholder.support-declared', { support: Support | null }>
  | DomainEvent<'accounts.stakeholder.preferred-language-set', { language: Language }>
  | DomainEvent<'accounts.stakeholder.consent-given', { purpose: ContactPurpose }>
  /** Also what a consent that is taken back becomes. */
  | DomainEvent<'accounts.stakeholder.opposition-raised', { purpose: ContactPurpose }>
  /** The person wrote, called or met us: occurs at that instant. A mail that was merely opened is none. `touchpointId`: the touchpoint that says so; null: somebody did. */
  | DomainEvent<'accounts.stakeholder.contact-received', { touchpointId: string | null }>
  /** It was not so: the touchpoint was taken back. Supersedes what it said. `lastContactAt`: the last contact that is left. */
  | DomainEvent<'accounts.stakeholder.contact-taken-back', { touchpointId: string; lastContactAt: Instant | null }>
  /** No contact from the person for the months that the retention policy of the day allows. `lastContactOn` null: there never was one since the registration. */
  | DomainEvent<'accounts.stakeholder.erasure-proposed', { lastContactOn: DateOnly | null; months: number }>
  /** Somebody decided that the data are kept; they are proposed again when the months have gone by once more. */
  | DomainEvent<'accounts.stakeholder.erasure-proposal-dismissed', { reason: string }>
  /** What was personal can be read no more. `movedTo`: under which id the same person is registered next, to be told the same. */
  | DomainEvent<'accounts.stakeholder.erased', { movedTo: string | null }>
  /** Occurs on the last day. `movedTo`: where the person is registered next. */
  | DomainEvent<'accounts.stakeholder.departed', { reason: DepartureReason; movedTo: { accountId: string; stakeholderId: string } | null }>
  /** An import is taken back: supersedes all that was said. */
  | DomainEvent<'accounts.stakeholder.withdrawn', { reason: string }>;

export const stakeholderContract = defineContract<StakeholderEvent>({
  service: 'accounts',
  name: 'stakeholder',
  streamPrefix: 'stakeholder',
  events: {
    'accounts.stakeholder.registered': { version: 1, personal: { of: 'personId', fields: ['name', 'mail', 'phone'] } },
    'accounts.stakeholder.contact-details-changed': { version: 1, personal: { of: 'personId', fields: ['name', 'mail', 'phone'] } },
    'accounts.stakeholder.position-changed': { version: 1 },
    'accounts.stakeholder.buying-roles-set': { version: 1 },
    'accounts.stakeholder.political-status-set': { version: 1 },
    'accounts.stakeholder.support-declared': { version: 1 },
    'accounts.stakeholder.preferred-language-set': { version: 1 },
    'accounts.stakeholder.consent-given': { version: 1 },
    'accounts.stakeholder.opposition-raised': { version: 1 },
    'accounts.stakeholder.contact-received': { version: 2, upcast: upcastFrom<Record<string, never>>().to<{ touchpointId: string | null }>(() => ({ touchpointId: null })) },
    'accounts.stakeholder.contact-taken-back': { version: 1 },
    'accounts.stakeholder.erasure-proposed': { version: 1 },
    'accounts.stakeholder.erasure-proposal-dismissed': { version: 1 },
    'accounts.stakeholder.departed': { version: 1 },
    'accounts.stakeholder.erased': { version: 1 },
    'accounts.stakeholder.withdrawn': { version: 1 },
  },
});
