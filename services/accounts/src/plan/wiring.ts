import type { Parts } from '@keyfold/event-sourcing-nest';
import { accountPlanLifecycleCases } from '../account-plan/account-plan-lifecycle.js';
import { ACCOUNT_PLANS } from '../account-plan/account-plan.js';
import { accountPlanQueries, accountPlans } from '../account-plan/account-plans.projection.js';
import { addActionCase, assignActionCase, rescheduleActionCase, setActionDependenciesCase } from '../account-plan/add-actions.js';
import { recordClientKpiCase, recordEnvironmentFactorCase, recordSwotItemCase, retireEnvironmentFactorCase, retireSwotItemCase } from '../account-plan/analyse-environment.js';
import { draftAccountPlanCase } from '../account-plan/draft-account-plan.js';
import { estimateWalletCase, recordCompetitorCase } from '../account-plan/estimate-shares.js';
import { estimatePotentialCase, excludeCellCase, includeCellCase, recordBuyingCentreCase, recordCellRevenueCase } from '../account-plan/estimate-whitespace.js';
import { nameKeyPersonCase, recordKeyPersonGapCase } from '../account-plan/name-key-people.js';
import { planActionQueries, planActions } from '../account-plan/plan-actions.projection.js';
import { planEnvironmentQueries, planEnvironments, planWhitespaceQueries } from '../account-plan/plan-environments.projection.js';
import { planProgressQuery } from '../account-plan/plan-progress.js';
import { reachMilestoneCase, setMilestoneCase } from '../account-plan/reach-milestones.js';
import { withdrawAccountPlanCase } from '../account-plan/withdraw-account-plan.js';
import { cancelActionCase, completeActionCase, startActionCase } from '../account-plan/work-on-actions.js';
import { allocateBudgetCase, allocateResourceCase, raiseBudgetCase, releaseResourceCase } from '../marketing-plan/allocate-means.js';
import { channelPerformanceCase, offeringExposureCase } from '../marketing-plan/campaign-figures.js';
import { campaignQueries, campaigns } from '../marketing-plan/campaigns.projection.js';
import { alignWithAxisCase, defineStrategyCase, draftMarketingPlanCase } from '../marketing-plan/draft-marketing-plan.js';
import { marketingPlanLifecycleCases } from '../marketing-plan/marketing-plan-lifecycle.js';
import { MARKETING_PLANS } from '../marketing-plan/marketing-plan.js';
import { marketingPlanQueries, marketingPlans } from '../marketing-plan/marketing-plans.projection.js';
import { addChannelCase, planCampaignCase, sparePersonCase, targetPersonCase } from '../marketing-plan/plan-campaigns.js';
import { resourceLoadCase, strategicAlignmentCase } from '../marketing-plan/plan-figures.js';
import { AttributedDeals } from '../marketing-plan/attributed-deals.js';
import { recordAttributionCase, recordCampaignResponseCase, showOfferingCase } from '../marketing-plan/record-campaign-results.js';
import { abortCampaignCase, completeCampaignCase, launchCampaignCase } from '../marketing-plan/run-campaigns.js';
import { commitSpendCase, recordSpendCase, releaseCommitmentCase } from '../marketing-plan/spend-budget.js';
import { offeringDirectory } from '../offering/offering-directory.projection.js';
import { Offerings } from '../offering/offerings.js';
import { raiseTaskWhenAnActionSlips } from '../task/raise-task-when-an-action-slips.js';
import { WonDeals } from '../opportunity/won-deals.js';
import { wonDeals } from '../opportunity/won-deals.projection.js';
import { missedObjectives } from './missed-objectives.process.js';
import { planObjectiveCases } from './plan-objectives.js';
import { planObjectiveQueries, planObjectives } from './plan-objectives.projection.js';

/** What the module of accounts takes of the plans. */
export const plans: Parts = {
  cases: [
    draftAccountPlanCase,
    withdrawAccountPlanCase,
    ...accountPlanLifecycleCases,
    ...planObjectiveCases(ACCOUNT_PLANS),
    recordSwotItemCase,
    retireSwotItemCase,
    recordEnvironmentFactorCase,
    retireEnvironmentFactorCase,
    recordClientKpiCase,
    recordCompetitorCase,
    estimateWalletCase,
    recordBuyingCentreCase,
    estimatePotentialCase,
    recordCellRevenueCase,
    excludeCellCase,
    includeCellCase,
    nameKeyPersonCase,
    recordKeyPersonGapCase,
    addActionCase,
    assignActionCase,
    setActionDependenciesCase,
    startActionCase,
    completeActionCase,
    cancelActionCase,
    rescheduleActionCase,
    setMilestoneCase,
    reachMilestoneCase,
    ...accountPlanQueries,
    ...planObjectiveQueries,
    ...planActionQueries,
    planProgressQuery,
    ...planEnvironmentQueries,
    ...planWhitespaceQueries,

    draftMarketingPlanCase,
    alignWithAxisCase,
    defineStrategyCase,
    ...marketingPlanLifecycleCases,
    ...planObjectiveCases(MARKETING_PLANS),
    allocateBudgetCase,
    raiseBudgetCase,
    commitSpendCase,
    releaseCommitmentCase,
    recordSpendCase,
    allocateResourceCase,
    releaseResourceCase,
    planCampaignCase,
    addChannelCase,
    targetPersonCase,
    sparePersonCase,
    launchCampaignCase,
    completeCampaignCase,
    abortCampaignCase,
    recordCampaignResponseCase,
    showOfferingCase,
    recordAttributionCase,
    ...marketingPlanQueries,
    ...campaignQueries,
    channelPerformanceCase,
    offeringExposureCase,
    strategicAlignmentCase,
    resourceLoadCase,
  ],
  projections: [offeringDirectory, wonDeals, accountPlans, planObjectives, planActions, planEnvironments, marketingPlans, campaigns],
  policies: [raiseTaskWhenAnActionSlips],
  processes: [missedObjectives],
  providers: [Offerings, WonDeals, AttributedDeals],
};
