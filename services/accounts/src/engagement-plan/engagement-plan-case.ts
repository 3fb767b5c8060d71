import { onePerAccount } from '../key-account/one-per-account.js';
import { engagementPlan } from './engagement-plan.aggregate.js';

/** Who is in contact with clients. */
export const CLIENT_FACING = ['kam', 'director', 'sales-engineer', 'project-manager', 'bid-manager', 'service-agent', 'csr-officer'] as const;

export const engagementPlanCase = onePerAccount('engagement-plans', engagementPlan);
