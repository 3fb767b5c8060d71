import { describe, expect, it } from '@jest/globals';
import type { MarketingPlanEvent, PlannedCampaign } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { aborted, active, campaign, campaignPlanned, closed, completed, drafted, eur, launched, mail, running, submitted, told } from './marketing-plan.facts.js';
import { known, type KnownMarketingPlan, type MarketingPlan, marketingPlan } from './marketing-plan.aggregate.js';
import {
  abortCampaign, addChannel, attributedTo, channelOfLink, completeCampaign, launchCampaign, planCampaign, recordAttribution, recordResponse, roiOf, showOffering, sparePerson, targetPerson, withdrawAttribution,
} from './marketing-plan.campaigns.aggregate.js';

const on =
  (decide: (plan: KnownMarketingPlan) => readonly MarketingPlanEvent[]) =>
  (plan: MarketingPlan): readonly MarketingPlanEvent[] =>
    decide(known(plan));

describe('a campaign', () => {
  const plan = (changed: Partial<PlannedCampaign>) => on((state) => planCampaign(state, { ...campaign, ...changed }));

  it('is planned, and changed before its launch', () => {
    given(marketingPlan, drafted).when(plan({})).then(campaignPlanned);
    given(marketingPlan, drafted, campaignPlanned).when(plan({})).thenNothing();
    given(marketingPlan, drafted, campaignPlanned).when(plan({ endOn: '2026-07-31' })).then(told('campaign-planned', { ...campaign, endOn: '2026-07-31' }));
    given(marketingPlan, ...running).when(plan({ endOn: '2026-07-31' })).thenRefused('campaign-not-planned', { state: 'in-progress' });
    given(marketingPlan, drafted, submitted).when(plan({})).thenRefused('plan-not-draft');
  });
  it('has a time', () => given(marketingPlan, drafted).when(plan({ endOn: '2026-03-31' })).thenRefused('marketing-ends-before-start'));
  it('is one of fifty at most', () => {
    const full = Array.from({ length: 50 }, (_, i) => told('campaign-planned', { ...campaign, campaignId: `c${i}` }));
    given(marketingPlan, drafted, ...full).when(plan({})).thenRefused('plan-full', { limit: 50 });
  });

  it('gets channels, each once, as long as it is not over', () => {
    const add = on((state) => addChannel(state, { campaignId: 'webinars', channel: 'email', utm: { source: 'news', medium: 'email', campaign: 'fleet' } }));
    given(marketingPlan, drafted, campaignPlanned).when(add).then(mail);
    given(marketingPlan, drafted, campaignPlanned, mail).when(add).thenNothing();
    given(marketingPlan, ...running, completed).when(add).thenRefused('campaign-ended', { state: 'completed' });
    given(marketingPlan, drafted).when(add).thenRefused('campaign-unknown');
  });
  it('addresses people, each once', () => {
    const target = on((state) => targetPerson(state, 'webinars', 'claire'));
    const targeted = told('person-targeted', { campaignId: 'webinars', stakeholderId: 'claire' });
    given(marketingPlan, drafted, campaignPlanned).when(target).then(targeted);
    given(marketingPlan, drafted, campaignPlanned, targeted).when(target).thenNothing();
    given(marketingPlan, ...running, aborted).when(target).thenRefused('campaign-ended');
  });

  it('spares people, each once', () => {
    const spare = on((state) => sparePerson(state, { campaignId: 'webinars', stakeholderId: 'claire', reason: 'left' }));
    const targeted = told('person-targeted', { campaignId: 'webinars', stakeholderId: 'claire' });
    const spared = told('person-spared', { campaignId: 'webinars', stakeholderId: 'claire', reason: 'left' });
    given(marketingPlan, drafted, campaignPlanned, targeted).when(spare).then(spared);
    given(marketingPlan, drafted, campaignPlanned, targeted, spared).when(spare).thenNothing();
    given(marketingPlan, ...running, targeted, completed).when(spare).thenRefused('campaign-ended');
  });
  it('is not launched while it addresses somebody who left or objected', () => {
    const addressed = [...active, campaignPlanned, mail, told('person-targeted', { campaignId: 'webinars', stakeholderId: 'claire' })];
    const launch = (...contactable: string[]) => on((state) => launchCampaign(state, 'webinars', contactable));
    given(marketingPlan, ...addressed).when(launch()).thenRefused('campaign-people-not-contactable', { people: ['claire'] });
    given(marketingPlan, ...addressed).when(launch('claire')).then(launched);
  });

  it('is launched once, over a channel, while the plan is in force', () => {
    const launch = on((state) => launchCampaign(state, 'webinars', []));
    given(marketingPlan, ...active, campaignPlanned, mail).when(launch).then(launched);
    given(marketingPlan, ...running).when(launch).thenNothing();
    given(marketingPlan, ...active, campaignPlanned).when(launch).thenRefused('campaign-without-channel');
    given(marketingPlan, drafted, campaignPlanned, mail).when(launch).thenRefused('plan-not-in-force');
    given(marketingPlan, ...running, completed).when(launch).thenRefused('campaign-not-planned', { state: 'completed' });
  });
  it('is completed once, when it was launched', () => {
    const complete = on((state) => completeCampaign(state, 'webinars', null));
    given(marketingPlan, ...running).when(complete).then(completed);
    given(marketingPlan, ...running, completed).when(complete).thenNothing();
    given(marketingPlan, ...active, campaignPlanned).when(complete).thenRefused('campaign-not-in-progress', { state: 'planned' });
  });
  it('is aborted with a reason, once, before it is over', () => {
    const abort = on((state) => abortCampaign(state, 'webinars', 'speaker'));
    given(marketingPlan, ...running).when(abort).then(aborted);
    given(marketingPlan, drafted, campaignPlanned).when(abort).then(aborted);
    given(marketingPlan, ...running, aborted).when(abort).thenNothing();
    given(marketingPlan, ...running, completed).when(abort).thenRefused('campaign-ended', { state: 'completed' });
  });
});

describe('what comes of a campaign', () => {
  const today = '2026-06-01';
  const response = { responseId: 'r1', campaignId: 'webinars', channel: 'email', response: 'clicked', stakeholderId: null, count: 12, respondedOn: '2026-05-02' };
  const respond = (changed: object) => on((plan) => recordResponse(plan, { ...response, ...changed }, today));
  const responded = told('campaign-response-recorded', response);

  it('is a response, once, over a channel that it uses', () => {
    given(marketingPlan, ...running).when(respond({})).then(responded);
    given(marketingPlan, ...running, responded).when(respond({})).thenNothing();
    given(marketingPlan, ...running, completed).when(respond({})).then(responded);
    given(marketingPlan, ...running).when(respond({ channel: 'social' })).thenRefused('campaign-channel-unknown', { channel: 'social' });
    given(marketingPlan, ...running).when(respond({ respondedOn: '2026-06-02' })).thenRefused('marketing-in-the-future', { today });
    given(marketingPlan, ...active, campaignPlanned, mail).when(respond({})).thenRefused('campaign-not-launched');
    given(marketingPlan, ...running, closed).when(respond({})).thenRefused('plan-closed');
  });
  it('is known from the parameters of a link', () => {
    const link = (source: string) => on((plan) => recordResponse(plan, { ...response, channel: channelOfLink(plan, 'webinars', { campaign: 'fleet', medium: 'email', source }) }, today));
    given(marketingPlan, ...running).when(link('news')).then(responded);
    given(marketingPlan, ...running).when(link('elsewhere')).thenRefused('campaign-channel-unknown');
  });

  it('is an offering that was shown, once, and that it promotes', () => {
    const showing = { showingId: 's1', campaignId: 'webinars', offeringId: 'fleet', stakeholderId: 'claire', reaction: 'interested', shownOn: '2026-05-12' };
    const show = (changed: object) => on((plan) => showOffering(plan, { ...showing, ...changed }, today));
    given(marketingPlan, ...running).when(show({})).then(told('offering-shown', showing));
    given(marketingPlan, ...running, told('offering-shown', showing)).when(show({})).thenNothing();
    given(marketingPlan, ...running).when(show({ offeringId: 'cards' })).thenRefused('campaign-offering-not-promoted');
    given(marketingPlan, ...running).when(show({ shownOn: '2026-06-02' })).thenRefused('marketing-in-the-future');
  });

  const won = (euros: number) => ({ opportunityId: 'o1', value: eur(euros), campaignIds: ['webinars'] });
  it('is a won opportunity, said again when it is seen otherwise', () => {
    const attribute = (euros: number, changed: object = {}) => on((plan) => recordAttribution(plan, { ...won(euros), ...changed }));
    const attributed = told('attribution-recorded', { ...won(900), formerCampaignIds: [] });
    given(marketingPlan, ...running).when(attribute(900)).then(attributed);
    given(marketingPlan, ...running, attributed).when(attribute(900)).thenNothing();
    given(marketingPlan, ...running, attributed).when(attribute(1_000)).then(told('attribution-recorded', { ...won(1_000), formerCampaignIds: ['webinars'] }));
    given(marketingPlan, ...running).when(attribute(900, { campaignIds: ['webinars', 'x'] })).thenRefused('campaign-unknown');
    given(marketingPlan, ...running).when(attribute(900, { value: { amountMinor: 1, currency: 'USD' } })).thenRefused('plan-currency');
    given(marketingPlan, ...active, campaignPlanned).when(attribute(900)).thenRefused('campaign-not-launched');
  });
  it('is attributed no more, once', () => {
    const attributed = told('attribution-recorded', { ...won(900), formerCampaignIds: [] });
    const none = told('attribution-recorded', { ...won(900), campaignIds: [], formerCampaignIds: ['webinars'] });
    const withdraw = on((plan) => withdrawAttribution(plan, 'o1'));
    given(marketingPlan, ...running, attributed).when(withdraw).then(none);
    given(marketingPlan, ...running, attributed, none).when(withdraw).thenNothing();
    given(marketingPlan, ...running, attributed, none).when(on((plan) => recordAttribution(plan, won(900)))).then(attributed);
  });
  it('is counted for its primary source, or evenly to the cent', () => {
    const attribution = { valueMinor: 1_000, campaignIds: ['a', 'b', 'c'] };
    expect(['a', 'b', 'c', 'd'].map((id) => attributedTo(attribution, id).primaryMinor)).toEqual([1_000, 0, 0, 0]);
    expect(['a', 'b', 'c', 'd'].map((id) => attributedTo(attribution, id).evenMinor)).toEqual([334, 333, 333, 0]);
  });
  it('returns what was won over its cost, and nothing that is known where it cost nothing', () => {
    expect([roiOf(1_500, 1_000), roiOf(500, 1_000), roiOf(1_500, 0)]).toEqual([50, -50, null]);
  });
});
