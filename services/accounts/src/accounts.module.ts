import { type DynamicModule, Module } from '@nestjs/common';
import { registry } from '@keyfold/contracts';
import { type Adapters, EventSourcingModule, useCases } from '@keyfold/event-sourcing-nest';
import { accountDirectory, type Config, finishErasureWhenItIsRequested, memberDirectory, personRoutes, serviceProviders } from '@keyfold/platform';
import { accountClosure } from './account-closure/account-closure.process.js';
import { csr } from './csr-scorecard/wiring.js';
import { engagement } from './engagement-plan/wiring.js';
import { addAccountTeamMemberCase, removeAccountTeamMemberCase } from './key-account/account-team.js';
import { Accounts } from './key-account/accounts.js';
import { assignOwnerCase } from './key-account/assign-owner.js';
import { accountSelectionQueries } from './key-account/account-selection.query.js';
import { accountTreeQuery } from './key-account/account-tree.query.js';
import { attachToParentCase, detachFromParentCase } from './key-account/attach-to-parent.js';
import { classifyAccountCase, setCurrencyCase } from './key-account/classify-account.js';
import { grantClosureCase, refuseClosureCase } from './key-account/decide-closure.js';
import { makeDormantCase, reactivateAccountCase } from './key-account/dormancy.js';
import { handOverCase, handOverWithPortfolioCase } from './key-account/hand-over.js';
import { Hierarchy } from './key-account/hierarchy.js';
import { huntingBoardQuery } from './key-account/hunting-board.query.js';
import { keyAccounts } from './key-account/key-accounts.projection.js';
import { keyAccountQueries } from './key-account/key-accounts.query.js';
import { mergeAccountCase } from './key-account/merge-account.js';
import { activateAccountCase, engageProspectCase, nominateProspectCase } from './key-account/prospects.js';
import { assignRaciCase, withdrawRaciCase } from './key-account/raci.js';
import { raciMatrixQuery } from './key-account/raci-matrix.query.js';
import { approveTierCase, rejectTierCase, requestTierCase, reviewTierCase, scoreAccountCase } from './key-account/request-tier.js';
import { disqualifyCase, qualifyAsKeyAccountCase } from './key-account/qualify-as-key-account.js';
import { registerClientCase } from './key-account/register-client.js';
import { registerProspectCase } from './key-account/register-prospect.js';
import { requestClosureCase } from './key-account/request-closure.js';
import { TierASeats } from './key-account/tier-a-seats.js';
import { TierTerms } from './key-account/tier-terms.js';
import { withdrawAccountCase } from './key-account/withdraw-account.js';
import { plans } from './plan/wiring.js';
import { policies, policyQueries } from './policy/policies.projection.js';
import { Policies } from './policy/policies.js';
import { publishPolicyCases } from './policy/publish-policy.js';
import { assignAccountCase, createPortfolioCase, leavePortfolioCase, releaseAccountCase, weighAccountCase } from './portfolio/keep-portfolio.js';
import { keepPortfolioInStepWithTheOwner } from './portfolio/keep-portfolio-in-step-with-the-owner.js';
import { portfolios } from './portfolio/portfolios.projection.js';
import { portfolioQueries, portfolioSummaryQuery } from './portfolio/portfolios.query.js';
import { handOverPortfolioCase, noteRefusalCase, resumeHandoverCase } from './portfolio-handover/hand-over-portfolio.js';
import { portfolioHandover } from './portfolio-handover/portfolio-handover.process.js';
import { people } from './relationship-map/wiring.js';
import { assignTaskCase, dismissTaskCase, doTaskCase } from './task/close-task.js';
import { raiseTaskWhenP1IncidentIsReported } from './task/raise-task-when-p1-incident-is-reported.js';
import { addTaskCase, raiseTaskCase } from './task/raise-task.js';
import { taskQueries, tasks } from './task/tasks.projection.js';
import { raiseTaskWhenTierReviewIsDue, remindOfTierReviewCase } from './tier-review/remind-of-tier-review.js';
import { tierReview } from './tier-review/tier-review.process.js';
import { team } from './team-member/wiring.js';

const persons = personRoutes('accounts');

const { controllers, providers } = useCases(
  'accounts',
  registerProspectCase,
  registerClientCase,
  qualifyAsKeyAccountCase,
  assignOwnerCase,
  handOverCase,
  handOverWithPortfolioCase,
  attachToParentCase,
  detachFromParentCase,
  mergeAccountCase,
  addAccountTeamMemberCase,
  removeAccountTeamMemberCase,
  requestClosureCase,
  grantClosureCase,
  refuseClosureCase,
  withdrawAccountCase,
  nominateProspectCase,
  engageProspectCase,
  activateAccountCase,
  makeDormantCase,
  reactivateAccountCase,
  scoreAccountCase,
  requestTierCase,
  approveTierCase,
  rejectTierCase,
  reviewTierCase,
  remindOfTierReviewCase,
  disqualifyCase,
  classifyAccountCase,
  setCurrencyCase,
  assignRaciCase,
  withdrawRaciCase,
  ...keyAccountQueries,
  ...accountSelectionQueries,
  accountTreeQuery,
  raciMatrixQuery,
  huntingBoardQuery,

  createPortfolioCase,
  weighAccountCase,
  assignAccountCase,
  releaseAccountCase,
  leavePortfolioCase,
  handOverPortfolioCase,
  resumeHandoverCase,
  noteRefusalCase,
  ...portfolioQueries,
  portfolioSummaryQuery,

  ...team.cases,

  addTaskCase,
  raiseTaskCase,
  assignTaskCase,
  doTaskCase,
  dismissTaskCase,
  ...taskQueries,

  ...people.cases,

  ...engagement.cases,

  ...csr.cases,

  ...plans.cases,

  ...publishPolicyCases,
  ...policyQueries,
);

@Module({
  controllers: [...controllers, ...persons.controllers],
  providers: [
    ...providers,
    ...persons.providers,
    ...plans.providers,
    ...engagement.providers,
    ...csr.providers,
    ...team.providers,
    ...people.providers,
    Accounts,
    Hierarchy,
    Policies,
    TierASeats,
    TierTerms,
  ],
})
export class AccountsModule {
  /** Everything that accounts consists of. */
  static on(adapters: Adapters, config: Config): DynamicModule {
    const definition = {
      service: 'accounts',
      registry,
      projections: [
        memberDirectory,
        accountDirectory,
        keyAccounts,
        portfolios,
        tasks,
        ...plans.projections,
        ...engagement.projections,
        ...csr.projections,
        ...team.projections,
        ...people.projections,
        policies,
      ],
      policies: [
        keepPortfolioInStepWithTheOwner,
        raiseTaskWhenTierReviewIsDue,
        raiseTaskWhenP1IncidentIsReported,
        ...plans.policies,
        ...engagement.policies,
        ...team.policies,
        ...people.policies,
        finishErasureWhenItIsRequested('accounts'),
      ],
      processes: [accountClosure, portfolioHandover, tierReview, ...plans.processes, ...engagement.processes, ...csr.processes, ...team.processes, ...people.processes],
    };
    return { module: AccountsModule, imports: [EventSourcingModule.forService(definition, adapters, serviceProviders(config))] };
  }
}
