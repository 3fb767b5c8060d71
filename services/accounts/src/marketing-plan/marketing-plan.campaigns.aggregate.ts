import type { CampaignEvent, Money, PlannedCampaign, Utm } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertRoom, change, find, type Folds, type Item, put, sameContent } from '../plan/plan-items.aggregate.js';
import { assertInForce, assertWorkable, type PlanLife } from '../plan/plan-lifecycle.aggregate.js';

export interface Campaign extends Item {
  readonly facts: PlannedCampaign;
  readonly state: 'planned' | 'in-progress' | 'completed' | 'aborted';
  readonly channels: readonly { readonly id: string; readonly utm: Utm | null }[];
  readonly targetIds: readonly string[];
  /** What was recorded, by the ids that the callers chose. */
  readonly records: readonly string[];
}

/** The id is that of the opportunity; the first campaign is the primary source. */
export interface Attribution extends Item {
  readonly valueMinor: number;
  readonly campaignIds: readonly string[];
}

export interface WithCampaigns {
  readonly campaigns: readonly Campaign[];
  readonly attributions: readonly Attribution[];
}

type Plan = PlanLife & WithCampaigns;

export const NO_CAMPAIGNS: WithCampaigns = { campaigns: [], attributions: [] };

const CAMPAIGNS_LIMIT = 50;
const CHANNELS_LIMIT = 50;
const TARGETS_LIMIT = 500;
const RECORDS_LIMIT = 2_000;
const ATTRIBUTIONS_LIMIT = 200;

export function campaignFolds<State extends WithCampaigns>(): Folds<State, CampaignEvent> {
  const onCampaign = (state: State, id: string, changed: (campaign: Campaign) => Partial<Campaign>): State => {
    const campaign = find(state.campaigns, id);
    return campaign ? { ...state, campaigns: change(state.campaigns, id, changed(campaign)) } : state;
  };
  const recorded = (state: State, campaignId: string, recordId: string): State => onCampaign(state, campaignId, ({ records }) => ({ records: [...records, recordId] }));
  return {
    'accounts.marketing-plan.campaign-planned': (state, { data }) => {
      const id = data.campaignId;
      const known = find(state.campaigns, id) ?? { id, state: 'planned' as const, channels: [], targetIds: [], records: [] };
      return { ...state, campaigns: put(state.campaigns, { ...known, facts: data }) };
    },
    'accounts.marketing-plan.channel-added': (state, { data }) => onCampaign(state, data.campaignId, ({ channels }) => ({ channels: put(channels, { id: data.channel, utm: data.utm }) })),
    'accounts.marketing-plan.person-targeted': (state, { data }) => onCampaign(state, data.campaignId, ({ targetIds }) => ({ targetIds: [...targetIds, data.stakeholderId] })),
    'accounts.marketing-plan.person-spared': (state, { data }) => onCampaign(state, data.campaignId, ({ targetIds }) => ({ targetIds: targetIds.filter((id) => id !== data.stakeholderId) })),
    'accounts.marketing-plan.campaign-launched': (state, { data }) => onCampaign(state, data.campaignId, () => ({ state: 'in-progress' })),
    'accounts.marketing-plan.campaign-completed': (state, { data }) => onCampaign(state, data.campaignId, () => ({ state: 'completed' })),
    'accounts.marketing-plan.campaign-aborted': (state, { data }) => onCampaign(state, data.campaignId, () => ({ state: 'aborted' })),
    'accounts.marketing-plan.campaign-response-recorded': (state, { data }) => recorded(state, data.campaignId, data.responseId),
    'accounts.marketing-plan.offering-shown': (state, { data }) => recorded(state, data.campaignId, data.showingId),
    'accounts.marketing-plan.attribution-recorded': (state, { data: { opportunityId: id, value, campaignIds } }) => ({
      ...state,
      attributions: campaignIds.length === 0 ? state.attributions.filter((one) => one.id !== id) : put(state.attributions, { id, valueMinor: value.amountMinor, campaignIds }),
    }),
  };
}

export function planCampaign(plan: Plan, facts: PlannedCampaign): CampaignEvent[] {
  assertWorkable(plan);
  const there = find(plan.campaigns, facts.campaignId);
  if (there && sameContent(there.facts, facts)) return [];
  if (there && there.state !== 'planned') throw new DomainError('campaign-not-planned', { state: there.state });
  if (facts.endOn < facts.startOn) throw new DomainError('marketing-ends-before-start');
  assertRoom(plan.campaigns, facts.campaignId, CAMPAIGNS_LIMIT);
  return [{ type: 'accounts.marketing-plan.campaign-planned', data: facts }];
}

export function addChannel(plan: Plan, facts: { campaignId: string; channel: string; utm: Utm | null }): CampaignEvent[] {
  assertWorkable(plan);
  const { channels } = running(plan, facts.campaignId);
  if (sameContent(find(channels, facts.channel), { id: facts.channel, utm: facts.utm })) return [];
  assertRoom(channels, facts.channel, CHANNELS_LIMIT);
  return [{ type: 'accounts.marketing-plan.channel-added', data: facts }];
}

/** That the person is of the account and did not object is asked by the handler. */
export function targetPerson(plan: Plan, campaignId: string, stakeholderId: string): CampaignEvent[] {
  assertWorkable(plan);
  const { targetIds } = running(plan, campaignId);
  if (targetIds.includes(stakeholderId)) return [];
  if (targetIds.length >= TARGETS_LIMIT) throw new DomainError('plan-full', { limit: TARGETS_LIMIT });
  return [{ type: 'accounts.marketing-plan.person-targeted', data: { campaignId, stakeholderId } }];
}

export function sparePerson(plan: Plan, facts: { campaignId: string; stakeholderId: string; reason: string }): CampaignEvent[] {
  assertWorkable(plan);
  return running(plan, facts.campaignId).targetIds.includes(facts.stakeholderId) ? [{ type: 'accounts.marketing-plan.person-spared', data: facts }] : [];
}

/** `contactableIds`: who of the people addressed is there and did not object. */
export function launchCampaign(plan: Plan, campaignId: string, contactableIds: readonly string[]): CampaignEvent[] {
  assertInForce(plan);
  const { state, channels, targetIds } = campaignOf(plan, campaignId);
  if (state === 'in-progress') return [];
  if (state !== 'planned') throw new DomainError('campaign-not-planned', { state });
  if (channels.length === 0) throw new DomainError('campaign-without-channel');
  const people = targetIds.filter((id) => !contactableIds.includes(id));
  if (people.length > 0) throw new DomainError('campaign-people-not-contactable', { people });
  return [{ type: 'accounts.marketing-plan.campaign-launched', data: { campaignId } }];
}

export function completeCampaign(plan: Plan, campaignId: string, lessons: string | null): CampaignEvent[] {
  assertInForce(plan);
  const { state } = campaignOf(plan, campaignId);
  if (state === 'completed') return [];
  if (state !== 'in-progress') throw new DomainError('campaign-not-in-progress', { state });
  return [{ type: 'accounts.marketing-plan.campaign-completed', data: { campaignId, lessons } }];
}

export function abortCampaign(plan: Plan, campaignId: string, reason: string): CampaignEvent[] {
  assertWorkable(plan);
  if (campaignOf(plan, campaignId).state === 'aborted') return [];
  running(plan, campaignId);
  return [{ type: 'accounts.marketing-plan.campaign-aborted', data: { campaignId, reason } }];
}

interface Response {
  readonly responseId: string;
  readonly campaignId: string;
  readonly channel: string;
  readonly response: string;
  readonly stakeholderId: string | null;
  readonly count: number;
  readonly respondedOn: string;
}

/** What people did, over a channel of the campaign; it may be heard of after the end. */
export function recordResponse(plan: Plan, facts: Response, today: string): CampaignEvent[] {
  const campaign = launched(plan, facts.campaignId);
  if (campaign.records.includes(facts.responseId)) return [];
  if (!find(campaign.channels, facts.channel)) throw new DomainError('campaign-channel-unknown', { channel: facts.channel });
  assertRecord(campaign, facts.respondedOn, today);
  return [{ type: 'accounts.marketing-plan.campaign-response-recorded', data: facts }];
}

/** The channel of a campaign to which a link belongs. */
export function channelOfLink(plan: WithCampaigns, campaignId: string, utm: Utm): string {
  const channel = campaignOf(plan, campaignId).channels.find((one) => sameContent(one.utm ?? undefined, utm));
  if (!channel) throw new DomainError('campaign-channel-unknown', { channel: `${utm.source}/${utm.medium}/${utm.campaign}` });
  return channel.id;
}

interface Showing {
  readonly showingId: string;
  readonly campaignId: string;
  readonly offeringId: string;
  readonly stakeholderId: string | null;
  readonly reaction: string | null;
  readonly shownOn: string;
}

export function showOffering(plan: Plan, facts: Showing, today: string): CampaignEvent[] {
  const campaign = launched(plan, facts.campaignId);
  if (campaign.records.includes(facts.showingId)) return [];
  if (!campaign.facts.offeringIds.includes(facts.offeringId)) throw new DomainError('campaign-offering-not-promoted');
  assertRecord(campaign, facts.shownOn, today);
  return [{ type: 'accounts.marketing-plan.offering-shown', data: facts }];
}

/** The first campaign is the primary source. */
export function recordAttribution(plan: Plan & { readonly currency: string }, facts: { opportunityId: string; value: Money; campaignIds: readonly string[] }): CampaignEvent[] {
  assertInForce(plan);
  if (facts.value.currency !== plan.currency) throw new DomainError('plan-currency', { currency: plan.currency });
  facts.campaignIds.forEach((id) => launched(plan, id));
  const there = find(plan.attributions, facts.opportunityId);
  if (there && there.valueMinor === facts.value.amountMinor && sameContent(there.campaignIds, facts.campaignIds)) return [];
  assertRoom(plan.attributions, facts.opportunityId, ATTRIBUTIONS_LIMIT);
  return [{ type: 'accounts.marketing-plan.attribution-recorded', data: { ...facts, formerCampaignIds: there?.campaignIds ?? [] } }];
}

/** No campaign led to it after all. */
export function withdrawAttribution(plan: Plan & { readonly currency: string }, opportunityId: string): CampaignEvent[] {
  assertInForce(plan);
  const there = find(plan.attributions, opportunityId);
  const value = { amountMinor: there?.valueMinor ?? 0, currency: plan.currency };
  return there ? [{ type: 'accounts.marketing-plan.attribution-recorded', data: { opportunityId, value, campaignIds: [], formerCampaignIds: there.campaignIds } }] : [];
}

/** The campaign; refuses one that is not in the plan. */
export function campaignOf({ campaigns }: WithCampaigns, campaignId: string): Campaign {
  const campaign = find(campaigns, campaignId);
  if (!campaign) throw new DomainError('campaign-unknown');
  return campaign;
}

function running(plan: WithCampaigns, campaignId: string): Campaign {
  const campaign = campaignOf(plan, campaignId);
  if (campaign.state === 'completed' || campaign.state === 'aborted') throw new DomainError('campaign-ended', { state: campaign.state });
  return campaign;
}

function launched(plan: Plan, campaignId: string): Campaign {
  assertInForce(plan);
  const campaign = campaignOf(plan, campaignId);
  if (campaign.state === 'planned') throw new DomainError('campaign-not-launched');
  return campaign;
}

function assertRecord({ records }: Campaign, day: string, today: string): void {
  if (day > today) throw new DomainError('marketing-in-the-future', { today });
  if (records.length >= RECORDS_LIMIT) throw new DomainError('plan-full', { limit: RECORDS_LIMIT });
}

/** What a campaign earned of a won opportunity, in minor units: all of it by its primary source, or an even split whose rest goes to the primary one. */
export function attributedTo({ valueMinor, campaignIds }: Pick<Attribution, 'valueMinor' | 'campaignIds'>, campaignId: string): { readonly primaryMinor: number; readonly evenMinor: number } {
  const place = campaignIds.indexOf(campaignId);
  if (place < 0) return { primaryMinor: 0, evenMinor: 0 };
  const share = Math.floor(valueMinor / campaignIds.length);
  return place === 0 ? { primaryMinor: valueMinor, evenMinor: valueMinor - share * (campaignIds.length - 1) } : { primaryMinor: 0, evenMinor: share };
}

/** (won - cost) / cost in per cent; null where nothing was spent (domain.md 3.12). */
export const roiOf = (wonMinor: number, costMinor: number): number | null => (costMinor === 0 ? null : (100 * (wonMinor - costMinor)) / costMinor);
