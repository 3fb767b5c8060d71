import { type MarketingPlanEvent, marketingPlanContract, type Provenance, type StrategicAxesPolicy } from '@keyfold/contracts';
import { decider, DomainError } from '@keyfold/event-sourcing';
import { type Folds, sameContent } from '../plan/plan-items.aggregate.js';
import { assertDraft, lifecycleFolds, NEW_PLAN, PlanLifecycle } from '../plan/plan-lifecycle.aggregate.js';
import { objectiveFolds, openObjectives, PlanObjectives, type WithObjectives } from '../plan/plan-objectives.aggregate.js';
import { campaignFolds, NO_CAMPAIGNS, type WithCampaigns } from './marketing-plan.campaigns.aggregate.js';
import { boundOn, meansFolds, NO_MEANS, withCeilings, type WithMeans } from './marketing-plan.means.aggregate.js';

export interface Strategy {
  readonly ambition: string;
  readonly audience: string;
  readonly proposition: string;
  readonly levers: readonly string[];
}

export interface KnownMarketingPlan extends WithObjectives, WithMeans, WithCampaigns {
  readonly accountId: string;
  readonly title: string;
  readonly fiscalYear: number;
  readonly axisCode: string | null;
  readonly strategy: Strategy | null;
}

export type MarketingPlan = { readonly status: 'unknown' } | KnownMarketingPlan;

const PLAN = 'accounts.marketing-plan';

/** Also what the read model of a plan is folded with. */
export const marketingPlanFolds: Folds<KnownMarketingPlan, MarketingPlanEvent> = {
  ...lifecycleFolds<typeof PLAN, KnownMarketingPlan>(PLAN),
  ...objectiveFolds(PLAN),
  ...meansFolds(),
  ...campaignFolds(),
  'accounts.marketing-plan.drafted': (_state, { data: { accountId, title, fiscalYear, currency } }) => ({
    ...{ ...NEW_PLAN, ...NO_MEANS, ...NO_CAMPAIGNS, objectives: [], axisCode: null, strategy: null },
    ...{ accountId, title, fiscalYear, currency },
  }),
  'accounts.marketing-plan.aligned-with-axis': (state, { data }) => ({ ...state, axisCode: data.axisCode }),
  'accounts.marketing-plan.strategy-defined': (state, { data }) => ({ ...state, strategy: data }),
  'accounts.marketing-plan.approved': (state) => withCeilings({ ...state, status: 'approved' }),
};

export const marketingPlan = decider<MarketingPlan, MarketingPlanEvent>({
  contract: marketingPlanContract,
  initial: { status: 'unknown' },
  partitionKey: (first) => (first.type === 'accounts.marketing-plan.drafted' ? first.data.accountId : null),
  evolve: (state, fact) => (marketingPlanFolds[fact.type] as ((state: MarketingPlan, event: typeof fact) => MarketingPlan) | undefined)?.(state, fact) ?? state,
});

/** The life and the objectives of a marketing plan. */
export const marketingPlanLife = new PlanLifecycle(PLAN);
export const marketingPlanObjectives = new PlanObjectives(PLAN);

/** The plan; refuses one that is not there. */
export function known(plan: MarketingPlan): KnownMarketingPlan {
  if (plan.status === 'unknown') throw new DomainError('plan-unknown');
  return plan;
}

/** Whether a won deal counts in the plan. */
export const isAttributedIn = (plan: MarketingPlan, opportunityId: string): boolean => plan.status !== 'unknown' && plan.attributions.some(({ id }) => id === opportunityId);

/** The account that a plan belongs to; null while it is unknown. */
export const accountOf = (plan: MarketingPlan): string | null => (plan.status === 'unknown' ? null : plan.accountId);

/** Says which plan it is; an import may say it again. */
export function draft(plan: MarketingPlan, facts: { accountId: string; title: string; fiscalYear: number; currency: string; provenance: Provenance | null }): MarketingPlanEvent[] {
  if (plan.status === 'unknown') return [{ type: 'accounts.marketing-plan.drafted', data: facts }];
  const { accountId, title, fiscalYear, currency } = plan;
  if (accountId === facts.accountId && title === facts.title && fiscalYear === facts.fiscalYear && currency === facts.currency) return [];
  throw new DomainError('plan-exists');
}

/** `axes`: those in force on the day. */
export function align(plan: KnownMarketingPlan, axisCode: string, { axes }: StrategicAxesPolicy): MarketingPlanEvent[] {
  assertDraft(plan);
  if (!axes.some(({ code }) => code === axisCode)) throw new DomainError('marketing-axis-not-in-force', { axisCode });
  return plan.axisCode === axisCode ? [] : [{ type: 'accounts.marketing-plan.aligned-with-axis', data: { axisCode } }];
}

export function defineStrategy(plan: KnownMarketingPlan, strategy: Strategy): MarketingPlanEvent[] {
  assertDraft(plan);
  return plan.strategy && sameContent(plan.strategy, strategy) ? [] : [{ type: 'accounts.marketing-plan.strategy-defined', data: strategy }];
}

/** What a plan lacks for its submission, all of it, as codes (domain.md 4.3): judged by the axes in force on the day. */
export function missingFrom(plan: KnownMarketingPlan, { axes }: StrategicAxesPolicy): readonly string[] {
  const isInForce = axes.some(({ code }) => code === plan.axisCode);
  const tooSmall = plan.lines.some(({ id, plannedMinor }) => plannedMinor < boundOn(plan, id));
  return [
    ...(plan.axisCode === null ? ['axis'] : isInForce ? [] : ['axis-in-force']),
    ...(plan.strategy === null ? ['strategy'] : []),
    ...(openObjectives(plan).length === 0 ? ['objective'] : []),
    ...(plan.lines.length === 0 ? ['budget'] : []),
    ...(tooSmall ? ['budget-for-commitments'] : []),
  ];
}

export const close = (plan: KnownMarketingPlan, reason: string): MarketingPlanEvent[] =>
  marketingPlanLife.close(plan, reason, { openObjectiveIds: openObjectives(plan), openActionIds: [] });
