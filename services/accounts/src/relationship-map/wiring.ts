import type { Parts } from '@keyfold/event-sourcing-nest';
import { changeContactDetailsCase, changePositionCase } from '../stakeholder/change-details.js';
import { contactableCase } from '../stakeholder/contactable.js';
import { departCase, moveToAccountCase, takeOverStakeholderCase } from '../stakeholder/depart.js';
import { noteErasureCase, noteErasureWhenAPersonIsErased } from '../stakeholder/note-erasure.js';
import { dismissErasureProposalCase, erasureProposalQueries, proposeErasuresCase } from '../stakeholder/propose-erasures.js';
import { receiveContactWhenAStakeholderGetsInTouch } from '../stakeholder/receive-contact-when-a-stakeholder-gets-in-touch.js';
import { registerStakeholderCase } from '../stakeholder/register-stakeholder.js';
import { registerStakeholderWhenOneMoves } from '../stakeholder/register-stakeholder-when-one-moves.js';
import { retention } from '../stakeholder/retention.process.js';
import { giveConsentCase, raiseOppositionCase, receiveContactCase, takeContactBackCase } from '../stakeholder/say-about-contact.js';
import { declareSupportCase, setBuyingRolesCase, setPoliticalStatusCase, setPreferredLanguageCase } from '../stakeholder/set-standing.js';
import { stakeholderQueries, stakeholders } from '../stakeholder/stakeholders.projection.js';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { withdrawStakeholderCase } from '../stakeholder/withdraw-stakeholder.js';
import { assessRelationshipCase, recordSentimentCase } from './assess-relationship.js';
import { agreeMutualPlanCase, identifyChampionCase, loseChampionCase } from './champions.js';
import { endRelationshipsCase } from './end-relationships.js';
import { endRelationshipsWhenAStakeholderDeparts } from './end-relationships-when-a-stakeholder-departs.js';
import { giveRecognitionCase } from './give-recognition.js';
import { Groups } from './groups.js';
import { linkInfluenceCase, unlinkInfluenceCase } from './link-influence.js';
import { pairSponsorCase, unpairSponsorCase } from './pair-sponsor.js';
import { raiseTaskWhenAChampionIsLost } from './raise-task-when-a-champion-is-lost.js';
import { relationshipStrengthQueries, singleThreadAlertQueries } from './relationship-strength.js';
import { Relations } from './relations.js';
import { relations } from './relations.projection.js';
import { setReportingLineCase } from './set-reporting-line.js';
import { championBoardQueries, cLevelCoverageQueries, languageCoverageQueries, relationshipProgressQueries, sponsorMatrixQueries } from './sponsors-and-champions.js';
import { coverageHeatmapQueries, stakeholderGraphQueries } from './stakeholder-graph.js';

/** What the client's people and the relations to them consist of: the composition root takes all of it. */
export const people: Parts = {
  cases: [
    registerStakeholderCase,
    withdrawStakeholderCase,
    changeContactDetailsCase,
    changePositionCase,
    setBuyingRolesCase,
    setPoliticalStatusCase,
    declareSupportCase,
    setPreferredLanguageCase,
    giveConsentCase,
    raiseOppositionCase,
    receiveContactCase,
    takeContactBackCase,
    departCase,
    moveToAccountCase,
    takeOverStakeholderCase,
    noteErasureCase,
    proposeErasuresCase,
    dismissErasureProposalCase,
    ...stakeholderQueries,
    ...erasureProposalQueries,
    contactableCase,

    setReportingLineCase,
    linkInfluenceCase,
    unlinkInfluenceCase,
    assessRelationshipCase,
    recordSentimentCase,
    pairSponsorCase,
    unpairSponsorCase,
    identifyChampionCase,
    loseChampionCase,
    agreeMutualPlanCase,
    giveRecognitionCase,
    endRelationshipsCase,
    ...stakeholderGraphQueries,
    ...coverageHeatmapQueries,
    ...relationshipStrengthQueries,
    ...singleThreadAlertQueries,
    ...sponsorMatrixQueries,
    ...championBoardQueries,
    ...cLevelCoverageQueries,
    ...relationshipProgressQueries,
    ...languageCoverageQueries,
  ],
  providers: [Stakeholders, Groups, Relations],
  projections: [stakeholders, relations],
  policies: [
    registerStakeholderWhenOneMoves,
    endRelationshipsWhenAStakeholderDeparts,
    receiveContactWhenAStakeholderGetsInTouch,
    noteErasureWhenAPersonIsErased,
    raiseTaskWhenAChampionIsLost,
  ],
  processes: [retention],
};
