import { CAMPAIGN_CHANNELS, type Utm } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsBody, IsDateOnly, IsId, IsIds, IsName, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Offerings } from '../offering/offerings.js';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { addChannel, planCampaign, sparePerson, targetPerson } from './marketing-plan.campaigns.aggregate.js';
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

/** Whoever objected to marketing is not addressed, nor whoever was erased. */
export class TargetPerson extends AggregateCommand {
  @IsId() campaignId!: string;
  @IsId() stakeholderId!: string;
}

export const targetPersonCase = marketingPlanUseCase(TargetPerson, {
  step: 'target-person',
  needs: [Stakeholders],
  async prepare({ stakeholderId }, { accountId }, [stakeholders]) {
    const { stances, erasedAt } = await stakeholders.assertActive(accountId, stakeholderId);
    if (erasedAt !== null) throw new DomainError('campaign-person-erased');
    if (stances.marketing === 'opposed') throw new DomainError('campaign-person-opposed');
  },
  decide: (plan, { campaignId, stakeholderId }) => targetPerson(plan, campaignId, stakeholderId),
});

/** Not addressed after all. */
export class SparePerson extends AggregateCommand {
  @IsId() campaignId!: string;
  @IsId() stakeholderId!: string;
  @IsText(500) reason!: string;
}

export const sparePersonCase = marketingPlanUseCase(SparePerson, {
  step: 'spare-person',
  decide: (plan, { campaignId, stakeholderId, reason }) => sparePerson(plan, { campaignId, stakeholderId, reason }),
});
