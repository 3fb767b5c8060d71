import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/testing';
import { type Answer, Demo, idOf } from './demo.js';

const CLOCK_AHEAD = pathToFileURL(join(import.meta.dirname, 'clock-ahead.mjs')).href;
const DAY_MS = 86_400_000;
/** Found anywhere after the erasure, it is left. */
const NAME = 'Zenobie Quarterstaff';
const MAIL = 'zenobie@quarterstaff.test';

let demo: Demo;

const call = <T = { id: string; version: number }>(user: string, path: string, body?: object, more: Record<string, string> = {}) => demo.call<T>(user, `accounts/${path}`, body, more);
const done = (user: string, path: string, body: object = {}): Promise<string> => demo.done(user, `accounts/${path}`, body);

const code = ({ status, body }: Answer<object>) => [status, body.code ?? null];
/** Answers of commands told at once, the accepted ones first. */
const outcomes = (answers: readonly Answer<object>[]) => answers.map(code).sort(([a], [b]) => Number(a) - Number(b));
const items = <T>(user: string, path: string): Promise<T[]> => demo.list<T>(user, `accounts/${path}`);
const one = async <T>(path: string, user = 'kam'): Promise<T> => (await call<T>(user, path)).body;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
const today = (): string => daysAgo(0).slice(0, 10);

const newAccount = (name: string): Promise<string> => done('kam', 'key-accounts', { name });
const register = (accountId: string, name: string, facts: object = {}): Promise<string> => done('kam', 'stakeholders', { accountId, name, ...facts });
const onMap = (accountId: string, command: string, body: object, user = 'kam', more = {}) => call(user, `relationship-maps/${accountId}/${command}`, body, more);

interface Person {
  readonly id: string;
  readonly name: string | null;
  readonly mail: string | null;
  readonly status: string;
  readonly marketing: string | null;
  readonly lastContactAt: string | null;
}
const person = (id: string): Promise<Person> => one(`stakeholders/${id}`);
const contactable = async (purpose: string, accountId: string): Promise<(string | null)[]> => (await items<Person>('kam', `contactable?purpose=${purpose}&accountId=${accountId}`)).map(({ name }) => name);

beforeAll(async () => {
  demo = await Demo.open();
});
afterAll(() => demo.close());

describe('the people of a client', () => {
  it('are registered and seen by name, by those whom the account concerns', async () => {
    const accountId = await newAccount('Peopled');
    const id = await register(accountId, 'Claire Morel', { mail: 'claire@peopled.test', level: 1, function: 'finance', buyingRoles: ['decision-maker'], language: 'fr' });
    await eventually(async () => expect(await person(id)).toMatchObject({ name: 'Claire Morel', mail: 'claire@peopled.test', status: 'active', level: 1 }));
    expect((await call('kam2', `stakeholders/${id}`)).status).toBe(404);
    expect(await items('kam2', `stakeholders?accountId=${accountId}`)).toEqual([]);
    expect(code(await call('kam2', `stakeholders/${id}/declare-support`, { support: 'enemy' }))).toEqual([404, 'not-found']);
    expect(code(await call('kam2', 'stakeholders', { accountId, name: 'Eve' }))).toEqual([404, 'not-found']);
    expect(code(await call('bi', `stakeholders/${id}`))).toEqual([403, 'role-missing']);
    expect(await items('kam', `language-coverage?accountId=${accountId}`)).toMatchObject([{ people: 1, fr: 1, unknown: 0, knownPercent: 100 }]);
  });

  it('are refused in the language of whoever asks', async () => {
    const accountId = await newAccount('Bilingual');
    const id = await register(accountId, 'Gone');
    await done('kam', `stakeholders/${id}/depart`, { reason: 'left-company', on: today() });
    const refused = await Promise.all(['en', 'fr'].map((language) => call('kam', `stakeholders/${id}/set-preferred-language`, { language: 'fr' }, { 'accept-language': language })));
    expect(refused.map(({ status, body }) => [status, body.title])).toEqual([
      [422, 'This person has left the account.'],
      [422, 'Cette personne a quitté le compte.'],
    ]);
  });

  it('keep the imported account that they belong to', async () => {
    const provenance = { source: 'crm', entity: 'accounts', rowKey: 'peopled', run: 'crm-1' };
    const accountId = await done('director', 'key-accounts/peopled/register-client', { name: 'Peopled', activeSince: '2020-01-01', provenance });
    const ada = await done('director', 'stakeholders', { accountId, name: 'Ada', provenance });
    const takeBack = async (path: string) => code(await call('director', `${path}/withdraw`, { reason: 'Wrong file' }));
    await eventually(async () => expect((await call('director', `stakeholders/${ada}`)).status).toBe(200));
    expect(await takeBack(`key-accounts/${accountId}`)).toEqual([422, 'withdraw-built-upon']);
    expect(await takeBack(`stakeholders/${ada}`)).toEqual([200, null]);
    await eventually(async () => expect(await takeBack(`key-accounts/${accountId}`)).toEqual([200, null]));
  });

  it('say who may write to them; a contract notice asks nobody', async () => {
    const accountId = await newAccount('Consenting');
    const [ann, bob] = [await register(accountId, 'Ann'), await register(accountId, 'Bob')];
    await done('kam', `stakeholders/${ann}/give-consent`, { purpose: 'survey' });
    await done('kam', `stakeholders/${bob}/raise-opposition`, { purpose: 'marketing' });
    await eventually(async () => expect(await contactable('marketing', accountId)).toEqual(['Ann']));
    expect(await contactable('survey', accountId)).toEqual(['Ann', 'Bob']);
    expect(await contactable('notice', accountId)).toEqual(['Ann', 'Bob']);
    expect(code(await call('kam', `contactable?accountId=${accountId}`))).toEqual([400, 'invalid']);
  });

  it('belong to one account at a time, also when two move them at once', async () => {
    const [from, there, elsewhere] = [await newAccount('From'), await newAccount('There'), await newAccount('Elsewhere')];
    const id = await register(from, 'Mover', { mail: 'mover@from.test', buyingRoles: ['user'] });
    await done('kam', `stakeholders/${id}/raise-opposition`, { purpose: 'marketing' });
    const moves = await Promise.all([there, elsewhere].map((accountId) => call('kam', `stakeholders/${id}/move-to-account`, { accountId, on: today() })));
    expect(outcomes(moves)).toEqual([[200, null], [422, 'stakeholder-departed']]);
    const destination = moves[0]!.status === 200 ? there : elsewhere;
    const arrived = await eventually(async () => {
      const [first] = await items<Person>('kam', `stakeholders?accountId=${destination}`);
      expect(first).toMatchObject({ name: 'Mover', mail: 'mover@from.test', status: 'active', marketing: 'opposed', personId: id });
      return first!;
    });
    expect(arrived.id).not.toBe(id);
    expect(await person(id)).toMatchObject({ status: 'departed', departed: { movedTo: { accountId: destination, stakeholderId: arrived.id } } });
    expect(await items('kam', `stakeholders?accountId=${destination === there ? elsewhere : there}`)).toEqual([]);
    expect(code(await call('kam', `stakeholders/${id}/move-to-account`, { accountId: from, on: today() }))).toEqual([422, 'stakeholder-already-there']);
    // What they do not want is heard wherever they say it.
    await done('agent', `stakeholders/${id}/raise-opposition`, { purpose: 'survey' });
    await eventually(async () => expect(await person(arrived.id)).toMatchObject({ survey: 'opposed' }));
  });

  it('whom nobody knows yet leave the account on no thread at all', async () => {
    const accountId = await newAccount('Unknown');
    await eventually(async () => expect(await one(`single-thread-alerts/${accountId}`)).toMatchObject({ accountName: 'Unknown', threads: 0, contacts: 0, alerts: expect.arrayContaining(['single-threaded', 'no-sponsor']) }));
    expect(await one(`relationship-strength/${accountId}`)).toMatchObject({ strength: null, people: [] });
    expect((await call('kam2', `single-thread-alerts/${accountId}`)).status).toBe(404);
    await done('director', 'key-accounts/unknown-client/register-client', { name: 'Unknown client', activeSince: '2020-01-01' });
    await eventually(async () => expect(await items('director', 'single-thread-alerts?accountId=unknown-client')).toMatchObject([{ accountName: 'Unknown client', threads: 0, contacts: 0 }]));
  });

  it('are known as far as somebody said something of them', async () => {
    const accountId = await newAccount('Half known');
    await register(accountId, 'Known', { function: 'finance', level: 1, buyingRoles: ['sponsor'], language: 'fr', mail: 'known@client.test' });
    const stranger = await register(accountId, 'Stranger');
    const quality = (user: string) => items<object>(user, `data-quality?accountId=${accountId}`);
    const unknown = { function: 1, level: 1, 'buying-roles': 1, language: 1, 'contact-details': 1 };
    await eventually(async () => expect(await quality('kam')).toMatchObject([{ accountName: 'Half known', missing: ['sector', 'country', 'employees', 'revenue'], stale: [], required: 15, fresh: 6, percent: 40, people: { count: 2, missing: unknown } }]));
    await done('kam', `stakeholders/${stranger}/depart`, { reason: 'left-company', on: today() });
    await eventually(async () => expect(await quality('kam')).toMatchObject([{ required: 10, fresh: 6, people: { count: 1, missing: {} } }]));
    expect(await quality('kam2')).toEqual([]);
  });

  it('are not shut in where their account was merged into another', async () => {
    const [duplicate, successor] = [await newAccount('Duplicate'), await newAccount('Successor')];
    const id = await register(duplicate, 'Doubled');
    await done('director', `key-accounts/${duplicate}/merge`, { successorId: successor, reason: 'the same company' });
    expect((await call('kam', `stakeholders/${id}/declare-support`, { support: 'mentor' })).status).toBe(422);
    await done('kam', `stakeholders/${id}/move-to-account`, { accountId: successor, on: today() });
    await eventually(async () => expect(await items('kam', `stakeholders?accountId=${successor}`)).toMatchObject([{ name: 'Doubled', status: 'active' }]));
  });
});

describe('reporting lines', () => {
  const line = (accountId: string, stakeholderId: string, managerId: string | null) => onMap(accountId, 'set-reporting-line', { stakeholderId, managerId });

  it('make no circle, also when two are set at once', async () => {
    const accountId = await newAccount('Circle');
    for (let round = 0; round < 3; round++) {
      const [ann, bob, cem] = [await register(accountId, 'Ann'), await register(accountId, 'Bob'), await register(accountId, 'Cem')];
      const set = await Promise.all([line(accountId, ann, bob), line(accountId, bob, cem), line(accountId, cem, ann)]);
      expect(outcomes(set)).toEqual([[200, null], [200, null], [422, 'reporting-line-cycle']]);
    }
  });

  it('make none across the accounts of a group either, and do not leave it', async () => {
    const [parent, child, stranger] = [await newAccount('Parent'), await newAccount('Child'), await newAccount('Stranger')];
    await done('director', `key-accounts/${child}/attach-to-parent`, { parentId: parent });
    const [boss, report, outsider] = [await register(parent, 'Boss'), await register(child, 'Report'), await register(stranger, 'Outsider')];
    const set = await Promise.all([line(child, report, boss), line(parent, boss, report)]);
    expect(outcomes(set)).toEqual([[200, null], [422, 'reporting-line-cycle']]);
    expect(code(await line(child, report, outsider))).toEqual([422, 'reporting-line-outside-group']);
    expect(code(await line(child, boss, report))).toEqual([422, 'stakeholder-unknown']);
  });

  it('end where a manager is in the group no more, and with his departure from another account of it', async () => {
    const [parent, child] = [await newAccount('Above'), await newAccount('Below')];
    await done('director', `key-accounts/${child}/attach-to-parent`, { parentId: parent });
    const [boss, report] = [await register(parent, 'Boss'), await register(child, 'Report')];
    await line(child, report, boss);
    await onMap(child, 'link-influence', { fromId: report, toId: boss, strength: 'strong' });
    const graph = () => one<{ nodes: object[]; influences: object[] }>(`stakeholder-graph/${child}`);
    await eventually(async () => expect(await graph()).toMatchObject({ nodes: [{ managerId: boss }], influences: [{ toId: boss }] }));
    await done('director', `key-accounts/${child}/detach-from-parent`, { reason: 'sold' });
    await eventually(async () => expect(await graph()).toMatchObject({ nodes: [{ managerId: null }], influences: [{ toId: boss }] }));
    await done('director', `key-accounts/${child}/attach-to-parent`, { parentId: parent });
    await eventually(async () => expect(await graph()).toMatchObject({ nodes: [{ managerId: boss }] }));
    await done('kam', `stakeholders/${boss}/depart`, { reason: 'retired', on: today() });
    await eventually(async () => expect(await graph()).toMatchObject({ nodes: [{ name: 'Report', managerId: null }], influences: [] }));
  });

  it('may turn round once the old one is gone', async () => {
    const accountId = await newAccount('Turn');
    const [ann, bob] = [await register(accountId, 'Ann'), await register(accountId, 'Bob')];
    expect(code(await line(accountId, ann, bob))).toEqual([200, null]);
    expect(code(await line(accountId, bob, ann))).toEqual([422, 'reporting-line-cycle']);
    expect(code(await line(accountId, ann, null))).toEqual([200, null]);
    expect(code(await line(accountId, bob, ann))).toEqual([200, null]);
    await eventually(async () => expect((await one<{ nodes: object[] }>(`stakeholder-graph/${accountId}`)).nodes).toMatchObject([{ name: 'Ann', managerId: null }, { name: 'Bob', managerId: ann }]));
  });
});

interface StrengthOf {
  readonly strength: number | null;
  readonly threads: number;
  readonly people: readonly { readonly stakeholderId: string; readonly score: number | null; readonly parts: object | null; readonly lastTouchAt: string | null }[];
}

describe('the relations to a client', () => {
  it('grow, are measured, and end with a departure', async () => {
    const accountId = await newAccount('Related');
    const claire = await register(accountId, 'Claire', { level: 2, buyingRoles: ['decision-maker'] });
    const denis = await register(accountId, 'Denis', { level: 1 });
    const pair = { memberId: idOf('kam'), stakeholderId: claire };
    const sponsors = { memberId: idOf('director'), stakeholderId: denis };
    for (const current of ['vendor', 'problem-solver']) await done('kam', `relationship-maps/${accountId}/assess-relationship`, { ...pair, current, desired: 'trusted-advisor' });
    await done('kam', `relationship-maps/${accountId}/record-sentiment`, { ...pair, sentiment: 'positive' });
    await done('kam', `relationship-maps/${accountId}/pair-sponsor`, sponsors);
    await done('kam', `relationship-maps/${accountId}/link-influence`, { fromId: claire, toId: denis, strength: 'strong' });
    await done('kam', `relationship-maps/${accountId}/identify-champion`, { stakeholderId: claire });
    await done('kam', `relationship-maps/${accountId}/agree-mutual-plan`, { stakeholderId: claire, steps: [{ title: 'Present to the board', by: 'client', dueOn: '2027-01-15' }] });
    await done('director', `relationship-maps/${accountId}/give-recognition`, { memberId: idOf('kam'), recognition: 'champion-developed', reason: 'Patience' });
    expect(code(await onMap(accountId, 'pair-sponsor', { ...sponsors, memberId: idOf('kam') }))).toEqual([422, 'sponsor-not-executive']);
    expect(code(await onMap(accountId, 'link-influence', { fromId: claire, toId: claire, strength: 'weak' }))).toEqual([422, 'influence-self']);
    expect(code(await onMap(accountId, 'agree-mutual-plan', { stakeholderId: denis, steps: [{ title: 'x', by: 'us', dueOn: '2027-01-15' }] }))).toEqual([422, 'champion-not-identified']);
    expect(code(await onMap(accountId, 'identify-champion', { stakeholderId: claire }, 'kam2'))).toEqual([404, 'not-found']);
    const calledAt = daysAgo(2);
    await done('kam', `engagement-plans/${accountId}/log-touchpoint`, { kind: 'call', direction: 'in', occurredAt: calledAt, stakeholderIds: [claire] });
    await done('kam', `engagement-plans/${accountId}/log-touchpoint`, { kind: 'meeting', direction: 'out', occurredAt: daysAgo(1), stakeholderIds: [claire] });

    await eventually(async () => {
      const { strength, threads, people } = await one<StrengthOf>(`relationship-strength/${accountId}`);
      expect({ strength, threads }).toEqual({ strength: people[0]!.score, threads: 1 });
      // No tier: a half-life of 60 days, and a contact within 91. A manager of ours to a director of theirs.
      expect(people).toMatchObject([
        { stakeholderId: claire, parts: { recency: 98.9, frequency: 100, twoWay: 100, depth: 80, seniority: 100 }, score: 96.7 },
        { stakeholderId: denis, parts: null, score: null },
      ]);
    });
    await eventually(async () => expect((await person(claire)).lastContactAt).toBe(calledAt));
    expect(await items('kam', `single-thread-alerts?accountId=${accountId}`)).toMatchObject([{ alerts: ['single-threaded', 'few-contacts'], contacts: 2, silentChampions: [] }]);
    expect(await one(`coverage-heatmap/${accountId}`)).toMatchObject({ cells: [{ ...pair, memberName: 'Karim Benali', name: 'Claire', current: 'problem-solver', sentiment: 'positive', touches: 2 }] });
    expect(await one(`sponsor-matrix/${accountId}`)).toMatchObject({ pairs: [{ ...sponsors, name: 'Denis', level: 1 }], unpaired: [{ name: 'Claire' }] });
    expect(await one(`c-level-coverage/${accountId}`)).toMatchObject({ coveredPercent: 0, levels: [{ level: 1, known: 1, paired: 1 }, { level: 2, inTouch: 1, coveredPercent: 100 }, { level: 3, known: 0, coveredPercent: null }, {}] });
    expect(await one(`relationship-progress/${accountId}`)).toMatchObject({ pairs: [{ ...pair, gained: 2, toGo: 1 }] });
    expect(await one(`champion-board/${accountId}`)).toMatchObject({ champions: [{ name: 'Claire', lost: null, mutualPlan: { steps: [{ by: 'client' }] } }], recognitions: [{ memberName: 'Karim Benali' }] });
    expect(await one(`stakeholder-graph/${accountId}`)).toMatchObject({ nodes: [{ isChampion: true }, { isSponsor: true }], influences: [{ fromId: claire, toId: denis }] });
    expect((await call('kam2', `stakeholder-graph/${accountId}`)).status).toBe(404);
    expect(await items('kam2', `relationship-strength?accountId=${accountId}`)).toEqual([]);

    await done('kam', `stakeholders/${claire}/depart`, { reason: 'left-company', on: today() });
    await eventually(async () => expect(await one(`champion-board/${accountId}`)).toMatchObject({ champions: [{ lost: { loss: 'departed' }, score: 0 }] }));
    expect(await one(`relationship-strength/${accountId}`)).toMatchObject({ strength: 0, threads: 0, people: [{ departed: true, score: 0 }, {}] });
    expect(await one(`coverage-heatmap/${accountId}`)).toMatchObject({ cells: [] });
    expect(code(await onMap(accountId, 'assess-relationship', { ...pair, current: 'vendor', desired: 'vendor' }))).toEqual([422, 'stakeholder-departed']);
    await eventually(async () => expect(await items('kam', `tasks?accountId=${accountId}&state=open`)).toMatchObject([{ matter: { kind: 'champion-lost', params: { loss: 'departed' } } }]));
  });
});

describe('data that are kept for too long', () => {
  it('are proposed for erasure; erased, the name is gone everywhere, and what the person said stays', async () => {
    const accountId = await newAccount('Forgetful');
    const silent = await register(accountId, NAME, { mail: MAIL, level: 1, buyingRoles: ['champion'] });
    const recent = await register(accountId, 'Recent');
    await done('kam', `stakeholders/${silent}/raise-opposition`, { purpose: 'survey' });
    await done('kam', `stakeholders/${silent}/receive-contact`, { at: daysAgo(3 * 366 + 62) });
    await done('kam', `stakeholders/${recent}/receive-contact`, { at: daysAgo(3 * 365 - 62) });
    await eventually(async () => expect((await person(silent)).lastContactAt).not.toBeNull());
    await eventually(async () => expect((await person(recent)).lastContactAt).not.toBeNull());
    expect(code(await call('kam', `relationship-maps/${accountId}/propose-erasures`, {}))).toEqual([403, 'role-missing']);
    await done('service', `relationship-maps/${accountId}/propose-erasures`);
    await done('service', `relationship-maps/${accountId}/propose-erasures`);
    const proposals = () => items<{ id: string }>('operator', 'erasure-proposals');
    await eventually(async () => expect(await proposals()).toMatchObject([{ id: silent, name: NAME, erasureProposed: { months: 36 } }]));

    await done('operator', `persons/${silent}/erase`, { ground: 'no-longer-needed' });
    await eventually(async () => expect(await person(silent)).toMatchObject({ name: null, mail: null, survey: 'opposed', erasedAt: expect.any(String) }));
    expect(await proposals()).toEqual([]);
    for (const list of ['stakeholders', 'contactable?purpose=notice', 'stakeholder-graph', 'relationship-strength', 'champion-board', 'sponsor-matrix'])
      expect(JSON.stringify(await call('director', `${list}${list.includes('?') ? '&' : '?'}accountId=${accountId}`))).not.toMatch(/Quarterstaff|quarterstaff/);
    expect(await contactable('notice', accountId)).toEqual(['Recent']);
    expect(await filesWith('quarterstaff')).toEqual([]);
    // The search is worth something: what is no person stands in the clear.
    expect(await filesWith('Forgetful')).not.toEqual([]);
    expect(code(await call('kam', `stakeholders/${silent}/change-contact-details`, { name: NAME, mail: null, phone: null }))).toEqual([422, 'person-erased']);
  });

  it('are kept from the last contact that stands, also where the person moved meanwhile', async () => {
    const [from, there] = [await newAccount('Taken back'), await newAccount('Taken along')];
    const [stays, moves] = [await register(from, 'Stays'), await register(from, 'Moves')];
    const imported = (touchpointId: string, occurredAt: string) =>
      done('kam', `engagement-plans/${from}/import-touchpoint`, { touchpointId, occurredAt, kind: 'call', direction: 'in', stakeholderIds: [stays, moves], provenance: { source: 'crm', entity: 'touchpoints', rowKey: touchpointId, run: 'r1' } });
    const [early, late] = [daysAgo(20), daysAgo(10)];
    await imported('late-call', late);
    await imported('early-call', early);
    await eventually(async () => expect((await person(moves)).lastContactAt).toBe(late));
    await done('kam', `stakeholders/${moves}/move-to-account`, { accountId: there, on: today() });
    const arrived = await eventually(async () => {
      const [first] = await items<Person>('kam', `stakeholders?accountId=${there}`);
      expect(first?.lastContactAt).toBe(late);
      return first!.id;
    });
    await done('kam', `engagement-plans/${from}/withdraw-touchpoint`, { touchpointId: 'late-call', reason: 'Wrong file' });
    for (const id of [stays, moves, arrived]) await eventually(async () => expect((await person(id)).lastContactAt).toBe(early));
    await done('kam', `engagement-plans/${from}/withdraw-touchpoint`, { touchpointId: 'early-call', reason: 'Wrong file' });
    for (const id of [stays, moves, arrived]) await eventually(async () => expect((await person(id)).lastContactAt).toBeNull());
  });

  it('are erased on every account that the person moved to', async () => {
    const [from, there] = [await newAccount('Origin'), await newAccount('Destination')];
    const id = await register(from, 'Wanderer');
    await done('kam', `stakeholders/${id}/move-to-account`, { accountId: there, on: today() });
    const arrived = await eventually(async () => {
      const [first] = await items<Person>('kam', `stakeholders?accountId=${there}`);
      expect(first?.name).toBe('Wanderer');
      return first!.id;
    });
    await done('operator', `persons/${id}/erase`, { ground: 'request' });
    await eventually(async () => expect(await person(arrived)).toMatchObject({ name: null, erasedAt: expect.any(String) }));
  });
});

describe('three years of silence', () => {
  let sponsored: string;
  beforeAll(async () => {
    sponsored = await newAccount('Sponsored');
    const ceo = await register(sponsored, 'Ceo', { level: 1 });
    const executive = await done('hr', 'team-members', { name: 'Max Leaver', role: 'director', managerId: idOf('director') });
    await done('director', `relationship-maps/${sponsored}/pair-sponsor`, { memberId: executive, stakeholderId: ceo });
    await done('hr', `team-members/${executive}/offboard`, { lastDay: today(), cause: 'resigned', reason: 'Another company' });
    await eventually(async () => expect(await one(`sponsor-matrix/${sponsored}`)).toMatchObject({ pairs: [{ memberName: 'Max Leaver' }], unpaired: [] }));
  });

  it('end in a proposal, although nobody does anything; one that is dismissed does not come back the next month', async () => {
    const accountId = await newAccount('Silent');
    const silent = await register(accountId, 'Silent');
    await eventually(async () => expect((await person(silent)).name).toBe('Silent'));
    const proposed = () => items<Person>('kam', `erasure-proposals?accountId=${accountId}`);
    expect(await proposed()).toEqual([]);
    const kept = await register(accountId, 'Kept');

    await demo.keyfold.stop();
    await demo.keyfold.start({ NODE_OPTIONS: `--import=${CLOCK_AHEAD}`, CLOCK_AHEAD_MS: String((3 * 366 + 62) * DAY_MS) });
    await demo.signIn();
    await eventually(async () => expect(await proposed()).toHaveLength(2), { deadlineMs: 30_000, everyMs: 200 });
    expect((await proposed()).find(({ id }) => id === silent)).toMatchObject({ erasureProposed: { lastContactOn: null, months: 36 } });

    const dismiss = (user: string) => call(user, `stakeholders/${kept}/dismiss-erasure-proposal`, { reason: 'Dispute over an invoice' });
    expect(code(await dismiss('kam'))).toEqual([403, 'role-missing']);
    expect(code(await dismiss('director'))).toEqual([200, null]);
    await done('service', `relationship-maps/${accountId}/propose-erasures`);
    await eventually(async () => expect([(await proposed()).map(({ id }) => id), await person(kept)]).toMatchObject([[silent], { kept: { reason: 'Dispute over an invoice' } }]));
  });

  it('leave nobody at the client to a sponsor of ours who has left', async () => {
    await eventually(async () => expect(await one(`sponsor-matrix/${sponsored}`)).toMatchObject({ pairs: [], unpaired: [{ name: 'Ceo' }] }));
    expect(await one(`c-level-coverage/${sponsored}`)).toMatchObject({ levels: [{ level: 1, known: 1, paired: 0 }, {}, {}, {}] });
    expect(await one(`single-thread-alerts/${sponsored}`)).toMatchObject({ alerts: expect.arrayContaining(['no-sponsor']) });
  });
});

/** Files of the data folder in which a text stands, whatever the case. */
async function filesWith(text: string): Promise<string[]> {
  const files = await readdir(demo.data, { recursive: true, withFileTypes: true });
  const found = await Promise.all(
    files.filter((file) => file.isFile()).map(async (file) => {
      const content = (await readFile(join(file.parentPath, file.name))).toString('latin1').toLowerCase();
      return content.includes(text.toLowerCase()) ? [file.name] : [];
    }),
  );
  return found.flat();
}
