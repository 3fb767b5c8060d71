import { type AggregateContract, EventRegistry } from '@keyfold/event-sourcing';
import { csrScorecardContract } from './accounts/csr-scorecard.events.js';
import { engagementPlanContract } from './accounts/engagement-plan.events.js';
import { accountPlanContract } from './accounts/account-plan.events.js';
import { keyAccountContract } from './accounts/key-account.events.js';
import { policyContract } from './accounts/policy.events.js';
import { portfolioContract } from './accounts/portfolio.events.js';
import { requisitionContract } from './accounts/requisition.events.js';
import { relationshipMapContract } from './accounts/relationship-map.events.js';
import { reportingLinesContract } from './accounts/reporting-lines.events.js';
import { reservationContract } from './accounts/reservation.events.js';
import { stakeholderContract } from './accounts/stakeholder.events.js';
import { taskContract } from './accounts/task.events.js';
import { teamMemberContract } from './accounts/team-member.events.js';
import { marketingPlanContract } from './accounts/marketing-plan.events.js';
import { termContract } from './accounts/term.events.js';
import { opportunityGuardContract, satisfactionGuardContract } from './guard.events.js';
import { offeringContract } from './opportunities/offering.events.js';
import { opportunityContract } from './opportunities/opportunity.events.js';
import { accountsPersonContract, satisfactionPersonContract } from './person.events.js';
import {
  accessExpiryContract,
  accountClosureContract,
  missedCadenceContract,
  missedCommitmentContract,
  missedObjectivesContract,
  opportunityClosureCheckContract,
  portfolioHandoverContract,
  satisfactionClosureCheckContract,
  tierReviewContract,
  workloadReviewContract,
  retentionContract,
} from './processes.js';
import { incidentContract } from './satisfaction/incident.events.js';

export * from './accounts/csr-scorecard.events.js';
export * from './accounts/engagement-plan.events.js';
export * from './accounts/account-plan.events.js';
export * from './accounts/key-account.events.js';
export * from './accounts/marketing-plan.events.js';
export * from './accounts/plan.events.js';
export * from './accounts/policy.events.js';
export * from './accounts/portfolio.events.js';
export * from './accounts/requisition.events.js';
export * from './accounts/relationship-map.events.js';
export * from './accounts/reporting-lines.events.js';
export * from './accounts/reservation.events.js';
export * from './accounts/stakeholder.events.js';
export * from './accounts/task.events.js';
export * from './accounts/team-member.events.js';
export * from './accounts/term.events.js';
export * from './common.js';
export * from './guard.events.js';
export * from './opportunities/offering.events.js';
export * from './opportunities/opportunity.events.js';
export * from './person.events.js';
export * from './processes.js';
export * from './refusal.js';
export * from './refusals.js';
export * from './satisfaction/incident.events.js';

export * from './asyncapi.js';

/** Every aggregate and process of every service. */
export const contracts = [
  keyAccountContract,
  policyContract,
  portfolioContract,
  reservationContract,
  teamMemberContract,
  requisitionContract,
  termContract,
  taskContract,
  engagementPlanContract,
  accountPlanContract,
  marketingPlanContract,
  csrScorecardContract,
  accountsPersonContract,
  stakeholderContract,
  relationshipMapContract,
  reportingLinesContract,
  offeringContract,
  opportunityContract,
  opportunityGuardContract,
  incidentContract,
  satisfactionGuardContract,
  satisfactionPersonContract,
  accountClosureContract,
  missedCadenceContract,
  missedObjectivesContract,
  portfolioHandoverContract,
  tierReviewContract,
  missedCommitmentContract,
  opportunityClosureCheckContract,
  satisfactionClosureCheckContract,
  accessExpiryContract,
  workloadReviewContract,
  retentionContract,
] as readonly AggregateContract<never>[] as readonly AggregateContract[];

export const registry = new EventRegistry(contracts);
