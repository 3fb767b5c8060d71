import type { MarketingPlanEvent } from '@keyfold/contracts';
import { type PlanKind, planUseCase } from '../plan/plan-use-case.js';
import { accountOf, close, known, type KnownMarketingPlan, type MarketingPlan, marketingPlan, marketingPlanLife, marketingPlanObjectives } from './marketing-plan.aggregate.js';

export const MARKETING_PLANS: PlanKind<MarketingPlan, KnownMarketingPlan, MarketingPlanEvent> = {
  path: 'marketing-plans',
  name: 'MarketingPlan',
  on: marketingPlan,
  known,
  accountOf,
  life: marketingPlanLife,
  objectives: marketingPlanObjectives,
  close,
};

export const marketingPlanUseCase = planUseCase(MARKETING_PLANS);
