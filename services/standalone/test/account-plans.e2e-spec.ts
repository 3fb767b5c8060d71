import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoPerson } from '@keyfold/platform';
import { eventually } from '@keyfold/testing';
import { Demo } from './demo.js';

interface Rows<Row> {
  readonly items: readonly Row[];
}

const CLOCK_AHEAD = pathToFileURL(join(import.meta.dirname, 'clock-ahead.mjs')).href;
const YEAR = new Date().getUTCFullYear();
const FAR = `${YEAR + 1}-12-31`;
const TODAY = new Date().toISOString().slice(0, 10);
const eur = (euros: number) => ({ amountMinor: euros * 100, currency: 'EUR' });
const estimate = { source: 'client', confidence: 'high', estimatedOn: TODAY };

let demo: Demo;

const me = demoPerson('kam')!.memberId;

const call = <T = { id: string }>(user: string, path: string, body?: object, language = 'en') => demo.call<T>(user, path, body, { 'accept-language': language });

const say = (user: string, planId: string, step: string, body: object = {}, language?: string) => call<{ id: string }>(user, `accounts/account-plans/${planId}/${step}`, body, language);

async function agreed(user: string, planId: string, step: string, body: object = {}): Promise<void> {
  const { status, body: answer } = await say(user, planId, step, body);
  expect([step, status, answer.code]).toEqual([step, 200, undefined]);
}

async function newAccount(name: string): Promise<string> {
  return (await call('kam', 'accounts/key-accounts', { name })).body.id;
}

async function newPlan(accountId: string): Promise<string> {
  const { status, body } = await call('kam', 'accounts/account-plans', { accountId, fiscalYear: YEAR, currency: 'EUR' });
  expect(status).toBe(201);
  return body.id;
}

const objective = { objectiveId: 'sow', kind: 'growth', title: 'Win two sites', metric: 'share-of-wallet', unit: 'percent', baseline: 22, target: 31, dueOn: FAR };

/** Everything that a submission needs. */
async function complete(planId: string): Promise<void> {
  await agreed('kam', planId, 'set-objective', { ...objective, ownerId: me });
  for (const quadrant of ['strength', 'weakness', 'opportunity', 'threat'])
    await agreed('kam', planId, 'record-swot-item', { itemId: quadrant, quadrant, perspective: 'ours', text: `A ${quadrant}` });
  await agreed('kam', planId, 'add-action', { actionId: 'find', title: 'Find the people', ownerId: me, dueOn: FAR });
  for (const role of ['sponsor', 'decision-maker', 'champion']) await agreed('kam', planId, 'record-key-person-gap', { role, actionId: 'find' });
  await agreed('kam', planId, 'record-buying-centre', { buyingCentreId: 'lyon', name: 'Lyon plant' });
  const { items } = (await call<Rows<{ id: string }>>('kam', 'opportunities/offerings?status=active&limit=200')).body;
  for (const { id: offeringId } of items) await agreed('kam', planId, 'estimate-potential', { buyingCentreId: 'lyon', offeringId, potential: eur(10_000), ...estimate });
}

beforeAll(async () => {
  demo = await Demo.open({ KEYFOLD_TIME_ZONE: 'UTC' });
});
afterAll(() => demo.close());

describe('the plan of an account', () => {
  let planId: string;
  let accountId: string;
  beforeAll(async () => {
    accountId = await newAccount('Planned');
    planId = await newPlan(accountId);
  });

  it('is not submitted empty: everything that is missing is said at once, in the language of the caller', async () => {
    const missing = ['objective', 'swot-strength', 'swot-weakness', 'swot-opportunity', 'swot-threat', 'key-person-sponsor', 'key-person-decision-maker', 'key-person-champion', 'buying-centre'];
    const [english, french] = [await say('kam', planId, 'submit'), await say('kam', planId, 'submit', {}, 'fr')];
    expect([english.status, english.body.code, english.body.params]).toEqual([422, 'plan-incomplete', { missing }]);
    expect(english.body.title).toMatch(/^The plan is not complete yet\. Missing: objective, swot-strength/);
    expect(french.body.title).toMatch(/^Le plan n'est pas encore complet\. Il manque : objective/);
  });

  it('is completed, submitted, and approved by somebody else', async () => {
    await complete(planId);
    await agreed('kam', planId, 'submit');
    expect((await say('kam', planId, 'approve')).body.code).toBe('role-missing');
    await agreed('director', planId, 'approve', { note: 'Go' });
    await agreed('kam', planId, 'activate');
    await eventually(async () =>
      expect((await call('kam', `accounts/account-plans/${planId}`)).body).toMatchObject({
        accountName: 'Planned', status: 'active', planVersion: 1, activeVersion: 1, decision: { outcome: 'approved', note: 'Go' }, living: true, daysSinceLastEvent: 0,
      }),
    );
  });

  it('is nothing that a director approves who submitted it himself', async () => {
    const own = await newPlan(await newAccount('Directed'));
    await complete(own);
    await agreed('director', own, 'submit');
    expect((await say('director', own, 'approve')).body).toMatchObject({ code: 'plan-approver-is-submitter' });
  });

  it('is not there for another key account manager', async () => {
    expect((await call('kam2', `accounts/account-plans/${planId}`)).status).toBe(404);
    expect((await say('kam2', planId, 'submit')).status).toBe(404);
    expect((await call<Rows<object>>('kam2', `accounts/plan-objectives?planId=${planId}`)).body.items).toEqual([]);
    expect((await call('kam2', 'accounts/account-plans', { accountId, fiscalYear: YEAR, currency: 'EUR' })).status).toBe(404);
    expect((await call('auditor', `accounts/account-plans/${planId}`)).status).toBe(200);
  });

  it('has buying centres of its group, and figures of offerings that there are and of days that have come', async () => {
    const own = await newAccount('Centred');
    const draft = await newPlan(own);
    const centre = (buyingCentreId: string, more: object) => say('kam', draft, 'record-buying-centre', { buyingCentreId, name: 'Works', ...more });
    expect((await centre('own', { accountId: own })).status).toBe(200);
    expect((await centre('another', { accountId: await newAccount('Foreign') })).body.code).toBe('plan-buying-centre-outside-group');
    expect((await centre('nowhere', { accountId: 'nowhere' })).body.code).toBe('plan-buying-centre-outside-group');

    const [{ id: offeringId }] = (await call<Rows<{ id: string }>>('kam', 'opportunities/offerings?status=active&limit=1')).body.items as [{ id: string }];
    const of = async (step: string, body: object) => (await say('kam', draft, step, body)).body.code;
    const [cell, none, late] = [{ buyingCentreId: 'own', offeringId }, { buyingCentreId: 'own', offeringId: 'none' }, '2199-01-01'];
    expect(await of('record-cell-revenue', { ...none, revenue: eur(1), asOf: `${YEAR}-01-01` })).toBe('offering-unknown');
    expect(await of('exclude-cell', { ...none, reason: 'x' })).toBe('offering-unknown');
    expect(await of('record-cell-revenue', { ...cell, revenue: eur(1), asOf: late })).toBe('plan-figure-ahead');
    expect(await of('estimate-potential', { ...cell, potential: eur(1), ...estimate, estimatedOn: late })).toBe('plan-figure-ahead');
    expect(await of('estimate-wallet', { category: 'fleet', spend: eur(2), ourRevenue: eur(1), ...estimate, estimatedOn: late })).toBe('plan-figure-ahead');
    expect(await of('record-competitor', { competitor: 'Rival', category: 'fleet', sharePercent: 1, ...estimate, estimatedOn: late })).toBe('plan-figure-ahead');
    expect(await of('record-client-kpi', { code: 'staff', label: 'Staff', value: 1, unit: 'people', measuredOn: late })).toBe('plan-figure-ahead');
  });

  it('names people of its account alone', async () => {
    const register = async (account: string) => (await call('kam', 'accounts/stakeholders', { accountId: account, name: 'Claire Morel' })).body.id;
    const [ours, another] = [await register(accountId), await register(await newAccount('Elsewhere'))];
    await agreed('kam', planId, 'name-key-person', { role: 'champion', stakeholderId: ours });
    expect((await say('kam', planId, 'name-key-person', { role: 'sponsor', stakeholderId: another })).body).toMatchObject({ code: 'stakeholder-unknown' });
  });

  it('shows its whitespace, its shares and its SWOT', async () => {
    await agreed('kam', planId, 'estimate-wallet', { category: 'packaging', spend: eur(10_000), ourRevenue: eur(2_500), ...estimate });
    await agreed('kam', planId, 'record-competitor', { competitor: 'Norvexa', category: 'packaging', sharePercent: 45, ...estimate });
    expect((await say('kam', planId, 'record-competitor', { competitor: 'Sarto', category: 'packaging', sharePercent: 31, ...estimate })).body).toMatchObject({ code: 'plan-shares-above-100' });
    await eventually(async () => {
      const environment = (await call<{ swot: object; shares: object[] }>('kam', `accounts/plan-environments/${planId}`)).body;
      expect(environment.shares).toMatchObject([{ category: 'packaging', ourPercent: 25, standing: 'regular', estimate: { stale: false }, competitors: [{ competitor: 'Norvexa', sharePercent: 45, contractEndsOn: null }], unallocatedPercent: 30 }]);
      expect(environment.swot).toMatchObject({ strength: [{ text: 'A strength' }], threat: [{ text: 'A threat' }] });
    });
    const whitespace = (await call<{ cells: { whitespaceMinor: number | null }[] }>('kam', `accounts/plan-whitespaces/${planId}`)).body;
    expect(whitespace).toMatchObject({ coveragePercent: 100, penetrationPercent: 0, whitespaceMinor: whitespace.cells.length * 1_000_000 });
  });

  it('measures its objectives', async () => {
    await agreed('kam', planId, 'record-objective-progress', { objectiveId: 'sow', value: 26.5, measuredOn: TODAY });
    const scorecard = async () => (await call<Rows<object>>('kam', `accounts/plan-objectives?planId=${planId}`)).body.items;
    await eventually(async () => expect(await scorecard()).toMatchObject([{ objectiveId: 'sow', state: 'open', value: 26.5, progressPercent: 50, accountName: 'Planned' }]));
    await agreed('service', planId, 'miss-objective', { objectiveId: 'sow' }); // not yet due: nothing
    await agreed('kam', planId, 'record-objective-progress', { objectiveId: 'sow', value: 31, measuredOn: TODAY });
    await eventually(async () => expect(await scorecard()).toMatchObject([{ state: 'achieved', progressPercent: 100 }]));
  });

  it('shows how far it is, to those who may see it', async () => {
    const progress = (user: string) => call<Rows<object>>(user, `accounts/plan-progress?accountId=${accountId}`).then(({ body }) => body.items);
    await eventually(async () => expect(await progress('director')).toMatchObject([{ id: planId, status: 'active', objectives: { total: 1, achieved: 1, progressPercent: 100, elapsedPercent: 0 }, actions: { total: 1, done: 0, donePercent: 0 } }]));
    expect(await progress('kam2')).toEqual([]);
  });

  it('tells the director of an action that is rescheduled for the third time', async () => {
    await agreed('kam', planId, 'add-action', { actionId: 'visit', title: 'Visit the plant', ownerId: me, dueOn: '2026-01-15' });
    const board = async (query: string) => (await call<Rows<{ actionId: string }>>('kam', `accounts/plan-actions?planId=${planId}&${query}`)).body.items.map(({ actionId }) => actionId);
    await eventually(async () => expect(await board('overdue=true')).toEqual(['visit']));
    for (const month of ['02', '03', '04']) await agreed('kam', planId, 'reschedule-action', { actionId: 'visit', dueOn: `${YEAR + 1}-${month}-15`, reason: 'Strike' });
    await eventually(async () => {
      const { items } = (await call<Rows<{ matter: { kind: string } }>>('director', `accounts/tasks?accountId=${accountId}`)).body;
      expect(items).toMatchObject([{ matter: { kind: 'action-slipped', params: { title: 'Visit the plant', times: '3' }, subject: { type: 'account-plan', id: planId } } }]);
    });
    expect(await board('overdue=true')).toEqual([]);
    expect(await board('type=action&state=open')).toEqual(expect.arrayContaining(['visit', 'find']));
  });

  it('is revised into a next version while the first one stays in force', async () => {
    await agreed('kam', planId, 'revise', { reason: 'Merger' });
    await agreed('kam', planId, 'set-objective', { ...objective, objectiveId: 'sow-2', target: 35, ownerId: me });
    await eventually(async () => expect((await call('kam', `accounts/account-plans/${planId}`)).body).toMatchObject({ status: 'draft', planVersion: 2, activeVersion: 1 }));
    await agreed('kam', planId, 'submit');
    await agreed('director', planId, 'reject', { reason: 'Too much' });
    expect((await say('kam', planId, 'submit')).body).toMatchObject({ code: 'plan-not-draft' });
    await agreed('kam', planId, 'rework');
    await agreed('kam', planId, 'submit');
    await agreed('director', planId, 'approve');
    await agreed('kam', planId, 'activate');
    await eventually(async () => expect((await call('kam', `accounts/account-plans/${planId}`)).body).toMatchObject({ status: 'active', planVersion: 2, activeVersion: 2 }));
  });

  it('ends with what was left open', async () => {
    await agreed('kam', planId, 'close', { reason: 'Year over' });
    await eventually(async () => expect((await call<Rows<object>>('kam', `accounts/plan-objectives?planId=${planId}&state=left-open`)).body.items).toMatchObject([{ objectiveId: 'sow-2' }]));
  });
});

describe('a plan that is approved and rejected at once', () => {
  it('is one of the two', async () => {
    const planId = await newPlan(await newAccount('Decided'));
    await complete(planId);
    await agreed('kam', planId, 'submit');
    const [approval, rejection] = await Promise.all([say('director', planId, 'approve'), say('director', planId, 'reject', { reason: 'Thin' })]);
    expect([approval, rejection].map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422]);
    await eventually(async () => expect((await call('kam', `accounts/account-plans/${planId}`)).body).toMatchObject({ status: approval.status === 200 ? 'approved' : 'rejected' }));
  });
});

describe('two plans of one account and year', () => {
  it('activated at once end with one in force; the other follows once the first is closed', async () => {
    const accountId = await newAccount('Contested');
    const plans = await Promise.all([1, 2, 3].map(() => newPlan(accountId)));
    for (const planId of plans) {
      await complete(planId);
      await agreed('kam', planId, 'submit');
      await agreed('director', planId, 'approve');
    }
    const answers = await Promise.all(plans.map((planId, i) => say(i % 2 ? 'kam' : 'director', planId, 'activate')));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422, 422]);
    expect(answers.filter(({ status }) => status === 422).map(({ body }) => body.code)).toEqual(['plan-year-taken', 'plan-year-taken']);
    const winner = plans[answers.findIndex(({ status }) => status === 200)]!;
    const loser = plans[answers.findIndex(({ status }) => status === 422)]!;
    await agreed('kam', winner, 'close', { reason: 'Superseded' });
    await agreed('kam', loser, 'activate');
  });
});

describe('an objective whose due date goes by', () => {
  it('is missed, although nobody does anything', async () => {
    const planId = await newPlan(await newAccount('Late'));
    await complete(planId);
    await agreed('kam', planId, 'set-objective', { ...objective, objectiveId: 'today', dueOn: TODAY, ownerId: me });
    await agreed('kam', planId, 'submit');
    await agreed('director', planId, 'approve');
    await agreed('kam', planId, 'activate');
    const states = async () => (await call<Rows<{ objectiveId: string; state: string }>>('kam', `accounts/plan-objectives?planId=${planId}`)).body.items.map(({ objectiveId, state }) => [objectiveId, state]);
    await eventually(async () => expect(await states()).toEqual([['today', 'open'], ['sow', 'open']]));

    await demo.keyfold.stop();
    await demo.keyfold.start({ NODE_OPTIONS: `--import=${CLOCK_AHEAD}`, CLOCK_AHEAD_MS: String(3 * 86_400_000) });
    await demo.signIn();
    await eventually(async () => expect(await states()).toEqual([['today', 'missed'], ['sow', 'open']]), { deadlineMs: 30_000, everyMs: 200 });
  });
});
