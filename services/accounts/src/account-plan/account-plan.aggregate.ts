import { type AccountPlanEvent, accountPlanContract, type Provenance } from '@keyfold/contracts';
import { decider, DomainError } from '@keyfold/event-sourcing';
import type { Folds } from '../plan/plan-items.aggregate.js';
import { lifecycleFolds, NEW_PLAN, PlanLifecycle } from '../plan/plan-lifecycle.aggregate.js';
import { objectiveFolds, openObjectives, PlanObjectives, type WithObjectives } from '../plan/plan-objectives.aggregate.js';
import { actionFolds, NO_ACTIONS, openActions, type WithActions } from './account-plan.actions.aggregate.js';
import { environmentFolds, NO_ENVIRONMENT, type WithEnvironment } from './account-plan.environment.aggregate.js';

export interface KnownAccountPlan extends WithObjectives, WithEnvironment, WithActions {
  readonly accountId: string;
  readonly fiscalYear: number;
  readonly provenance: Provenance | null;
  /** Something was said that its import does not say. */
  readonly built: boolean;
  readonly versions: number;
}

export type AccountPlan = { readonly status: 'unknown' } | { readonly status: 'withdrawn'; readonly accountId: string } | KnownAccountPlan;

const PLAN = 'accounts.account-plan';

type Withdrawn = Extract<AccountPlanEvent, { type: 'accounts.account-plan.withdrawn' }>;

const folds: Folds<KnownAccountPlan, Exclude<AccountPlanEvent, Withdrawn>> = {
  'accounts.account-plan.drafted': (_state, { data }) => ({ ...NEW_PLAN, ...NO_ENVIRONMENT, ...NO_ACTIONS, objectives: [], ...data, built: false, versions: 0 }),
  ...lifecycleFolds(PLAN),
  ...objectiveFolds(PLAN),
  ...environmentFolds(),
  ...actionFolds(),
};

export const accountPlan = decider<AccountPlan, AccountPlanEvent>({
  contract: accountPlanContract,
  initial: { status: 'unknown' },
  partitionKey: (first) => (first.type === 'accounts.account-plan.drafted' ? first.data.accountId : null),
  evolve(state, fact): AccountPlan {
    if (fact.type === 'accounts.account-plan.withdrawn') return { status: 'withdrawn', accountId: (state as KnownAccountPlan).accountId };
    const folded = (folds[fact.type] as ((state: AccountPlan, event: typeof fact) => KnownAccountPlan) | undefined)?.(state, fact);
    return folded ? { ...folded, built: folded.built || runOf(fact) !== folded.provenance?.run, versions: fact.version } : state;
  },
});

/** The import that says it; undefined for what people do in Keyfold. */
const runOf = ({ data }: AccountPlanEvent): string | undefined => ('provenance' in data ? data.provenance?.run : undefined);

/** The life and the objectives of an account plan. */
export const accountPlanLife = new PlanLifecycle(PLAN);
export const accountPlanObjectives = new PlanObjectives(PLAN);

/** The plan; refuses one that is not there. */
export function known(plan: AccountPlan): KnownAccountPlan {
  if (plan.status === 'unknown' || plan.status === 'withdrawn') throw new DomainError('plan-unknown');
  return plan;
}

/** The account that a plan belongs to; null while it is unknown. */
export const accountOf = (plan: AccountPlan): string | null => (plan.status === 'unknown' ? null : plan.accountId);

/** Says which plan it is; an import may say it again, also after it was taken back, but of no other account: the stream lies with its first one on the topic. */
export function draft(plan: AccountPlan, facts: { accountId: string; fiscalYear: number; currency: string; provenance: Provenance | null }): AccountPlanEvent[] {
  if (plan.status === 'withdrawn' && plan.accountId !== facts.accountId) throw new DomainError('plan-elsewhere');
  if (plan.status === 'unknown' || plan.status === 'withdrawn') return [{ type: 'accounts.account-plan.drafted', data: facts }];
  const { accountId, fiscalYear, currency } = plan;
  if (accountId === facts.accountId && fiscalYear === facts.fiscalYear && currency === facts.currency) return [];
  throw new DomainError('plan-exists');
}

/** Takes an imported plan back while it is a draft of which nothing was said but what its import says. */
export function withdraw(plan: AccountPlan, reason: string): AccountPlanEvent[] {
  if (plan.status === 'withdrawn') return [];
  const { provenance, built, versions, objectives, actions } = known(plan);
  if (!provenance) throw new DomainError('withdraw-not-imported');
  if (built) throw new DomainError('withdraw-built-upon');
  const [objectiveIds, actionIds] = [objectives, actions].map((parts) => parts.map(({ id }) => id)) as [string[], string[]];
  return [{ type: 'accounts.account-plan.withdrawn', data: { reason, objectiveIds, actionIds }, supersedes: Array.from({ length: versions }, (_, i) => i + 1) }];
}

export const close = (plan: KnownAccountPlan, reason: string): AccountPlanEvent[] =>
  accountPlanLife.close(plan, reason, { openObjectiveIds: openObjectives(plan), openActionIds: openActions(plan) });
