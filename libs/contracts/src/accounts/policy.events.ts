import { type AggregateContract, defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Bilingual, DateOnly } from '../common.js';

/**
 * What an organisation decides for itself (domain.md W2, W3), by kind. Each kind has streams `policy-<kind>--<code>`; `default` is the code where there is but one.
 * Every version is valid from its day until the next one's; what was decided on a day is judged by the version of that day.
 */
export interface PolicyContents {
  readonly tiers: TierPolicy;
  readonly selection: SelectionPolicy;
  readonly cadence: CadencePolicy;
  readonly authority: AuthorityPolicy;
  readonly workload: WorkloadPolicy;
  readonly capacity: CapacityPolicy;
  readonly 'strategic-axes': StrategicAxesPolicy;
  readonly plans: PlansPolicy;
  readonly csr: CsrPolicy;
  readonly emissions: EmissionsPolicy;
  readonly retention: RetentionPolicy;
  readonly calendar: CalendarPolicy;
  readonly 'sector-pack': SectorPackPolicy;
  readonly 'role-labels': RoleLabelsPolicy;
}

export type PolicyKind = keyof PolicyContents;

export const POLICY_KINDS = [
  'tiers', 'selection', 'cadence', 'authority', 'workload', 'capacity', 'strategic-axes', 'plans', 'csr', 'emissions', 'retention', 'calendar', 'sector-pack', 'role-labels',
] as const satisfies readonly PolicyKind[];

/** A number for each tier. */
export interface PerTier {
  readonly A: number;
  readonly B: number;
  readonly C: number;
}

export interface TierPolicy {
  /** Accounts of tier A that one key account manager may have. */
  readonly tierALimit: number;
  /** Months after which a tier is to be looked at again. */
  readonly reviewMonths: number;
  /** Months without revenue after which an active account may be made dormant. */
  readonly dormantAfterMonths: number;
}

/** How attractive a client is as a key account (domain.md H2): criteria scored 0 to 10, weights add up to 100. */
export interface SelectionPolicy {
  readonly criteria: readonly { readonly code: string; readonly label: Bilingual; readonly weight: number }[];
  /** Score, 0 to 100, from which each tier may be given. */
  readonly thresholds: PerTier;
}

/** Within how many days each kind of touch falls due (domain.md 3.10). */
export interface CadencePolicy {
  readonly operationalDays: PerTier;
  readonly businessReviewDays: PerTier;
  readonly executiveReviewDays: PerTier;
}

/** How much each role may grant alone, in per cent of the price (domain.md 4.6, H6). Above the last one the director and finance decide together. */
export interface AuthorityPolicy {
  readonly discountPercent: { readonly team: number; readonly kam: number; readonly director: number };
}

/** Hours a month that an account of each tier takes, what a key account manager has, and from which load on the manager is told (domain.md 3.15). */
export interface WorkloadPolicy {
  readonly hoursPerAccount: PerTier;
  readonly hoursAvailable: number;
  readonly thresholdPercent: number;
}

/**
 * What a member can sell and work (domain.md 3.15), where nothing else was set for him: per cent of the quota in each quarter from the first day on, what of it is
 * expected to be reached, what of the working time goes into selling, and the hours a month that an open task takes.
 */
export interface CapacityPolicy {
  readonly rampPercentByQuarter: readonly number[];
  readonly expectedAttainmentPercent: number;
  readonly utilisationPercent: number;
  readonly hoursPerTask: number;
}

/** What the company wants (domain.md M9): marketing plans cite one of these. */
export interface StrategicAxesPolicy {
  readonly axes: readonly { readonly code: string; readonly label: Bilingual }[];
}

/** What a plan must have before it is submitted, and from when on somebody is told (domain.md 4.3, 3.17). */
export interface PlansPolicy {
  /** SWOT items that each quadrant needs. */
  readonly swotItemsPerQuadrant: number;
  /** Part of the eligible cells whose potential must be estimated, in per cent. */
  readonly whitespaceCoveragePercent: number;
  /** The director is told of an action that is rescheduled this often, and from then on every time. */
  readonly reschedulingsUntilAlert: number;
  /** What may be spent above a commitment before it counts as an overrun, in per cent. */
  readonly spendTolerancePercent: number;
  /** A plan in which something happened within these days is a living one. */
  readonly livingPlanDays: number;
}

/** Weights of the three pillars, which add up to 100, and the amount from which a proposal needs a CSR review (domain.md 3.16). */
export interface CsrPolicy {
  readonly weights: { readonly society: number; readonly economy: number; readonly environment: number };
  readonly reviewFrom: { readonly amountMinor: number; readonly currency: string };
}

/** Grams of CO2 equivalent per kilometre by means of transport. */
export interface EmissionsPolicy {
  readonly gramsPerKm: { readonly plane: number; readonly train: number; readonly car: number };
}

/** Months after the last contact that came from a person after which the erasure of the person's data is proposed (domain.md 4.9). */
export interface RetentionPolicy {
  readonly months: number;
}

/** Working time of a country (code: ISO 3166-1 alpha-2, lower case). Weekdays as ISO numbers them, Monday 1 to Sunday 7. */
export interface CalendarPolicy {
  readonly timeZone: string;
  readonly weekend: readonly number[];
  readonly holidays: readonly DateOnly[];
}

/** What a sector brings along (domain.md W3): its taxonomy and its words. */
export interface SectorPackPolicy {
  readonly label: Bilingual;
  readonly subsectors: readonly { readonly code: string; readonly label: Bilingual }[];
}

/** What this organisation calls the roles (domain.md H4). */
export interface RoleLabelsPolicy {
  readonly labels: readonly { readonly role: string; readonly label: Bilingual }[];
}

export interface PolicyVersion<Content> {
  readonly validFrom: DateOnly;
  readonly reason: string;
  readonly content: Content;
}

export type PolicyEvent = { [Kind in PolicyKind]: DomainEvent<`accounts.policy.${Kind}-published`, PolicyVersion<PolicyContents[Kind]>> }[PolicyKind];

export const policyContract = defineContract<PolicyEvent>({
  service: 'accounts',
  name: 'policy',
  streamPrefix: 'policy',
  events: Object.fromEntries(POLICY_KINDS.map((kind) => [`accounts.policy.${kind}-published`, { version: 1 }])) as AggregateContract<PolicyEvent>['events'],
});

/** What holds where nothing was published. Values of domain.md: 3.7, 3.10, 3.15, 3.16, 4.1, 4.6, 4.9; selection criteria and emission factors are our proposal. */
export const DEFAULT_POLICIES: PolicyContents = {
  tiers: { tierALimit: 5, reviewMonths: 12, dormantAfterMonths: 12 },
  selection: {
    criteria: [
      { code: 'revenue', label: { en: 'Revenue', fr: "Chiffre d'affaires" }, weight: 30 },
      { code: 'growth', label: { en: 'Growth potential', fr: 'Potentiel de croissance' }, weight: 25 },
      { code: 'strategic-fit', label: { en: 'Strategic fit', fr: 'Adéquation stratégique' }, weight: 20 },
      { code: 'relationship', label: { en: 'Relationship', fr: 'Relation' }, weight: 15 },
      { code: 'reputation', label: { en: 'Reputation', fr: 'Réputation' }, weight: 10 },
    ],
    thresholds: { A: 75, B: 55, C: 35 },
  },
  cadence: { operationalDays: { A: 30, B: 42, C: 91 }, businessReviewDays: { A: 91, B: 182, C: 365 }, executiveReviewDays: { A: 182, B: 365, C: 730 } },
  authority: { discountPercent: { team: 5, kam: 10, director: 20 } },
  workload: { hoursPerAccount: { A: 8, B: 5, C: 2 }, hoursAvailable: 130, thresholdPercent: 100 },
  capacity: { rampPercentByQuarter: [0, 25, 50, 100], expectedAttainmentPercent: 100, utilisationPercent: 100, hoursPerTask: 1 },
  'strategic-axes': { axes: [] },
  plans: { swotItemsPerQuadrant: 1, whitespaceCoveragePercent: 80, reschedulingsUntilAlert: 3, spendTolerancePercent: 5, livingPlanDays: 45 },
  csr: { weights: { society: 35, economy: 30, environment: 35 }, reviewFrom: { amountMinor: 10_000_000, currency: 'EUR' } },
  emissions: { gramsPerKm: { plane: 230, train: 5, car: 190 } },
  retention: { months: 36 },
  calendar: { timeZone: 'Europe/Paris', weekend: [6, 7], holidays: [] },
  'sector-pack': { label: { en: 'No sector pack', fr: 'Aucun pack sectoriel' }, subsectors: [] },
  'role-labels': { labels: [] },
};

/** Id of a policy: `calendar--fr`. */
export const policyId = (kind: PolicyKind, code = 'default'): string => `${kind}--${code}`;
