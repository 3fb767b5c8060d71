import { describe, expect, it } from '@jest/globals';
import { foldingOf, goldenStories, holesIn, statesAlong } from '@keyfold/testing';
import { personOf } from '@keyfold/platform';
import { accessExpiry } from './access-expiry/access-expiry.process.js';
import { term } from './glossary/term.aggregate.js';
import { accountClosure } from './account-closure/account-closure.process.js';
import { accountPlan } from './account-plan/account-plan.aggregate.js';
import { csrScorecard } from './csr-scorecard/csr-scorecard.aggregate.js';
import { missedCommitment } from './csr-scorecard/missed-commitment.process.js';
import { engagementPlan } from './engagement-plan/engagement-plan.aggregate.js';
import { missedCadence } from './engagement-plan/missed-cadence.process.js';
import { keyAccount } from './key-account/key-account.aggregate.js';
import { marketingPlan } from './marketing-plan/marketing-plan.aggregate.js';
import { missedObjectives } from './plan/missed-objectives.process.js';
import { policy } from './policy/policy.aggregate.js';
import { portfolio } from './portfolio/portfolio.aggregate.js';
import { portfolioHandover } from './portfolio-handover/portfolio-handover.process.js';
import { requisition } from './requisition/requisition.aggregate.js';
import { relationshipMap } from './relationship-map/relationship-map.aggregate.js';
import { reportingLines } from './relationship-map/reporting-lines.aggregate.js';
import { reservation } from './reservation/reservation.aggregate.js';
import { retention } from './stakeholder/retention.process.js';
import { stakeholder } from './stakeholder/stakeholder.aggregate.js';
import { task } from './task/task.aggregate.js';
import { teamMember } from './team-member/team-member.aggregate.js';
import { tierReview } from './tier-review/tier-review.process.js';
import { workloadReview } from './workload/workload-review.process.js';

const foldings = [
  keyAccount,
  engagementPlan,
  csrScorecard,
  policy,
  portfolio,
  reservation,
  relationshipMap,
  reportingLines,
  stakeholder,
  task,
  teamMember,
  personOf('accounts').decider,
  foldingOf(accountClosure),
  foldingOf(retention),
  foldingOf(missedCadence),
  foldingOf(missedCommitment),
  accountPlan,
  marketingPlan,
  foldingOf(missedObjectives),
  foldingOf(accessExpiry),
  foldingOf(workloadReview),
  foldingOf(portfolioHandover),
  foldingOf(tierReview),
  requisition,
  term,
];

describe.each(foldings)('the fold of $contract.name', (folding) => {
  it.each(goldenStories(folding))('takes $type in version $version', (story) => {
    const states = statesAlong(story, folding);
    expect(states.flatMap((state) => holesIn(state))).toEqual([]);
    expect(states[1]).not.toEqual(folding.initial);
  });
});
