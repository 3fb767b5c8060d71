import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/testing';
import { routesOf } from './api.js';
import { Demo, idOf } from './demo.js';

/** Stories of domain.md section 6 that are told by accounts and reporting, from the first command to the figures. */

const DAY_MS = 86_400_000;
const YEAR = new Date().getUTCFullYear();
const PAST = YEAR - 1;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
const day = (daysBack: number): string => daysAgo(daysBack).slice(0, 10);

let demo: Demo;
const tell = (path: string, body: object = {}, user = 'director'): Promise<string> => demo.done(user, `accounts/${path}`, body);
const ask = async <T>(path: string, user = 'director'): Promise<T> => (await demo.call<T>(user, path)).body;
const items = <T>(path: string, user = 'director'): Promise<T[]> => demo.list<T>(user, path);

async function client(id: string, ownerId = idOf('kam')): Promise<string> {
  await tell(`key-accounts/${id}/register-client`, { name: `Story ${id}`, activeSince: `${PAST - 1}-01-01` });
  await tell(`key-accounts/${id}/assign-owner`, { ownerId });
  return id;
}

beforeAll(async () => {
  // What was given to a member counts as under way for the deadline and two seconds.
  demo = await Demo.openEmpty({ KEYFOLD_TIME_ZONE: 'UTC', KEYFOLD_COMMAND_DEADLINE_MS: '1000' });
});
afterAll(() => demo.close());

describe('the story of a global account', () => {
  interface Rollup {
    readonly successorId: string | null;
    readonly nodes: readonly { readonly total: { readonly wonValue: readonly { readonly amountMinor: number }[] } }[];
  }
  const won = (accountId: string, amountMinor: number) => {
    const facts = { name: 'Fleet', ownerId: idOf('kam'), motion: 'expansion', stage: 'qualified', openedOn: `${PAST}-01-10`, provenance: { source: 'test', entity: 'deals', rowKey: accountId, run: 'r1' } };
    return demo.done('director', `opportunities/opportunities/deal-${accountId}/record`, { ...facts, accountId, outcome: { result: 'won', closedOn: `${PAST}-02-10`, amount: { amountMinor, currency: 'EUR' } } });
  };
  /** What the account and all below it have won, on a day, as known at an instant. */
  async function total(id: string, asOf: string, knownOn?: string): Promise<number> {
    const { nodes } = await ask<Rollup>(`reporting/global-account-rollups/${id}?asOf=${asOf}${knownOn ? `&knownOn=${knownOn}` : ''}`);
    return nodes[0]?.total.wonValue[0]?.amountMinor ?? 0;
  }
  const totals = (asOf: string, knownOn?: string): Promise<number[]> => Promise.all(['atlas', 'borea', 'atlas-sa'].map((id) => total(id, asOf, knownOn)));

  it('is right before and after a subsidiary moved and two groups became one, by both clocks', async () => {
    for (const id of ['atlas', 'borea', 'atlas-sa', 'cyane']) await client(id);
    for (const [id, value] of [['atlas', 100], ['atlas-sa', 30], ['cyane', 500]] as const) await won(id, value);
    await tell('key-accounts/cyane/attach-to-parent', { parentId: 'borea', effectiveFrom: `${PAST}-01-01` });
    await eventually(async () => expect(await totals(`${PAST}-12-31`)).toEqual([100, 500, 30]));
    const beforeTheMove = new Date().toISOString();

    await tell('key-accounts/cyane/attach-to-parent', { parentId: 'atlas', effectiveFrom: `${PAST}-11-01` });
    await eventually(async () => expect(await totals(`${PAST}-12-31`)).toEqual([600, 0, 30]));
    const beforeTheMerge = new Date().toISOString();

    await tell('key-accounts/atlas-sa/merge', { successorId: 'atlas', reason: 'Registered twice', effectiveOn: `${YEAR}-01-01` });
    await eventually(async () => expect(await totals(`${YEAR}-01-01`)).toEqual([630, 0, 0]));

    expect([await totals(`${PAST}-10-31`), await totals(`${PAST}-11-01`), await totals(`${PAST}-12-31`)]).toEqual([[100, 500, 30], [600, 0, 30], [600, 0, 30]]);
    expect([await totals(`${PAST}-11-01`, beforeTheMove), await totals(`${YEAR}-01-01`, beforeTheMove), await totals(`${YEAR}-01-01`, beforeTheMerge)]).toEqual([[100, 500, 30], [100, 500, 30], [600, 0, 30]]);
    expect(await ask(`reporting/global-account-rollups/atlas-sa?asOf=${YEAR}-01-01`)).toMatchObject({ successorId: 'atlas', nodes: [] });
    expect((await items<{ type: string }>('reporting/account-timeline?accountId=atlas-sa')).map(({ type }) => type)).toContain('accounts.key-account.client-registered');
  });
});

describe('the story of a handover', () => {
  const compliance = async (from: string, to: string): Promise<number | null> => {
    const { items: levels } = await ask<{ items: { level: string; tier: string | null; percent: number | null }[] }>(`accounts/cadence-compliance-summary?accountId=delos&from=${from}&to=${to}`);
    return levels.find(({ level, tier }) => level === 'operational' && tier === null)!.percent;
  };

  it('leaves the successor the whole account, and the cadence recovers within two months', async () => {
    const leaver = await tell('team-members', { name: 'Lea Verre', role: 'kam', managerId: idOf('director') }, 'hr');
    await client('delos', leaver);
    await tell('stakeholders/delos-buyer/register', { accountId: 'delos', name: 'Claire Morel', level: 1, buyingRoles: ['decision-maker'] });
    await tell('tasks', { accountId: 'delos', title: 'Send the offer' });
    await tell('relationship-maps/delos/assess-relationship', { memberId: leaver, stakeholderId: 'delos-buyer', current: 'problem-solver', desired: 'trusted-advisor' });
    await tell('relationship-maps/delos/pair-sponsor', { memberId: idOf('director'), stakeholderId: 'delos-buyer' });
    await tell('csr-scorecards/delos/make-commitment', { pillar: 'environment', by: 'us', title: 'Train before plane', dueOn: day(-90) });
    await tell('engagement-plans/delos/log-touchpoint', { occurredAt: daysAgo(85), kind: 'visit', direction: 'out', stakeholderIds: ['delos-buyer'], memberIds: [leaver] });
    await tell('engagement-plans/delos/set-cadence', { level: 'operational', intervalDays: 14, reason: 'Roll-out', effectiveOn: day(84) });
    await eventually(async () => expect(await compliance(day(90), day(1))).toBe(0), { deadlineMs: 30_000 });

    const leave = (lastDay: string) => demo.call('hr', `accounts/team-members/${leaver}/offboard`, { lastDay, cause: 'resigned', reason: 'Another company' });
    expect((await leave(day(0))).body.code).toBe('portfolio-not-handed-over');
    await eventually(async () => expect((await ask<{ accounts: object[] }>(`accounts/portfolio-summaries/${leaver}`)).accounts).toHaveLength(1));
    await tell(`portfolios/${leaver}/hand-over`, { toMemberId: idOf('kam2'), effectiveOn: day(56), reason: 'Lea leaves' });
    await eventually(async () => expect(await ask(`accounts/portfolios/${leaver}`)).toMatchObject({ handover: { state: 'complete', done: ['delos'] } }));
    await eventually(async () => expect((await leave(day(0))).status).toBe(200));

    const pack = await eventually(async () => {
      const seen = await ask<{ ownership: object }>('accounts/handover-packs/delos', 'kam2');
      expect(seen.ownership).toMatchObject({ owner: { memberId: idOf('kam2') }, before: { memberId: leaver, name: 'Lea Verre' } });
      return seen;
    });
    expect(pack).toMatchObject({
      account: { name: 'Story delos', status: 'active' },
      people: [{ id: 'delos-buyer', name: 'Claire Morel', level: 1, buyingRoles: ['decision-maker'] }],
      relations: { champions: [], sponsors: [{ memberId: idOf('director'), stakeholderId: 'delos-buyer' }], pairs: [{ memberId: leaver, name: 'Lea Verre', current: 'problem-solver', desired: 'trusted-advisor' }] },
      openCommitments: [{ title: 'Train before plane' }],
      engagement: { cadence: [{ level: 'operational', intervalDays: 14 }], lastTouchpoints: [{ kind: 'visit' }] },
    });
    expect(JSON.stringify(pack)).toContain('Send the offer');
    expect((await demo.call('kam', 'accounts/handover-packs/delos')).status).toBe(404);

    for (let days = 55; days >= 0; days -= 6) await tell('engagement-plans/delos/log-touchpoint', { occurredAt: daysAgo(days), kind: 'call', direction: 'out', stakeholderIds: ['delos-buyer'] }, 'kam2');
    await eventually(async () => expect([await compliance(day(90), day(57)), await compliance(day(35), day(0))]).toEqual([0, 100]), { deadlineMs: 30_000 });
    const told = (await items<{ type: string }>('reporting/account-timeline?accountId=delos&limit=200', 'kam2')).map(({ type }) => type);
    expect(told).toEqual(expect.arrayContaining(['accounts.key-account.owner-assigned', 'accounts.key-account.handed-over', 'accounts.engagement-plan.touchpoint-logged']));
  });
});

describe('the story of an erasure', () => {
  const NAME = 'Zenobie Quarterstaff';

  /** Every list of every service, as whoever may read it sees it. */
  async function everything(): Promise<string> {
    const readers = ['director', 'auditor', 'operator', 'kam', 'hr', 'finance', 'bi'];
    const lists = (await routesOf(demo.keyfold)).filter(({ method, path }) => method === 'GET' && path.startsWith('/api/') && !path.includes('{'));
    expect(lists.length).toBeGreaterThan(40);
    const answers = lists.flatMap(({ path }) => readers.map((user) => demo.call(user, path.replace('/api/', ''))));
    return JSON.stringify((await Promise.all(answers)).filter(({ status }) => status === 200));
  }
  const figures = async () => {
    const [coverage, strength] = await Promise.all([items<object>('accounts/c-level-coverage?accountId=ennea'), items<object>('accounts/cadence-compliance?accountId=ennea')]);
    return { coverage, strength, contacts: (await items<object>('accounts/touchpoints?accountId=ennea')).length, people: (await items<object>('accounts/stakeholders?accountId=ennea')).length };
  };

  it('takes one name away everywhere and leaves every count as it was', async () => {
    await client('ennea');
    await tell('stakeholders/zenobie/register', { accountId: 'ennea', name: NAME, mail: 'zenobie@quarterstaff.test', level: 1, buyingRoles: ['sponsor'] });
    await tell('stakeholders/denis/register', { accountId: 'ennea', name: 'Denis Roy', level: 2 });
    await tell('relationship-maps/ennea/identify-champion', { stakeholderId: 'zenobie' });
    await tell('engagement-plans/ennea/log-touchpoint', { occurredAt: daysAgo(3), kind: 'meeting', direction: 'in', stakeholderIds: ['zenobie', 'denis'] });
    await eventually(async () => expect(await everything()).toContain(NAME));
    const before = await eventually(async () => {
      const seen = await figures();
      expect(seen).toMatchObject({ contacts: 1, people: 2, coverage: [{ coveredPercent: 100 }] });
      return seen;
    });

    await tell('persons/zenobie/erase', { ground: 'request' }, 'operator');
    await eventually(async () => expect(await ask('accounts/stakeholders/zenobie')).toMatchObject({ name: null, mail: null, erasedAt: expect.any(String) }));
    expect(await everything()).not.toMatch(/quarterstaff/i);
    expect(await figures()).toEqual(before);
    for (const file of await readdir(demo.data, { recursive: true, withFileTypes: true }))
      if (file.isFile()) expect([file.name, /quarterstaff/i.test((await readFile(join(file.parentPath, file.name))).toString('latin1'))]).toEqual([file.name, false]);
  });
});
