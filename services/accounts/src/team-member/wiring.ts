import type { Parts } from '@keyfold/event-sourcing-nest';
import { accessExpiry } from '../access-expiry/access-expiry.process.js';
import { glossaryQueries, terms } from '../glossary/glossary.projection.js';
import { localiseTermCase } from '../glossary/localise-term.js';
import { hiringReportQueries } from '../requisition/hiring-reports.queries.js';
import { interviewQueries, interviews } from '../requisition/interviews.projection.js';
import { acceptOfferCase, declineOfferCase, makeOfferCase } from '../requisition/make-offer.js';
import { addCandidateCase, interviewCandidateCase, rejectCandidateCase, scoreInterviewCase, shortlistCandidateCase } from '../requisition/move-candidate.js';
import { onboardCandidateCase } from '../requisition/onboard-candidate.js';
import { onboardCandidateWhenRequisitionIsFilled } from '../requisition/onboard-candidate-when-requisition-is-filled.js';
import { cancelRequisitionCase, fillRequisitionCase, openRequisitionCase, setHiringCriteriaCase } from '../requisition/open-requisition.js';
import { requisitionQueries, requisitions } from '../requisition/requisitions.projection.js';
import { oneOnOneQueries, oneOnOnes } from '../team-board/one-on-ones.projection.js';
import { teamBoard } from '../team-board/team-board.projection.js';
import { skillsMatrixQueries, teamBoardQueries } from '../team-board/team-board.queries.js';
import { teamCapacityQuery } from '../team-board/team-capacity.query.js';
import { kamWorkloadQuery } from '../workload/kam-workload.queries.js';
import { proposeRequisitionWhenWorkloadExceedsThreshold } from '../workload/propose-requisition-when-workload-exceeds-threshold.js';
import { reviewWorkloadCase } from '../workload/review-workload.js';
import { workloadReview } from '../workload/workload-review.process.js';
import { Workloads } from '../workload/workloads.js';
import { assessSkillCase, completeTrainingCase, confirmProbationCase, endProbationCase, holdOneOnOneCase, recordCredentialCase } from './develop-member.js';
import { expireAccessCase, grantRoleCase, revokeRoleCase } from './grant-role.js';
import { offboardMemberCase } from './offboard-member.js';
import { changeMemberPositionCase, onboardMemberCase, reassignMemberCase, withdrawMemberCase } from './onboard-member.js';
import { cancelAbsenceCase, recordAbsenceCase, setQuotaCase, setRampPlanCase } from './plan-member.js';
import { teamMemberQueries, teamMembers } from './team-members.projection.js';
import { TeamMembers } from './team-members.js';

/** What the module of accounts takes of our own people: members, hiring, workload, words. */
export const team: Parts = {
  cases: [
    onboardMemberCase,
    onboardCandidateCase,
    reassignMemberCase,
    changeMemberPositionCase,
    offboardMemberCase,
    withdrawMemberCase,
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
    ...teamMemberQueries,
    ...teamBoardQueries,
    ...skillsMatrixQueries,
    ...oneOnOneQueries,
    teamCapacityQuery,
    kamWorkloadQuery,

    openRequisitionCase,
    setHiringCriteriaCase,
    addCandidateCase,
    shortlistCandidateCase,
    interviewCandidateCase,
    scoreInterviewCase,
    rejectCandidateCase,
    makeOfferCase,
    acceptOfferCase,
    declineOfferCase,
    fillRequisitionCase,
    cancelRequisitionCase,
    ...requisitionQueries,
    ...interviewQueries,
    ...hiringReportQueries,

    localiseTermCase,
    ...glossaryQueries,
  ],
  projections: [teamMembers, teamBoard, oneOnOnes, requisitions, interviews, terms],
  policies: [proposeRequisitionWhenWorkloadExceedsThreshold, onboardCandidateWhenRequisitionIsFilled],
  processes: [accessExpiry, workloadReview],
  providers: [TeamMembers, Workloads],
};
