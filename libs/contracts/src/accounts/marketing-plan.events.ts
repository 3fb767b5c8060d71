import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { FiscalYear } from './account-plan.events.js';
import type { DateOnly, Money, Provenance } from '../common.js';
import { planEvents, type PlanLifecycleEvent, type PlanObjectiveEvent } from './plan.events.js';

// Lists of codes: the events hold the codes alone, so that a further one needs no new version of them.

/** By what a marketing strategy wants to reach its aim. */
export const MARKETING_LEVERS = ['content', 'digital', 'events', 'account-based', 'co-marketing', 'referral', 'training', 'press'] as const;
/** What a budget line is spent on. */
export const BUDGET_CATEGORIES = ['media', 'events', 'content', 'agency', 'tools', 'suppliers', 'travel', 'gifts', 'other'] as const;
/** Where a campaign meets the client (domain.md K5). */
export const CAMPAIGN_CHANNELS = ['email', 'webinar', 'website', 'social', 'search', 'display', 'event', 'visit', 'phone', 'print', 'partner'] as const;
/** What people did, from the least to the most. */
export const CAMPAIGN_RESPONSES = ['delivered', 'opened', 'clicked', 'downloaded', 'registered', 'attended', 'replied', 'meeting-asked', 'quote-asked', 'unsubscribed'] as const;
/** What the client made of an offering that it was shown. */
export const OFFERING_REACTIONS = ['interested', 'neutral', 'not-interested'] as const;

/** Whose days, which tool or which supplier a plan counts on. */
export const RESOURCE_KINDS = ['person', 'tool', 'supplier'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** The parameters of a link by which a visitor is known to come from a campaign. */
export interface Utm {
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

export interface PlannedCampaign {
  readonly campaignId: string;
  readonly name: string;
  readonly audience: string | null;
  readonly startOn: DateOnly;
  readonly endOn: DateOnly;
  /** What it promotes. */
  readonly offeringIds: readonly string[];
}

export interface ResourceAllocation {
  readonly allocationId: string;
  readonly kind: ResourceKind;
  /** Of a person; null for others. */
  readonly memberId: string | null;
  /** Of a tool or a supplier; null for a person. */
  readonly name: string | null;
  /** Of a person; may be halves and quarters. Null for others. */
  readonly personDays: number | null;
  readonly startOn: DateOnly;
  readonly endOn: DateOnly;
  readonly campaignId: string | null;
}

/** The means (domain.md M14): planned in a draft, a ceiling once approved, committed and spent while the plan is in force. */
export type MarketingMeansEvent =
  /** Said again it is changed. It is the ceiling of the line once the plan is approved. */
  | DomainEvent<'accounts.marketing-plan.budget-allocated', { lineId: string; label: string; category: string; amount: Money }>
  | DomainEvent<'accounts.marketing-plan.budget-raised', { lineId: string; ceiling: Money; raisedById: string; reason: string }>
  | DomainEvent<'accounts.marketing-plan.spend-committed', { commitmentId: string; lineId: string; campaignId: string | null; amount: Money; supplier: string | null; description: string }>
  /** What is not spent of it is free again. */
  | DomainEvent<'accounts.marketing-plan.commitment-released', { commitmentId: string; lineId: string; reason: string }>
  | DomainEvent<'accounts.marketing-plan.spend-recorded', { spendId: string; commitmentId: string; lineId: string; campaignId: string | null; amount: Money; spentOn: DateOnly; reference: string | null }>
  /** More was spent on a commitment than the policy of the day tolerates, in per cent above it. */
  | DomainEvent<'accounts.marketing-plan.budget-overrun-detected', { commitmentId: string; lineId: string; committed: Money; spent: Money; tolerancePercent: number }>
  | DomainEvent<'accounts.marketing-plan.resource-allocated', ResourceAllocation>
  | DomainEvent<'accounts.marketing-plan.resource-released', { allocationId: string; reason: string }>;

/** Promotion (domain.md M3, K5): planned, in progress, completed or aborted. */
export type CampaignEvent =
  /** Said again before the launch it is changed. */
  | DomainEvent<'accounts.marketing-plan.campaign-planned', PlannedCampaign>
  | DomainEvent<'accounts.marketing-plan.channel-added', { campaignId: string; channel: string; utm: Utm | null }>
  /** Somebody of the client's whom the campaign addresses. */
  | DomainEvent<'accounts.marketing-plan.person-targeted', { campaignId: string; stakeholderId: string }>
  /** Not addressed after all: the person left, objected or was named by mistake. */
  | DomainEvent<'accounts.marketing-plan.person-spared', { campaignId: string; stakeholderId: string; reason: string }>
  | DomainEvent<'accounts.marketing-plan.campaign-launched', { campaignId: string }>
  | DomainEvent<'accounts.marketing-plan.campaign-completed', { campaignId: string; lessons: string | null }>
  | DomainEvent<'accounts.marketing-plan.campaign-aborted', { campaignId: string; reason: string }>
  /** `count` > 1: imported from a tool that counts. */
  | DomainEvent<'accounts.marketing-plan.campaign-response-recorded', { responseId: string; campaignId: string; channel: string; response: string; stakeholderId: string | null; count: ResponseCount; respondedOn: DateOnly }>
  | DomainEvent<'accounts.marketing-plan.offering-shown', { showingId: string; campaignId: string; offeringId: string; stakeholderId: string | null; reaction: string | null; shownOn: DateOnly }>
  /** A won opportunity to which campaigns led; the first of them is the primary source. Said again it is changed; none: it counts no more. */
  | DomainEvent<'accounts.marketing-plan.attribution-recorded', { opportunityId: string; value: Money; campaignIds: readonly string[]; formerCampaignIds: readonly string[] }>;

/** @asType integer */
export type ResponseCount = number;

export type MarketingPlanEvent =
  /** All money of the plan is in this currency. */
  | DomainEvent<'accounts.marketing-plan.drafted', { accountId: string; title: string; fiscalYear: FiscalYear; currency: string; provenance: Provenance | null }>
  /** An axis of the policy `strategic-axes` in force on that day. */
  | DomainEvent<'accounts.marketing-plan.aligned-with-axis', { axisCode: string }>
  | DomainEvent<'accounts.marketing-plan.strategy-defined', { ambition: string; audience: string; proposition: string; levers: readonly string[] }>
  | MarketingMeansEvent
  | CampaignEvent
  | PlanObjectiveEvent<'accounts.marketing-plan'>
  | PlanLifecycleEvent<'accounts.marketing-plan'>;

/** Strategy, means and campaigns of marketing to one account, within the strategy of the company. */
export const marketingPlanContract = defineContract<MarketingPlanEvent>({
  service: 'accounts',
  name: 'marketing-plan',
  streamPrefix: 'mktplan',
  events: {
    'accounts.marketing-plan.drafted': { version: 1 },
    'accounts.marketing-plan.aligned-with-axis': { version: 1 },
    'accounts.marketing-plan.strategy-defined': { version: 1 },
    'accounts.marketing-plan.budget-allocated': { version: 1 },
    'accounts.marketing-plan.budget-raised': { version: 1 },
    'accounts.marketing-plan.spend-committed': { version: 1 },
    'accounts.marketing-plan.commitment-released': { version: 1 },
    'accounts.marketing-plan.spend-recorded': { version: 1 },
    'accounts.marketing-plan.budget-overrun-detected': { version: 1 },
    'accounts.marketing-plan.resource-allocated': { version: 1 },
    'accounts.marketing-plan.resource-released': { version: 1 },
    'accounts.marketing-plan.campaign-planned': { version: 1 },
    'accounts.marketing-plan.channel-added': { version: 1 },
    'accounts.marketing-plan.person-targeted': { version: 1 },
    'accounts.marketing-plan.person-spared': { version: 1 },
    'accounts.marketing-plan.campaign-launched': { version: 1 },
    'accounts.marketing-plan.campaign-completed': { version: 1 },
    'accounts.marketing-plan.campaign-aborted': { version: 1 },
    'accounts.marketing-plan.campaign-response-recorded': { version: 1 },
    'accounts.marketing-plan.offering-shown': { version: 1 },
    'accounts.marketing-plan.attribution-recorded': { version: 1 },
    ...planEvents('accounts.marketing-plan'),
  },
});
