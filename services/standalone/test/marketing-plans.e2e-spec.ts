import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoPerson } from '@keyfold/platform';
import { eventually } from '@keyfold/testing';
import { Demo } from './demo.js';

interface Rows<Row> {
  readonly items: readonly Row[];
}

const YEAR = new Date().getUTCFullYear();
const TODAY = new Date().toISOString().slice(0, 10);
const eur = (euros: number) => ({ amountMinor: euros * 100, currency: 'EUR' });
const me = demoPerson('kam')!.memberId;
const utm = { source: 'newsletter', medium: 'email', campaign: 'fleet' };

let demo: Demo;
let offeringId: string;

const call = <T = { id: string }>(user: string, path: string, body?: object, language = 'en') => demo.call<T>(user, path, body, { 'accept-language': language });

const say = (user: string, planId: string, step: string, body: object = {}, language?: string) => call<{ id: string }>(user, `accounts/marketing-plans/${planId}/${step}`, body, language);

async function agreed(user: string, planId: string, step: string, body: object = {}): Promise<void> {
  const { status, body: answer } = await say(user, planId, step, body);
  expect([step, status, answer.code]).toEqual([step, 200, undefined]);
}

async function publishAxis(code: string, validFrom: string): Promise<void> {
  const content = { axes: [{ code, label: { en: 'Circular economy', fr: 'Économie circulaire' } }] };
  const { status } = await call('director', 'accounts/policies/strategic-axes--default/publish-strategic-axes', { validFrom, reason: 'New strategy', content });
  expect(status).toBe(200);
}

const newAccount = async (name: string): Promise<string> => (await call('kam', 'accounts/key-accounts', { name })).body.id;

async function newPlan(accountId: string): Promise<string> {
  const { status, body } = await call('kam', 'accounts/marketing-plans', { accountId, title: 'Fleet', fiscalYear: YEAR, currency: 'EUR' });
  expect(status).toBe(201);
  return body.id;
}

/** Submitted with a budget of 10 000 euros. */
async function submittedPlan(accountId: string): Promise<string> {
  const planId = await newPlan(accountId);
  await agreed('kam', planId, 'align-with-axis', { axisCode: 'circular' });
  await agreed('kam', planId, 'define-strategy', { ambition: 'Known', audience: 'Fleet managers', proposition: 'Cheaper per km', levers: ['digital', 'events'] });
  await agreed('kam', planId, 'set-objective', { objectiveId: 'leads', kind: 'demand', title: 'Quotes', metric: 'leads', unit: 'count', baseline: 4, target: 12, dueOn: `${YEAR + 1}-12-31`, ownerId: me });
  await agreed('kam', planId, 'allocate-budget', { lineId: 'events', label: 'Events', category: 'events', amount: eur(10_000) });
  await agreed('kam', planId, 'submit');
  return planId;
}

async function activePlan(accountId: string): Promise<string> {
  const planId = await submittedPlan(accountId);
  await agreed('director', planId, 'approve');
  await agreed('kam', planId, 'activate');
  return planId;
}

/** A deal of five thousand euros. */
const won = (id: string, accountId: string) =>
  demo.done('director', `opportunities/opportunities/${id}/record`, { accountId, name: 'Fleet', ownerId: me, motion: 'expansion', stage: 'verbal', openedOn: TODAY, outcome: { result: 'won', closedOn: TODAY, amount: eur(5_000) }, provenance: { source: 'test', entity: 'deals', rowKey: id, run: 'r1' } });

const commitment = (commitmentId: string, euros: number) => ({ commitmentId, lineId: 'events', amount: eur(euros), description: 'Stand' });

beforeAll(async () => {
  demo = await Demo.openEmpty({ KEYFOLD_TIME_ZONE: 'UTC' });
  offeringId = await demo.done('director', 'opportunities/offerings/fleet/register', { name: 'Fleet Care', family: 'Services', listPrice: eur(48_000) });
});
afterAll(() => demo.close());

describe('a marketing plan', () => {
  it('cites an axis of the strategy of the day', async () => {
    const planId = await newPlan(await newAccount('Strategic'));
    const [english, french] = [await say('kam', planId, 'align-with-axis', { axisCode: 'circular' }), await say('kam', planId, 'align-with-axis', { axisCode: 'circular' }, 'fr')];
    expect([english.status, english.body.code, english.body.title]).toEqual([422, 'marketing-axis-not-in-force', 'The strategic axis circular is not in force today.']);
    expect(french.body.title).toBe("L'axe stratégique circular n'est pas en vigueur aujourd'hui.");
    await publishAxis('circular', '2020-01-01');
    await agreed('kam', planId, 'align-with-axis', { axisCode: 'circular' });
    expect((await say('kam', planId, 'submit')).body).toMatchObject({ code: 'plan-incomplete', params: { missing: ['strategy', 'objective', 'budget'] } });
    await eventually(async () =>
      expect((await call<Rows<object>>('director', `accounts/strategic-alignment?fiscalYear=${YEAR}`)).body).toMatchObject({
        items: expect.arrayContaining([expect.objectContaining({ axisCode: 'circular', inForce: true, plans: 1, byStatus: { draft: 1 } })]) as unknown,
        truncated: false,
      }),
    );
  });

  it('is not there for another key account manager', async () => {
    const planId = await newPlan(await newAccount('Private'));
    expect((await say('kam2', planId, 'submit')).status).toBe(404);
    expect((await call('kam2', `accounts/marketing-plans/${planId}`)).status).toBe(404);
    expect((await say('kam', planId, 'raise-budget', { lineId: 'events', ceiling: eur(1), reason: 'x' })).body.code).toBe('role-missing');
  });
});

describe('its budget', () => {
  it('is never exceeded by what is committed, also from two clients at once, until a director raises it', async () => {
    const planId = await activePlan(await newAccount('Budgeted'));
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => say(i % 2 ? 'kam' : 'director', planId, 'commit-spend', commitment(`c${i}`, 3_000))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 422).map(({ body }) => body.code)).toEqual(Array.from({ length: 3 }, () => 'marketing-budget-exceeded'));
    await agreed('director', planId, 'raise-budget', { lineId: 'events', ceiling: eur(12_000), reason: 'Third date' });
    await agreed('kam', planId, 'commit-spend', commitment('late', 3_000));
    await eventually(async () => expect((await call('kam', `accounts/marketing-plans/${planId}`)).body).toMatchObject({ burn: { budgetMinor: 1_200_000, committedMinor: 1_200_000, spentMinor: 0, burnPercent: 0 } }));
  });

  it('is burnt, and an overrun is seen', async () => {
    const planId = await activePlan(await newAccount('Burning'));
    await agreed('kam', planId, 'commit-spend', commitment('stand', 1_000));
    await agreed('kam', planId, 'record-spend', { spendId: 'i1', commitmentId: 'stand', amount: eur(1_050), spentOn: TODAY });
    await eventually(async () => expect((await call('kam', `accounts/marketing-plans/${planId}`)).body).toMatchObject({ burn: { spentMinor: 105_000, burnPercent: 10.5, overruns: 0 } }));
    await agreed('kam', planId, 'record-spend', { spendId: 'i2', commitmentId: 'stand', amount: eur(1), spentOn: TODAY });
    await eventually(async () => expect((await call('kam', `accounts/marketing-plans/${planId}`)).body).toMatchObject({ burn: { overruns: 1 }, commitments: [{ id: 'stand', overrun: true }] }));
    await agreed('kam', planId, 'allocate-resource', { allocationId: 'days', kind: 'person', memberId: me, personDays: 4, startOn: `${YEAR}-04-01`, endOn: `${YEAR}-04-30` });
    await eventually(async () => expect((await call<Rows<object>>('kam', 'accounts/resource-load')).body.items).toEqual([{ memberId: me, memberName: demoPerson('kam')!.name, month: `${YEAR}-04`, personDays: 4 }]));
  });
});

describe('its campaigns', () => {
  it('are launched, answered, attributed and completed', async () => {
    const accountId = await newAccount('Promoted');
    const planId = await activePlan(accountId);
    const campaignId = 'webinars';
    await agreed('kam', planId, 'plan-campaign', { campaignId, name: 'Webinars', startOn: `${YEAR}-04-01`, endOn: `${YEAR}-06-30`, offeringIds: [offeringId] });
    expect((await say('kam', planId, 'launch-campaign', { campaignId })).body.code).toBe('campaign-without-channel');
    await agreed('kam', planId, 'add-channel', { campaignId, channel: 'email', utm });

    const register = async (name: string) => (await call('kam', 'accounts/stakeholders', { accountId, name })).body.id;
    const [claire, paul] = [await register('Claire Morel'), await register('Paul Renard')];
    await call('kam', `accounts/stakeholders/${paul}/raise-opposition`, { purpose: 'marketing' });
    await agreed('kam', planId, 'target-person', { campaignId, stakeholderId: claire });
    expect((await say('kam', planId, 'target-person', { campaignId, stakeholderId: paul })).body.code).toBe('campaign-person-opposed');

    const zoe = await register('Zoé Lambert');
    await agreed('kam', planId, 'target-person', { campaignId, stakeholderId: zoe });
    await call('kam', `accounts/stakeholders/${zoe}/raise-opposition`, { purpose: 'marketing' });
    const ines = await register('Ines Roux');
    await agreed('kam', planId, 'target-person', { campaignId, stakeholderId: ines });
    await call('operator', `accounts/persons/${ines}/erase`, { ground: 'request' });
    await eventually(async () => expect((await say('kam', planId, 'target-person', { campaignId, stakeholderId: ines })).body.code).toBe('campaign-person-erased'));
    expect((await say('kam', planId, 'launch-campaign', { campaignId })).body).toMatchObject({ code: 'campaign-people-not-contactable', params: { people: [zoe, ines] } });
    for (const stakeholderId of [zoe, ines]) await agreed('kam', planId, 'spare-person', { campaignId, stakeholderId, reason: 'Not to be addressed' });

    expect((await say('kam', planId, 'record-campaign-response', { responseId: 'r0', campaignId, channel: 'email', response: 'clicked', respondedOn: TODAY })).body.code).toBe('campaign-not-launched');
    await agreed('kam', planId, 'launch-campaign', { campaignId });
    await agreed('kam', planId, 'record-campaign-response', { responseId: 'r1', campaignId, channel: 'email', response: 'delivered', count: 200, respondedOn: TODAY });
    await agreed('kam', planId, 'record-campaign-response', { responseId: 'r2', campaignId, utm, response: 'clicked', count: 50, respondedOn: TODAY });
    await agreed('kam', planId, 'record-campaign-response', { responseId: 'r2', campaignId, utm, response: 'clicked', count: 50, respondedOn: TODAY });
    await agreed('kam', planId, 'show-offering', { showingId: 's1', campaignId, offeringId, stakeholderId: claire, reaction: 'interested', shownOn: TODAY });

    await agreed('kam', planId, 'commit-spend', { ...commitment('stand', 1_000), campaignId });
    const results = async () => (await call<Rows<object>>('kam', `accounts/campaigns?planId=${planId}`)).body.items;
    const attribution = { opportunityId: `won-by-${accountId}`, campaignIds: [campaignId] };
    const other = await newAccount('Elsewhere');
    await eventually(() => won(`won-by-${other}`, other));
    const refused = await say('kam', planId, 'record-attribution', attribution, 'fr');
    expect([refused.body.code, refused.body.title]).toEqual(['marketing-deal-not-won', "Ce compte n'a pas d'affaire gagnée sous cet identifiant, pour autant qu'on le sache."]);
    await won(attribution.opportunityId, accountId);
    await eventually(() => agreed('kam', planId, 'record-attribution', attribution));
    expect((await say('kam', planId, 'record-attribution', { ...attribution, opportunityId: `won-by-${other}` })).body.code).toBe('marketing-deal-not-won');
    await eventually(async () => expect(await results()).toMatchObject([{ costMinor: 0, attribution: { primary: { wonMinor: 500_000, roiPercent: null } } }]));
    await agreed('kam', planId, 'record-spend', { spendId: 'i1', commitmentId: 'stand', amount: eur(1_000), spentOn: TODAY });
    await agreed('kam', planId, 'complete-campaign', { campaignId, lessons: 'Mornings' });
    await eventually(async () =>
      expect(await results()).toMatchObject([{ state: 'completed', targets: 1, accountName: 'Promoted', attribution: { primary: { wonMinor: 500_000, roiPercent: 400 }, even: { wonMinor: 500_000, roiPercent: 400 } } }]),
    );
    expect((await call<Rows<object>>('kam', `accounts/channel-performance?accountId=${accountId}`)).body.items).toMatchObject([{ channel: 'email', clickPercent: 25, responses: { delivered: 200, clicked: 50 } }]);
    expect((await call<Rows<object>>('kam', `accounts/offering-exposure?accountId=${accountId}`)).body.items).toMatchObject([{ offeringId, showings: 1, reactions: { interested: 1 } }]);
    expect((await call<Rows<object>>('kam2', `accounts/offering-exposure?accountId=${accountId}`)).body.items).toEqual([]);
  });
});

describe('a won deal', () => {
  it('counts in one marketing plan of its account, whoever attributes it first, and in another one once it counts there no more', async () => {
    const accountId = await newAccount('Divided');
    const campaignId = 'fair';
    const plans = [await activePlan(accountId), await activePlan(accountId)];
    for (const planId of plans) {
      await agreed('kam', planId, 'plan-campaign', { campaignId, name: 'Fair', startOn: `${YEAR}-04-01`, endOn: `${YEAR}-06-30`, offeringIds: [offeringId] });
      await agreed('kam', planId, 'add-channel', { campaignId, channel: 'email', utm });
      await agreed('kam', planId, 'launch-campaign', { campaignId });
    }
    await eventually(() => won('won-divided', accountId));
    const attribute = (planId: string, campaignIds = [campaignId], language = 'en') => say('kam', planId, 'record-attribution', { opportunityId: 'won-divided', campaignIds }, language);
    await eventually(async () => expect((await attribute(plans[0]!, ['unknown'])).body.code).toBe('campaign-unknown'));
    const answers = await Promise.all([...plans, ...plans].map((planId) => attribute(planId)));
    const [first, second] = answers[0]!.status === 200 ? plans : plans.toReversed();
    expect(answers.map(({ status, body }) => (status === 200 ? body.id : body.code))).toEqual([...plans, ...plans].map((planId) => (planId === first ? planId : 'marketing-deal-attributed')));
    const refused = await Promise.all(['en', 'fr'].map((language) => attribute(second!, [campaignId], language)));
    expect(refused.map(({ body }) => body.title)).toEqual([`This deal is attributed in the marketing plan ${first} already.`, `Cette affaire est déjà attribuée dans le plan marketing ${first}.`]);
    expect((await attribute(first!, [])).status).toBe(200);
    await eventually(async () => expect((await attribute(second!)).status).toBe(200), { deadlineMs: 60_000 });
    expect((await attribute(first!)).body.code).toBe('marketing-deal-attributed');
  }, 90_000);
});

describe('a deal of a duplicate', () => {
  it('is attributed to the campaign of the account that the duplicate is by now, over however many merges', async () => {
    const [first, second, last] = [await newAccount('Twice'), await newAccount('Thrice'), await newAccount('Once')];
    const planId = await activePlan(last);
    const campaignId = 'fair';
    await agreed('kam', planId, 'plan-campaign', { campaignId, name: 'Fair', startOn: `${YEAR}-04-01`, endOn: `${YEAR}-06-30`, offeringIds: [offeringId] });
    await agreed('kam', planId, 'add-channel', { campaignId, channel: 'email', utm });
    await agreed('kam', planId, 'launch-campaign', { campaignId });
    await eventually(() => won('won-twice', first));
    await demo.done('director', `accounts/key-accounts/${first}/merge`, { successorId: second, reason: 'Registered twice' });
    await demo.done('director', `accounts/key-accounts/${second}/merge`, { successorId: last, reason: 'Registered twice' });
    await eventually(() => agreed('kam', planId, 'record-attribution', { opportunityId: 'won-twice', campaignIds: [campaignId] }));
  });
});

describe('a strategy that changes', () => {
  it('is the one of the day for an approval, whatever it was when the plan was submitted', async () => {
    const planId = await submittedPlan(await newAccount('Overtaken'));
    await publishAxis('digital', TODAY);
    expect((await say('director', planId, 'approve')).body).toMatchObject({ code: 'plan-incomplete', params: { missing: ['axis-in-force'] } });
    await agreed('director', planId, 'reject', { reason: 'The strategy has changed' });
    await agreed('kam', planId, 'rework');
    await agreed('kam', planId, 'align-with-axis', { axisCode: 'digital' });
    await agreed('kam', planId, 'submit');
    await agreed('director', planId, 'approve');
  });
});
