import { csrScorecardRefusals } from './accounts/csr-scorecard.refusals.js';
import { engagementPlanRefusals } from './accounts/engagement-plan.refusals.js';
import { importsRefusals } from './imports.refusals.js';
import { incidentRefusals } from './satisfaction/incident.refusals.js';
import { keyAccountRefusals } from './accounts/key-account.refusals.js';
import { offeringRefusals } from './opportunities/offering.refusals.js';
import { opportunityRefusals } from './opportunities/opportunity.refusals.js';
import { personRefusals } from './person.refusals.js';
import { marketingPlanRefusals } from './accounts/marketing-plan.refusals.js';
import { accountPlanRefusals, planRefusals } from './accounts/plan.refusals.js';
import { policyRefusals } from './accounts/policy.refusals.js';
import { portfolioRefusals } from './accounts/portfolio.refusals.js';
import { requisitionRefusals } from './accounts/requisition.refusals.js';
import { relationshipMapRefusals } from './accounts/relationship-map.refusals.js';
import { reservationRefusals } from './accounts/reservation.refusals.js';
import { stakeholderRefusals } from './accounts/stakeholder.refusals.js';
import { taskRefusals } from './accounts/task.refusals.js';
import { teamMemberRefusals } from './accounts/team-member.refusals.js';
import type { Sentences } from './refusal.js';

/** Every refusal of every service, by the aggregate that it speaks of. */
export const refusalLists: readonly Readonly<Record<string, Sentences>>[] = [
  personRefusals,
  importsRefusals,
  keyAccountRefusals,
  policyRefusals,
  portfolioRefusals,
  reservationRefusals,
  teamMemberRefusals,
  requisitionRefusals,
  taskRefusals,
  stakeholderRefusals,
  engagementPlanRefusals,
  planRefusals,
  accountPlanRefusals,
  marketingPlanRefusals,
  csrScorecardRefusals,
  relationshipMapRefusals,
  opportunityRefusals,
  offeringRefusals,
  incidentRefusals,
];
