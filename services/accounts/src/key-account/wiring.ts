import type { Parts } from '@keyfold/event-sourcing-nest';
import { accountClosure } from '../account-closure/account-closure.process.js';
import { raiseTaskWhenTierReviewIsDue, remindOfTierReviewCase } from '../tier-review/remind-of-tier-review.js';
import { tierReview } from '../tier-review/tier-review.process.js';
import { accountSelectionQueries } from './account-selection.query.js';
import { addAccountTeamMemberCase, removeAccountTeamMemberCase } from './account-team.js';
import { accountTreeQuery } from './account-tree.query.js';
import { Accounts } from './accounts.js';
import { assignOwnerCase } from './assign-owner.js';
import { attachToParentCase, detachFromParentCase } from './attach-to-parent.js';
import { BuiltUpon } from './built-upon.js';
import { classifyAccountCase, setCurrencyCase } from './classify-account.js';
import { grantClosureCase, refuseClosureCase } from './decide-closure.js';
import { makeDormantCase, reactivateAccountCase } from './dormancy.js';
import { cancelHandoverCase, handOverCase, handOverWithPortfolioCase } from './hand-over.js';
import { handoverPackQuery } from './handover-pack.query.js';
import { Hierarchy } from './hierarchy.js';
import { huntingBoardQuery } from './hunting-board.query.js';
import { keyAccounts } from './key-accounts.projection.js';
import { keyAccountQueries } from './key-accounts.query.js';
import { mergeAccountCase } from './merge-account.js';
import { activateAccountCase, engageProspectCase, nominateProspectCase } from './prospects.js';
import { disqualifyCase, qualifyAsKeyAccountCase } from './qualify-as-key-account.js';
import { raciMatrixQuery } from './raci-matrix.query.js';
import { assignRaciCase, withdrawRaciCase } from './raci.js';
import { registerClientCase } from './register-client.js';
import { registerProspectCase } from './register-prospect.js';
import { requestClosureCase } from './request-closure.js';
import { approveTierCase, rejectTierCase, requestTierCase, reviewTierCase, scoreAccountCase } from './request-tier.js';
import { TierASeats } from './tier-a-seats.js';
import { TierTerms } from './tier-terms.js';
import { withdrawAccountCase } from './withdraw-account.js';

/** What key accounts and groups of them consist of. */
export const keyAccountParts: Parts = {
  cases: [
    registerProspectCase,
    registerClientCase,
    qualifyAsKeyAccountCase,
    assignOwnerCase,
    handOverCase,
    handOverWithPortfolioCase,
    cancelHandoverCase,
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
    handoverPackQuery,
  ],
  providers: [Accounts, BuiltUpon, Hierarchy, TierASeats, TierTerms],
  projections: [keyAccounts],
  policies: [raiseTaskWhenTierReviewIsDue],
  processes: [accountClosure, tierReview],
};
