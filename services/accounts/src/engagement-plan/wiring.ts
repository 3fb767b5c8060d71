import type { Parts } from '@keyfold/event-sourcing-nest';
import { announcementQueries, announcements } from './announcements.projection.js';
import { armCadenceWhenTierChanges } from './arm-cadence-when-tier-changes.js';
import { cancelBusinessReviewCase, holdBusinessReviewCase, rescheduleBusinessReviewCase, scheduleBusinessReviewCase } from './business-review.js';
import { businessReviewQueries, businessReviews } from './business-reviews.projection.js';
import { cadenceCompliance } from './cadence-compliance.projection.js';
import { Cadences } from './cadences.js';
import { Contacts } from './contacts.js';
import { decisionQueries, decisions } from './decisions.projection.js';
import { agreeFollowUpCase, completeFollowUpCase, dropFollowUpCase } from './follow-up.js';
import { followUpQueries, followUps } from './follow-ups.projection.js';
import { Footprints } from './footprints.js';
import { cadenceComplianceQueries, cadenceComplianceSummaryCase } from './get-cadence-compliance.js';
import { armCadenceCase, judgeCadenceCase } from './judge-cadence.js';
import { importTouchpointCase, logTouchpointCase, withdrawTouchpointCase } from './log-touchpoint.js';
import { minutes, minutesQueries } from './minutes.projection.js';
import { postAnnouncementCase, publishMinutesCase, recordDecisionCase } from './minutes-and-decisions.js';
import { missedCadence } from './missed-cadence.process.js';
import { endPauseCase, pauseCadenceCase, resumeCadenceCase } from './pause-cadence.js';
import { raiseTaskWhenCadenceIsMissed } from './raise-task-when-cadence-is-missed.js';
import { setCadenceCase } from './set-cadence.js';
import { touchpointQueries, touchpoints } from './touchpoints.projection.js';
import { Touchpoints } from './touchpoints.js';

/** What the module of accounts takes of the engagement plans. */
export const engagement: Parts = {
  cases: [
    logTouchpointCase,
    importTouchpointCase,
    withdrawTouchpointCase,
    setCadenceCase,
    pauseCadenceCase,
    resumeCadenceCase,
    endPauseCase,
    armCadenceCase,
    judgeCadenceCase,
    scheduleBusinessReviewCase,
    rescheduleBusinessReviewCase,
    cancelBusinessReviewCase,
    holdBusinessReviewCase,
    publishMinutesCase,
    recordDecisionCase,
    postAnnouncementCase,
    agreeFollowUpCase,
    completeFollowUpCase,
    dropFollowUpCase,
    ...touchpointQueries,
    ...businessReviewQueries,
    ...minutesQueries,
    ...decisionQueries,
    ...announcementQueries,
    ...followUpQueries,
    ...cadenceComplianceQueries,
    cadenceComplianceSummaryCase,
  ],
  projections: [touchpoints, businessReviews, minutes, decisions, announcements, followUps, cadenceCompliance],
  policies: [armCadenceWhenTierChanges, raiseTaskWhenCadenceIsMissed],
  processes: [missedCadence],
  providers: [Cadences, Contacts, Footprints, Touchpoints],
};
