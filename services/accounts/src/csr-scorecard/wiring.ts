import type { Parts } from '@keyfold/event-sourcing-nest';
import { keepCommitmentCase, makeCommitmentCase, missCommitmentCase } from './commitment.js';
import { costToServe, costToServeQueries } from './cost-to-serve.projection.js';
import { passCsrReviewCase, requestCsrReviewCase, waiveCsrReviewCase } from './csr-review.js';
import { csrReviewQueries, csrReviews } from './csr-reviews.projection.js';
import { csrScorecards } from './csr-scorecards.projection.js';
import { footprintByAccount } from './footprint-by-account.projection.js';
import { getCsrGateStatusCase } from './get-csr-gate-status.js';
import { CsrReports, getJointCsrReportCase, listCsrPillarsCase } from './get-csr-pillars.js';
import { listFootprintByAccountCase } from './get-footprint-by-account.js';
import { completeJointInitiativeCase, launchJointInitiativeCase } from './joint-initiative.js';
import { missedCommitment } from './missed-commitment.process.js';
import { attachCsrEvidenceCase, recordCsrAssessmentCase, withdrawCsrEvidenceCase } from './record-assessment.js';
import { recordCostToServeCase, recordFootprintCase } from './record-footprint.js';
import { recordExternalRatingCase, recordSupplierRatingCase } from './record-ratings.js';

/** What the module of accounts takes of the CSR scorecards. */
export const csr: Parts = {
  cases: [
    recordCsrAssessmentCase,
    attachCsrEvidenceCase,
    withdrawCsrEvidenceCase,
    recordExternalRatingCase,
    recordSupplierRatingCase,
    recordFootprintCase,
    recordCostToServeCase,
    makeCommitmentCase,
    keepCommitmentCase,
    missCommitmentCase,
    launchJointInitiativeCase,
    completeJointInitiativeCase,
    requestCsrReviewCase,
    passCsrReviewCase,
    waiveCsrReviewCase,
    listCsrPillarsCase,
    getJointCsrReportCase,
    getCsrGateStatusCase,
    listFootprintByAccountCase,
    ...csrReviewQueries,
    ...costToServeQueries,
  ],
  projections: [csrScorecards, csrReviews, costToServe, footprintByAccount],
  processes: [missedCommitment],
  providers: [CsrReports],
};
