import { planLifecycleCases } from '../plan/plan-lifecycle.js';
import { Policies } from '../policy/policies.js';
import { missingFrom } from './marketing-plan.aggregate.js';
import { MARKETING_PLANS } from './marketing-plan.js';

/** Submission and approval are judged by the strategic axes in force on their day. */
export const marketingPlanLifecycleCases = planLifecycleCases(MARKETING_PLANS, {
  needs: [Policies],
  day: (_plan, [policies]) => policies.inForce('strategic-axes'),
  missing: missingFrom,
});
