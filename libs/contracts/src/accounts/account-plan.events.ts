import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { DateOnly, Money, Provenance } from '../common.js';
import { planEvents, type PlanLifecycleEvent, type PlanObjectiveEvent, type Sourced, unsourced } from './plan.events.js';

export const SWOT_QUADRANTS = ['strength', 'weakness', 'opportunity', 'threat'] as const;
export type SwotQuadrant = (typeof SWOT_QUADRANTS)[number];

/** Whose SWOT it is: of our relation to the client, or of the client in its market. */
export const SWOT_PERSPECTIVES = ['ours', 'client'] as const;
export type SwotPerspective = (typeof SWOT_PERSPECTIVES)[number];

/** PESTEL. */
export const ENVIRONMENT_DIMENSIONS = ['political', 'economic', 'social', 'technological', 'environmental', 'legal'] as const;
export type EnvironmentDimension = (typeof ENVIRONMENT_DIMENSIONS)[number];

/** What a factor does to the client's business. */
export const FACTOR_EFFECTS = ['favourable', 'neutral', 'unfavourable'] as const;
export type FactorEffect = (typeof FACTOR_EFFECTS)[number];

/** Codes in the events: a further one needs no new version of them. */
export const ESTIMATE_SOURCES = ['client', 'annual-report', 'analyst', 'benchmark', 'team'] as const;
export const CONFIDENCES = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Where a figure comes from, how sure it is and of which day it is (domain.md 3.6). */
export interface Estimate {
  /** One of ESTIMATE_SOURCES. */
  readonly source: string;
  readonly confidence: Confidence;
  readonly estimatedOn: DateOnly;
}

/** The people that a plan has to name (domain.md 3.7). */
export const KEY_PERSON_ROLES = ['sponsor', 'decision-maker', 'champion'] as const;
export type KeyPersonRole = (typeof KEY_PERSON_ROLES)[number];

/** What one buying centre of the client could buy of one offering. */
export interface WhitespaceCell {
  readonly buyingCentreId: string;
  readonly offeringId: string;
}

/** The analysis of the account's environment (domain.md M11, M0). */
export type PlanEnvironmentEvent =
  | DomainEvent<'accounts.account-plan.swot-item-recorded', { itemId: string; quadrant: SwotQuadrant; perspective: SwotPerspective; text: string }>
  | DomainEvent<'accounts.account-plan.swot-item-retired', { itemId: string; reason: string }>
  | DomainEvent<'accounts.account-plan.environment-factor-recorded', { factorId: string; dimension: EnvironmentDimension; effect: FactorEffect; text: string }>
  | DomainEvent<'accounts.account-plan.environment-factor-retired', { factorId: string; reason: string }>
  /** A figure by which the client steers itself, as it is known. */
  | DomainEvent<'accounts.account-plan.client-kpi-recorded', { code: string; label: string; value: number; unit: string; measuredOn: DateOnly }>
  /** Share in per cent of what the client spends on a category. A share of 0: the competitor is gone. `contractEndsOn`: when its contract is up for renewal. */
  | DomainEvent<'accounts.account-plan.competitor-position-recorded', { competitor: string; category: string; sharePercent: number; contractEndsOn: DateOnly | null } & Estimate>
  /** What the client spends on a category in a year, and our part of it. */
  | DomainEvent<'accounts.account-plan.wallet-estimated', { category: string; spend: Money; ourRevenue: Money } & Estimate>
  /** `accountId`: the subsidiary that it is, where it is an account of its own. */
  | DomainEvent<'accounts.account-plan.buying-centre-recorded', { buyingCentreId: string; name: string; accountId: string | null }>
  /** `potential`: what the cell could buy in a year, from us or from a rival; `addressable`: the part that is open to us now. */
  | DomainEvent<'accounts.account-plan.potential-estimated', WhitespaceCell & { readonly potential: Money; readonly addressable: Money | null } & Estimate>
  /** What the cell buys from us in a year. */
  | DomainEvent<'accounts.account-plan.cell-revenue-recorded', WhitespaceCell & { readonly revenue: Money; readonly asOf: DateOnly }>
  /** We earn more than was thought possible: the estimate is void until there is a new one. */
  | DomainEvent<'accounts.account-plan.potential-contradicted', WhitespaceCell & { readonly potential: Money; readonly revenue: Money }>
  /** Not eligible: the cell counts on neither side of a ratio. */
  | DomainEvent<'accounts.account-plan.cell-excluded', WhitespaceCell & { readonly reason: string }>
  | DomainEvent<'accounts.account-plan.cell-included', WhitespaceCell>
  | DomainEvent<'accounts.account-plan.key-person-named', { role: KeyPersonRole; stakeholderId: string }>
  /** Nobody yet: an action of the plan is to find somebody. */
  | DomainEvent<'accounts.account-plan.key-person-gap-recorded', { role: KeyPersonRole; actionId: string }>;

export interface PlanAction {
  readonly actionId: string;
  readonly title: string;
  readonly ownerId: string | null;
  readonly startOn: DateOnly | null;
  readonly dueOn: DateOnly;
  readonly objectiveId: string | null;
  readonly dependsOn: readonly string[];
}

/** Project mode (domain.md M2): open, in progress, done or cancelled. */
export type PlanActionEvent =
  | DomainEvent<'accounts.account-plan.action-added', PlanAction & Sourced>
  | DomainEvent<'accounts.account-plan.action-assigned', { actionId: string; ownerId: string }>
  /** All actions that have to be done before it. */
  | DomainEvent<'accounts.account-plan.action-dependencies-set', { actionId: string; dependsOn: readonly string[] }>
  | DomainEvent<'accounts.account-plan.action-started', { actionId: string }>
  | DomainEvent<'accounts.account-plan.action-completed', { actionId: string; note: string | null }>
  | DomainEvent<'accounts.account-plan.action-cancelled', { actionId: string; reason: string }>
  /** `times`: how often by now. */
  | DomainEvent<'accounts.account-plan.action-rescheduled', { actionId: string; dueOn: DateOnly; reason: string; times: ActionReschedulings }>
  /** Rescheduled as often as the policy of the day lets pass: the director is told. */
  | DomainEvent<'accounts.account-plan.action-slipped', { actionId: string; title: string; dueOn: DateOnly; times: ActionReschedulings }>
  /** `actionIds`: what has to be done before it is reached. */
  | DomainEvent<'accounts.account-plan.milestone-set', { milestoneId: string; title: string; dueOn: DateOnly; actionIds: readonly string[] }>
  | DomainEvent<'accounts.account-plan.milestone-reached', { milestoneId: string; note: string | null }>;

/** @asType integer */
export type ActionReschedulings = number;

export type AccountPlanEvent =
  /** All money of the plan is in this currency. */
  | DomainEvent<'accounts.account-plan.drafted', { accountId: string; fiscalYear: FiscalYear; currency: string; provenance: Provenance | null }>
  | PlanEnvironmentEvent
  | PlanActionEvent
  | PlanObjectiveEvent<'accounts.account-plan'>
  | PlanLifecycleEvent<'accounts.account-plan'>
  /** An import is taken back: supersedes all that was said. The ids are those of what it takes along. */
  | DomainEvent<'accounts.account-plan.withdrawn', { reason: string; objectiveIds: readonly string[]; actionIds: readonly string[] }>;

/**
 * The calendar year in which the fiscal year begins.
 * @asType integer
 */
export type FiscalYear = number;

/** Strategy and work for one account in one fiscal year. */
export const accountPlanContract = defineContract<AccountPlanEvent>({
  service: 'accounts',
  name: 'account-plan',
  streamPrefix: 'plan',
  events: {
    'accounts.account-plan.drafted': { version: 1 },
    'accounts.account-plan.swot-item-recorded': { version: 1 },
    'accounts.account-plan.swot-item-retired': { version: 1 },
    'accounts.account-plan.environment-factor-recorded': { version: 1 },
    'accounts.account-plan.environment-factor-retired': { version: 1 },
    'accounts.account-plan.client-kpi-recorded': { version: 1 },
    'accounts.account-plan.competitor-position-recorded': { version: 1 },
    'accounts.account-plan.wallet-estimated': { version: 1 },
    'accounts.account-plan.buying-centre-recorded': { version: 1 },
    'accounts.account-plan.potential-estimated': { version: 1 },
    'accounts.account-plan.cell-revenue-recorded': { version: 1 },
    'accounts.account-plan.potential-contradicted': { version: 1 },
    'accounts.account-plan.cell-excluded': { version: 1 },
    'accounts.account-plan.cell-included': { version: 1 },
    'accounts.account-plan.key-person-named': { version: 1 },
    'accounts.account-plan.key-person-gap-recorded': { version: 1 },
    'accounts.account-plan.action-added': { version: 2, upcast: unsourced<PlanAction>() },
    'accounts.account-plan.action-assigned': { version: 1 },
    'accounts.account-plan.action-dependencies-set': { version: 1 },
    'accounts.account-plan.action-started': { version: 1 },
    'accounts.account-plan.action-completed': { version: 1 },
    'accounts.account-plan.action-cancelled': { version: 1 },
    'accounts.account-plan.action-rescheduled': { version: 1 },
    'accounts.account-plan.action-slipped': { version: 1 },
    'accounts.account-plan.milestone-set': { version: 1 },
    'accounts.account-plan.milestone-reached': { version: 1 },
    ...planEvents('accounts.account-plan'),
    'accounts.account-plan.withdrawn': { version: 1 },
  },
});
