import { type MarketingPlanEvent, marketingPlanContract, type Utm } from '@keyfold/contracts';
import { idOf, projection, type RecordedEvent } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { PLAN_READERS } from '../plan/plan-use-case.js';
import { attributedTo, roiOf } from './marketing-plan.campaigns.aggregate.js';

const STATES = ['planned', 'in-progress', 'completed', 'aborted'] as const;

/** A campaign and what came of it. Amounts in minor units of `currency`, which is that of the plan; null before there is any. */
export interface CampaignRow {
  readonly id: string;
  readonly planId: string;
  readonly accountId: string;
  readonly campaignId: string;
  readonly name: string;
  readonly audience: string | null;
  readonly startOn: string;
  readonly endOn: string;
  readonly offeringIds: readonly string[];
  readonly state: (typeof STATES)[number];
  readonly launchedAt: string | null;
  readonly endedAt: string | null;
  /** What was learnt, or why it was aborted. */
  readonly note: string | null;
  readonly channels: readonly { readonly channel: string; readonly utm: Utm | null }[];
  readonly targets: number;
  /** Counts by channel and response. */
  readonly responses: readonly { readonly channel: string; readonly response: string; readonly count: number }[];
  readonly showings: readonly { readonly offeringId: string; readonly reaction: string | null; readonly shownOn: string }[];
  readonly currency: string | null;
  readonly costMinor: number;
  readonly won: readonly { readonly opportunityId: string; readonly primaryMinor: number; readonly evenMinor: number }[];
}

const rowId = (planId: string, campaignId: string): string => `${planId}--${campaignId}`;

/** Results of the campaigns (domain.md M3, K5). */
export const campaigns = projection<CampaignRow, MarketingPlanEvent>({
  name: 'campaigns',
  version: 2,
  follows: [marketingPlanContract],
  indexes: [['planId', 'startOn'], ['accountId', 'startOn'], ['state', 'startOn'], ['startOn']],
  rowsOf(event) {
    const planId = idOf(marketingPlanContract, event.streamId);
    switch (event.type) {
      case 'accounts.marketing-plan.attribution-recorded':
        return [...new Set([...event.data.campaignIds, ...event.data.formerCampaignIds])].map((id) => rowId(planId, id));
      case 'accounts.marketing-plan.spend-recorded':
        return event.data.campaignId === null ? [] : [rowId(planId, event.data.campaignId)];
      default:
        return IS_OF_A_CAMPAIGN.test(event.type) ? [rowId(planId, (event.data as { campaignId: string }).campaignId)] : [];
    }
  },
  fold(row, event, id): CampaignRow | null {
    switch (event.type) {
      case 'accounts.marketing-plan.campaign-planned':
        return { ...(row ?? newRow(event, id)), ...event.data };
      case 'accounts.marketing-plan.channel-added': {
        const { channel, utm } = event.data;
        return { ...row!, channels: [...row!.channels.filter((one) => one.channel !== channel), { channel, utm }] };
      }
      case 'accounts.marketing-plan.person-targeted':
        return { ...row!, targets: row!.targets + 1 };
      case 'accounts.marketing-plan.person-spared':
        return { ...row!, targets: row!.targets - 1 };
      case 'accounts.marketing-plan.campaign-launched':
        return { ...row!, state: 'in-progress', launchedAt: event.occurredAt };
      case 'accounts.marketing-plan.campaign-completed':
        return { ...row!, state: 'completed', endedAt: event.occurredAt, note: event.data.lessons };
      case 'accounts.marketing-plan.campaign-aborted':
        return { ...row!, state: 'aborted', endedAt: event.occurredAt, note: event.data.reason };
      default:
        return row && withResult(row, event);
    }
  },
});

const IS_OF_A_CAMPAIGN = /\.(campaign-|channel-|person-targeted|person-spared|offering-shown)/;

function withResult(row: CampaignRow, event: RecordedEvent & MarketingPlanEvent): CampaignRow {
  switch (event.type) {
    case 'accounts.marketing-plan.campaign-response-recorded': {
      const { channel, response, count } = event.data;
      const isSame = (one: CampaignRow['responses'][number]): boolean => one.channel === channel && one.response === response;
      const before = row.responses.find(isSame)?.count ?? 0;
      return { ...row, responses: [...row.responses.filter((one) => !isSame(one)), { channel, response, count: before + count }] };
    }
    case 'accounts.marketing-plan.offering-shown': {
      const { offeringId, reaction, shownOn } = event.data;
      return { ...row, showings: [...row.showings, { offeringId, reaction, shownOn }] };
    }
    case 'accounts.marketing-plan.spend-recorded':
      return { ...row, currency: event.data.amount.currency, costMinor: row.costMinor + event.data.amount.amountMinor };
    case 'accounts.marketing-plan.attribution-recorded': {
      const { opportunityId, value, campaignIds } = event.data;
      const others = row.won.filter((one) => one.opportunityId !== opportunityId);
      const own = campaignIds.includes(row.campaignId) ? [{ opportunityId, ...attributedTo({ valueMinor: value.amountMinor, campaignIds }, row.campaignId) }] : [];
      return { ...row, currency: value.currency, won: [...others, ...own] };
    }
    default:
      return row;
  }
}

const newRow = (event: RecordedEvent, id: string) => ({
  ...{ id, planId: idOf(marketingPlanContract, event.streamId), accountId: event.partitionKey },
  ...{ state: 'planned' as const, launchedAt: null, endedAt: null, note: null },
  ...{ channels: [], targets: 0, responses: [], showings: [], currency: null, costMinor: 0, won: [] },
});

/** Won value and return by one way of attribution: never both in one number (domain.md 3.12). */
export interface Outcome {
  readonly wonMinor: number;
  /** (won - cost) / cost in per cent; null where nothing was spent. */
  readonly roiPercent: number | null;
}

export function outcomesOf({ won, costMinor }: Pick<CampaignRow, 'won' | 'costMinor'>): { readonly primary: Outcome; readonly even: Outcome } {
  const by = (amount: (one: CampaignRow['won'][number]) => number): Outcome => {
    const wonMinor = won.reduce((sum, one) => sum + amount(one), 0);
    return { wonMinor, roiPercent: roiOf(wonMinor, costMinor) };
  };
  return { primary: by((one) => one.primaryMinor), even: by((one) => one.evenMinor) };
}

type CampaignItem = CampaignRow & { accountName: string | null; attribution: { readonly primary: Outcome; readonly even: Outcome } };

export class ListCampaigns extends PageQuery<CampaignItem> {
  @IsOptional() @IsId() planId?: string;
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
}

export const campaignQueries = rowQueries<CampaignRow, CampaignItem, ListCampaigns>({
  path: 'campaigns',
  roles: PLAN_READERS,
  rows: campaigns,
  list: ListCampaigns,
  equal: ['planId', 'accountId', 'state'],
  sort: { startOn: -1 },
  scope: { account: 'accountId' },
  show: async (row, access) => ({ ...row, accountName: await access.accountName(row.accountId), attribution: outcomesOf(row) }),
});
