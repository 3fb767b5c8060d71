import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsId, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { isAddressable } from '../stakeholder/stakeholder.aggregate.js';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { abortCampaign, campaignOf, completeCampaign, launchCampaign } from './marketing-plan.campaigns.aggregate.js';
import { marketingPlanUseCase } from './marketing-plan.js';

export class LaunchCampaign extends AggregateCommand {
  @IsId() campaignId!: string;
}

export const launchCampaignCase = marketingPlanUseCase(LaunchCampaign, {
  step: 'launch-campaign',
  needs: [Stakeholders],
  /** Whoever left, objected or was erased since he was named is not written to. */
  async prepare({ campaignId }, plan, [stakeholders]) {
    const people = await Promise.all(campaignOf(plan, campaignId).targetIds.map(async (id) => ({ id, person: await stakeholders.of(id) })));
    return people.flatMap(({ id, person }) => (isAddressable(person, plan.accountId) ? [id] : []));
  },
  decide: (plan, { campaignId }, contactableIds) => launchCampaign(plan, campaignId, contactableIds),
});

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
