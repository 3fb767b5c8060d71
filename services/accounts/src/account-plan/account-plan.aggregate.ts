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
}

export type AccountPlan = { readonly status: 'unknown' } | KnownAccountPlan;

const PLAN = 'accounts.account-plan';

const folds: Folds<KnownAccountPlan, AccountPlanEvent> = {
  'accounts.account-plan.drafted': (_state, { data }) => ({ ...NEW_PLAN, ...NO_ENVIRONMENT, ...NO_ACTIONS, objectives: [], accountId: data.accountId, fiscalYear: data.fiscalYear, currency: data.currency }),
  ...lifecycleFolds(PLAN),
  ...objectiveFolds(PLAN),
  ...environmentFolds(),
  ...actionFolds(),
};

export const accountPlan = decider<AccountPlan, AccountPlanEvent>({
  contract: accountPlanContract,
  initial: { status: 'unknown' },
  partitionKey: (first) => (first.type === 'accounts.account-plan.drafted' ? first.data.accountId : null),
  evolve: (state, fact) => (folds[fact.type] as ((state: AccountPlan, event: typeof fact) => AccountPlan) | undefined)?.(state, fact) ?? state,
});

/** The life and the objectives of an account plan. */
export const accountPlanLife = new PlanLifecycle(PLAN);
export const accountPlanObjectives = new PlanObjectives(PLAN);

/** The plan; refuses one that is not there. */
export function known(plan: AccountPlan): KnownAccountPlan {
  if (plan.status === 'unknown') throw new DomainError('plan-unknown');
  return plan;
}

/** The account that a plan belongs to; null while it is unknown. */
export const accountOf = (plan: AccountPlan): string | null => (plan.status === 'unknown' ? null : plan.accountId);

/** Says which plan it is; an import may say it again. */
export function draft(plan: AccountPlan, facts: { accountId: string; fiscalYear: number; currency: string; provenance: Provenance | null }): AccountPlanEvent[] {
  if (plan.status === 'unknown') return [{ type: 'accounts.account-plan.drafted', data: facts }];
  const { accountId, fiscalYear, currency } = plan;
  if (accountId === facts.accountId && fiscalYear === facts.fiscalYear && currency === facts.currency) return [];
  throw new DomainError('plan-exists');
}

export const close = (plan: KnownAccountPlan, reason: string): AccountPlanEvent[] =>
  accountPlanLife.close(plan, reason, { openObjectiveIds: openObjectives(plan), openActionIds: openActions(plan) });
