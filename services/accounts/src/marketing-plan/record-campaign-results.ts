import { CAMPAIGN_CHANNELS, CAMPAIGN_RESPONSES, OFFERING_REACTIONS } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsBody, IsDateOnly, IsId, IsIds, IsWhole } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { WonDeals } from '../opportunity/won-deals.js';
import { Policies } from '../policy/policies.js';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { AttributedDeals } from './attributed-deals.js';
import { channelOfLink, recordAttribution, recordResponse, showOffering, withdrawAttribution } from './marketing-plan.campaigns.aggregate.js';
import { marketingPlanUseCase } from './marketing-plan.js';
import { UtmBody } from './plan-campaigns.js';

/** One response, or the count of a tool: over a channel that is named, or known from the parameters of the link. */
export class RecordCampaignResponse extends AggregateCommand {
  @IsId() responseId!: string;
  @IsId() campaignId!: string;
  @IsOptional() @IsIn(CAMPAIGN_CHANNELS) channel?: string | null;
  @IsOptional() @IsBody(() => UtmBody) utm?: UtmBody | null;
  @IsIn(CAMPAIGN_RESPONSES) response!: string;
  @IsOptional() @IsId() stakeholderId?: string | null;
  @IsOptional() @IsWhole(1, 1_000_000) count?: number;
  @IsDateOnly() respondedOn!: string;
}

export const recordCampaignResponseCase = marketingPlanUseCase(RecordCampaignResponse, {
  step: 'record-campaign-response',
  needs: [Policies, Stakeholders],
  prepare: async ({ stakeholderId }, { accountId }, [, stakeholders]) => {
    if (stakeholderId) await stakeholders.assertActive(accountId, stakeholderId);
  },
  decide(plan, { responseId, campaignId, channel, utm, response, stakeholderId = null, count = 1, respondedOn }, _prepared, [policies]) {
    if (!channel && !utm) throw new DomainError('campaign-channel-unknown');
    const over = channel ?? channelOfLink(plan, campaignId, { ...utm! });
    return recordResponse(plan, { responseId, campaignId, channel: over, response, stakeholderId, count, respondedOn }, policies.today());
  },
});

/** An offering of the campaign was presented to the client. */
export class ShowOffering extends AggregateCommand {
  @IsId() showingId!: string;
  @IsId() campaignId!: string;
  @IsId() offeringId!: string;
  @IsOptional() @IsId() stakeholderId?: string | null;
  @IsOptional() @IsIn(OFFERING_REACTIONS) reaction?: string | null;
  @IsDateOnly() shownOn!: string;
}

export const showOfferingCase = marketingPlanUseCase(ShowOffering, {
  step: 'show-offering',
  needs: [Policies, Stakeholders],
  prepare: async ({ stakeholderId }, { accountId }, [, stakeholders]) => {
    if (stakeholderId) await stakeholders.assertActive(accountId, stakeholderId);
  },
  decide: (plan, { showingId, campaignId, offeringId, stakeholderId = null, reaction = null, shownOn }, _prepared, [policies]) =>
    showOffering(plan, { showingId, campaignId, offeringId, stakeholderId, reaction, shownOn }, policies.today()),
});

/** The campaigns that led to a won opportunity of the account, none: it counts in this plan no more; the first of them is the primary source. What it brought is known from the deal. */
export class RecordAttribution extends AggregateCommand {
  @IsId() opportunityId!: string;
  @IsIds(10) campaignIds!: string[];
}

export const recordAttributionCase = marketingPlanUseCase(RecordAttribution, {
  step: 'record-attribution',
  needs: [WonDeals, AttributedDeals],
  async prepare(command, plan, [deals, attributed]) {
    const { opportunityId, campaignIds } = command;
    if (campaignIds.length === 0) return null;
    const value = await deals.valueOf(opportunityId, plan.accountId);
    recordAttribution(plan, { opportunityId, value, campaignIds });
    // Claimed also where the plan says it already: by the decision it may not any more.
    await attributed.claim(command, opportunityId);
    return value;
  },
  decide: (plan, { opportunityId, campaignIds }, value) => (value ? recordAttribution(plan, { opportunityId, value, campaignIds }) : withdrawAttribution(plan, opportunityId)),
});
