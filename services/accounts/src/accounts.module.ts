import { type DynamicModule, Module } from '@nestjs/common';
import { registry } from '@keyfold/contracts';
import { type Adapters, EventSourcingModule, useCases } from '@keyfold/event-sourcing-nest';
import { accountDirectory, type Config, finishErasureWhenItIsRequested, memberDirectory, personRoutes, serviceProviders } from '@keyfold/platform';
import { accessExpiry } from './access-expiry/access-expiry.process.js';
import { accountClosure } from './account-closure/account-closure.process.js';
import { armCadenceWhenAccountIsQualified } from './engagement-plan/arm-cadence-when-account-is-qualified.js';
import { Cadences } from './engagement-plan/cadences.js';
import { Footprints } from './engagement-plan/footprints.js';
import { armCadenceCase, judgeCadenceCase } from './engagement-plan/judge-cadence.js';
import { logTouchpointCase } from './engagement-plan/log-touchpoint.js';
import { missedCadence } from './engagement-plan/missed-cadence.process.js';
import { endPauseCase, pauseCadenceCase, resumeCadenceCase } from './engagement-plan/pause-cadence.js';
import { setCadenceCase } from './engagement-plan/set-cadence.js';
import { touchpointQueries, touchpoints } from './engagement-plan/touchpoints.projection.js';
import { addAccountTeamMemberCase, removeAccountTeamMemberCase } from './key-account/account-team.js';
import { Accounts } from './key-account/accounts.js';
import { assignOwnerCase } from './key-account/assign-owner.js';
import { attachToParentCase } from './key-account/attach-to-parent.js';
import { grantClosureCase, refuseClosureCase } from './key-account/decide-closure.js';
import { handOverCase } from './key-account/hand-over.js';
import { keyAccountQueries, keyAccounts } from './key-account/key-accounts.projection.js';
import { qualifyAsKeyAccountCase } from './key-account/qualify-as-key-account.js';
import { registerClientCase } from './key-account/register-client.js';
import { registerProspectCase } from './key-account/register-prospect.js';
import { requestClosureCase } from './key-account/request-closure.js';
import { TierASeats } from './key-account/tier-a-seats.js';
import { withdrawAccountCase } from './key-account/withdraw-account.js';
import { plans } from './plan/wiring.js';
import { policies, policyQueries } from './policy/policies.projection.js';
import { Policies } from './policy/policies.js';
import { publishPolicyCases } from './policy/publish-policy.js';
import { departCase, moveToAccountCase, takeOverStakeholderCase } from './stakeholder/depart.js';
import { changeContactDetailsCase, changePositionCase } from './stakeholder/change-details.js';
import { registerStakeholderCase } from './stakeholder/register-stakeholder.js';
import { registerStakeholderWhenOneMoves } from './stakeholder/register-stakeholder-when-one-moves.js';
import { giveConsentCase, raiseOppositionCase, receiveContactCase } from './stakeholder/say-about-contact.js';
import { declareSupportCase, setBuyingRolesCase, setPoliticalStatusCase, setPreferredLanguageCase } from './stakeholder/set-standing.js';
import { stakeholderQueries, stakeholders } from './stakeholder/stakeholders.projection.js';
import { Stakeholders } from './stakeholder/stakeholders.js';
import { assignTaskCase, dismissTaskCase, doTaskCase } from './task/close-task.js';
import { raiseTaskWhenP1IncidentIsReported } from './task/raise-task-when-p1-incident-is-reported.js';
import { addTaskCase, raiseTaskCase } from './task/raise-task.js';
import { taskQueries, tasks } from './task/tasks.projection.js';
import { teamBoard } from './team-board/team-board.projection.js';
import { skillsMatrixQueries, teamBoardQueries } from './team-board/team-board.queries.js';
import { oneOnOneQueries, oneOnOnes } from './team-board/one-on-ones.projection.js';
import { teamCapacityQuery } from './team-board/team-capacity.query.js';
import { assessSkillCase, completeTrainingCase, confirmProbationCase, endProbationCase, holdOneOnOneCase, recordCredentialCase } from './team-member/develop-member.js';
import { expireAccessCase, grantRoleCase, revokeRoleCase } from './team-member/grant-role.js';
import { offboardMemberCase } from './team-member/offboard-member.js';
import { changeMemberPositionCase, onboardMemberCase, reassignMemberCase, withdrawMemberCase } from './team-member/onboard-member.js';
import { cancelAbsenceCase, recordAbsenceCase, setQuotaCase, setRampPlanCase } from './team-member/plan-member.js';
import { teamMemberQueries, teamMembers } from './team-member/team-members.projection.js';
import { TeamMembers } from './team-member/team-members.js';
import { kamWorkloadQuery } from './workload/kam-workload.queries.js';
import { proposeRequisitionWhenWorkloadExceedsThreshold } from './workload/propose-requisition-when-workload-exceeds-threshold.js';
import { reviewWorkloadCase } from './workload/review-workload.js';
import { workloadReview } from './workload/workload-review.process.js';
import { Workloads } from './workload/workloads.js';

const persons = personRoutes('accounts');

const { controllers, providers } = useCases(
  'accounts',
  registerProspectCase,
  registerClientCase,
  qualifyAsKeyAccountCase,
  assignOwnerCase,
  handOverCase,
  attachToParentCase,
  addAccountTeamMemberCase,
  removeAccountTeamMemberCase,
  requestClosureCase,
  grantClosureCase,
  refuseClosureCase,
  withdrawAccountCase,
  ...keyAccountQueries,

  onboardMemberCase,
  reassignMemberCase,
  withdrawMemberCase,
  ...teamMemberQueries,
  changeMemberPositionCase,
  offboardMemberCase,
  assessSkillCase,
  recordCredentialCase,
  completeTrainingCase,
  confirmProbationCase,
  endProbationCase,
  holdOneOnOneCase,
  setRampPlanCase,
  setQuotaCase,
  recordAbsenceCase,
  cancelAbsenceCase,
  grantRoleCase,
  revokeRoleCase,
  expireAccessCase,
  reviewWorkloadCase,
  ...teamBoardQueries,
  ...skillsMatrixQueries,
  ...oneOnOneQueries,
  teamCapacityQuery,
  kamWorkloadQuery,

  addTaskCase,
  raiseTaskCase,
  assignTaskCase,
  doTaskCase,
  dismissTaskCase,
  ...taskQueries,

  registerStakeholderCase,
  changeContactDetailsCase,
  changePositionCase,
  setBuyingRolesCase,
  setPoliticalStatusCase,
  declareSupportCase,
  setPreferredLanguageCase,
  giveConsentCase,
  raiseOppositionCase,
  receiveContactCase,
  departCase,
  moveToAccountCase,
  takeOverStakeholderCase,
  ...stakeholderQueries,

  logTouchpointCase,
  setCadenceCase,
  pauseCadenceCase,
  resumeCadenceCase,
  endPauseCase,
  armCadenceCase,
  judgeCadenceCase,
  ...touchpointQueries,

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
    Accounts,
    Cadences,
    Footprints,
    Policies,
    Stakeholders,
    TeamMembers,
    TierASeats,
    Workloads,
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
        teamMembers,
        tasks,
        stakeholders,
        touchpoints,
        ...plans.projections,
        policies,
        teamBoard,
        oneOnOnes,
      ],
      policies: [
        registerStakeholderWhenOneMoves,
        raiseTaskWhenP1IncidentIsReported,
        proposeRequisitionWhenWorkloadExceedsThreshold,
        armCadenceWhenAccountIsQualified,
        ...plans.policies,
        finishErasureWhenItIsRequested('accounts'),
      ],
      processes: [accountClosure, missedCadence, accessExpiry, workloadReview, ...plans.processes],
    };
    return { module: AccountsModule, imports: [EventSourcingModule.forService(definition, adapters, serviceProviders(config))] };
  }
}
