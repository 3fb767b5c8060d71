import { type PlanKind, planUseCase } from '../plan/plan-use-case.js';
import type { AccountPlanEvent } from '@keyfold/contracts';
import { type AccountPlan, accountOf, accountPlan, accountPlanLife, accountPlanObjectives, close, known, type KnownAccountPlan } from './account-plan.aggregate.js';

export const ACCOUNT_PLANS: PlanKind<AccountPlan, KnownAccountPlan, AccountPlanEvent> = {
  path: 'account-plans',
  name: 'AccountPlan',
  on: accountPlan,
  known,
  accountOf,
  life: accountPlanLife,
  objectives: accountPlanObjectives,
  close,
};

export const accountPlanUseCase = planUseCase(ACCOUNT_PLANS);
