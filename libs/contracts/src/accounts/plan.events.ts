import { type AggregateContract, type DomainEvent, upcastFrom } from '@keyfold/event-sourcing';
import type { DateOnly, Instant, Provenance } from '../common.js';

// What account plans and marketing plans have in common. Each of them has these events under its own name.

/** `rejected` and `recalled` are what is to be reworked into a draft; a revision is a draft of the next version while the one before it stays in force. */
export const PLAN_STATUSES = ['draft', 'submitted', 'rejected', 'recalled', 'approved', 'active', 'closed'] as const;
export type PlanStatus = (typeof PLAN_STATUSES)[number];

/** The life of a plan (domain.md 4.3). `version` counts the revisions, from 1; who submitted and who decided are team members. */
export type PlanLifecycleEvent<Plan extends string> =
  | DomainEvent<`${Plan}.submitted`, { version: PlanVersion; submittedById: string }>
  | DomainEvent<`${Plan}.recalled`, { version: PlanVersion; reason: string | null }>
  | DomainEvent<`${Plan}.rejected`, { version: PlanVersion; rejectedById: string; reason: string }>
  /** A rejected or recalled plan is a draft again. */
  | DomainEvent<`${Plan}.reworked`, { version: PlanVersion }>
  | DomainEvent<`${Plan}.approved`, { version: PlanVersion; approvedById: string; note: string | null }>
  /** This version is in force from here on, in the place of the one before it. */
  | DomainEvent<`${Plan}.activated`, { version: PlanVersion }>
  /** `version` is the new one; it is in force once it was submitted, approved and activated. */
  | DomainEvent<`${Plan}.revised`, { version: PlanVersion; reason: string }>
  /** What was still open when it ended. */
  | DomainEvent<`${Plan}.closed`, { reason: string; openObjectiveIds: readonly string[]; openActionIds: readonly string[] }>;

/** @asType integer */
export type PlanVersion = number;

/** What an objective is for (domain.md M1, M13); a code in the events, like the metric. */
export const OBJECTIVE_KINDS = ['retention', 'follow-up', 'relationship', 'growth', 'satisfaction', 'awareness', 'demand', 'csr'] as const;

/** What is measured. `other` is said by the title alone. A further one needs no new version of the events: they hold codes. */
export const OBJECTIVE_METRICS = [
  'nrr', 'grr', 'revenue', 'share-of-wallet', 'penetration', 'nps', 'csat', 'cadence-compliance', 'relationship-strength', 'relationship-level', 'c-level-coverage', 'thread-count',
  'response-rate', 'leads', 'attributed-value', 'exposure', 'sla-compliance', 'csr-score', 'other',
] as const;

/** `money` is in minor units of the plan's currency, `level` a rung from 1. */
export const OBJECTIVE_UNITS = ['percent', 'points', 'money', 'count', 'days', 'hours', 'level'] as const;
export type ObjectiveUnit = (typeof OBJECTIVE_UNITS)[number];

/** A measurable aim. The target may lie below the baseline: then less is better. */
export interface PlanObjective {
  readonly objectiveId: string;
  /** One of OBJECTIVE_KINDS. */
  readonly kind: string;
  readonly title: string;
  /** One of OBJECTIVE_METRICS. */
  readonly metric: string;
  readonly unit: ObjectiveUnit;
  readonly baseline: number;
  readonly target: number;
  readonly dueOn: DateOnly;
  /** Last instant of `dueOn` in the reporting time zone. */
  readonly dueAt: Instant;
  readonly ownerId: string;
}

/** Which import said it; null for what people do in Keyfold. */
export interface Sourced {
  readonly provenance: Provenance | null;
}

type RevisedObjective = PlanObjective & { readonly reason: string | null };

export type PlanObjectiveEvent<Plan extends string> =
  | DomainEvent<`${Plan}.objective-set`, PlanObjective & Sourced>
  /** Another aim under the same id; what was achieved or missed is open again. */
  | DomainEvent<`${Plan}.objective-revised`, RevisedObjective & Sourced>
  | DomainEvent<`${Plan}.objective-dropped`, { objectiveId: string; reason: string }>
  | DomainEvent<`${Plan}.objective-progress-recorded`, { objectiveId: string; value: number; measuredOn: DateOnly; note: string | null }>
  | DomainEvent<`${Plan}.objective-achieved`, { objectiveId: string; value: number }>
  /** The due date went by. `value`: the last one measured; null where nothing was. */
  | DomainEvent<`${Plan}.objective-missed`, { objectiveId: string; value: number | null }>;

const COMMON = [
  'submitted', 'recalled', 'rejected', 'reworked', 'approved', 'activated', 'revised',
  'objective-dropped', 'objective-progress-recorded', 'objective-achieved', 'objective-missed',
  'closed',
] as const;

/** What nobody says the source of counts as said in Keyfold. */
export const unsourced = <Before extends object>() => upcastFrom<Before>().to<Before & Sourced>((v1) => ({ ...v1, provenance: null }));

/** The versions of the common events, for the contract of a plan. */
export const planEvents = <Plan extends string>(plan: Plan): AggregateContract<PlanLifecycleEvent<Plan> | PlanObjectiveEvent<Plan>>['events'] =>
  ({
    ...Object.fromEntries(COMMON.map((event) => [`${plan}.${event}`, { version: 1 }])),
    [`${plan}.objective-set`]: { version: 2, upcast: unsourced<PlanObjective>() },
    [`${plan}.objective-revised`]: { version: 2, upcast: unsourced<RevisedObjective>() },
  }) as never;
