import { CAMPAIGN_CHANNELS, CAMPAIGN_RESPONSES, type Money, OFFERING_REACTIONS, type Utm } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsBody, IsDateOnly, IsId, IsIds, IsName, IsPositiveMoney, IsText, IsWhole } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Offerings } from '../offering/offerings.js';
import { Policies } from '../policy/policies.js';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import {
  abortCampaign, addChannel, channelOfLink, completeCampaign, launchCampaign, planCampaign, recordAttribution, recordResponse, showOffering, targetPerson,
} from './marketing-plan.campaigns.aggregate.js';
import { marketingPlanUseCase } from './marketing-plan.js';

export class PlanCampaign extends AggregateCommand {
  @IsId() campaignId!: string;
  @IsName() name!: string;
  @IsOptional() @IsText(500) audience?: string | null;
  @IsDateOnly() startOn!: string;
  @IsDateOnly() endOn!: string;
  /** What it promotes: offerings that are sold. */
  @IsIds(50) offeringIds!: string[];
}

export const planCampaignCase = marketingPlanUseCase(PlanCampaign, {
  step: 'plan-campaign',
  needs: [Offerings],
  prepare: async ({ offeringIds }, _plan, [offerings]) => {
    for (const id of offeringIds) await offerings.assertSold(id);
  },
  decide: (plan, { campaignId, name, audience = null, startOn, endOn, offeringIds }) => planCampaign(plan, { campaignId, name, audience, startOn, endOn, offeringIds }),
});

export class UtmBody implements Utm {
  @IsName(100) source!: string;
  @IsName(100) medium!: string;
  @IsName(100) campaign!: string;
}

export class AddChannel extends AggregateCommand {
  @IsId() campaignId!: string;
  @IsIn(CAMPAIGN_CHANNELS) channel!: string;
  /** Of the links over this channel. */
  @IsOptional() @IsBody(() => UtmBody) utm?: UtmBody | null;
}

export const addChannelCase = marketingPlanUseCase(AddChannel, {
  step: 'add-channel',
  decide: (plan, { campaignId, channel, utm }) => addChannel(plan, { campaignId, channel, utm: utm ? { ...utm } : null }),
});

/** Whoever objected to marketing is not addressed. */
export class TargetPerson extends AggregateCommand {
  @IsId() campaignId!: string;
  @IsId() stakeholderId!: string;
}

export const targetPersonCase = marketingPlanUseCase(TargetPerson, {
  step: 'target-person',
  needs: [Stakeholders],
  async prepare({ stakeholderId }, { accountId }, [stakeholders]) {
    const { stances } = await stakeholders.assertActive(accountId, stakeholderId);
    if (stances.marketing === 'opposed') throw new DomainError('campaign-person-opposed');
  },
  decide: (plan, { campaignId, stakeholderId }) => targetPerson(plan, campaignId, stakeholderId),
});

export class LaunchCampaign extends AggregateCommand {
  @IsId() campaignId!: string;
}

export const launchCampaignCase = marketingPlanUseCase(LaunchCampaign, { step: 'launch-campaign', decide: (plan, { campaignId }) => launchCampaign(plan, campaignId) });

export class CompleteCampaign extends AggregateCommand {
  @IsId() campaignId!: string;
  /** What was learnt. */
  @IsOptional() @IsText(4_000) lessons?: string | null;
}

export const completeCampaignCase = marketingPlanUseCase(CompleteCampaign, {
  step: 'complete-campaign',
  decide: (plan, { campaignId, lessons = null }) => completeCampaign(plan, campaignId, lessons),
});

export class AbortCampaign extends AggregateCommand {
  @IsId() campaignId!: string;
  @IsText(500) reason!: string;
}

export const abortCampaignCase = marketingPlanUseCase(AbortCampaign, { step: 'abort-campaign', decide: (plan, { campaignId, reason }) => abortCampaign(plan, campaignId, reason) });

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

/** The campaigns that led to a won opportunity; the first of them is the primary source. */
export class RecordAttribution extends AggregateCommand {
  @IsId() opportunityId!: string;
  @IsPositiveMoney() value!: Money;
  @IsIds(10, 1) campaignIds!: string[];
}

export const recordAttributionCase = marketingPlanUseCase(RecordAttribution, {
  step: 'record-attribution',
  decide: (plan, { opportunityId, value, campaignIds }) => recordAttribution(plan, { opportunityId, value: { ...value }, campaignIds }),
});
