import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, type AnyProjection, projection, type Projection, type RowQuery, sortKeys, valueAt, type View } from '@keyfold/event-sourcing';
import { EmbeddedProjectionStore } from '@keyfold/event-sourcing-embedded';
import type { Adapters } from '@keyfold/event-sourcing-nest';
import { Access } from './access.js';
import { accountDirectory, type DirectoryAccount, type DirectoryMember, memberDirectory } from './directories.js';

interface Person {
  readonly id: string;
  readonly accountId: string | null;
  readonly memberId: string;
  readonly rank: number;
  /** Those of Carl's accounts come before all others. */
  readonly late: boolean;
}

const people = projection<Person>({ name: 'people', version: 1, follows: [], rowsOf: () => [], fold: (row) => row, indexes: [['accountId']] });
const NOW = '2026-02-15T12:00:00.000Z';
const clock = { now: () => new Date(NOW), wait: () => Promise.resolve() };
const ACCOUNTS = 9_000;

let store: EmbeddedProjectionStore;
let access: Access;
/** Sizes of the pages that were asked for. */
let read: number[];
let view: Pick<View<Person>, 'find'>;

const write = (projected: AnyProjection, rows: readonly { readonly id: string }[]): Promise<void> =>
  store.transact(projected, { partition: 'p/0', streams: [], rows: [] }, () => ({ marks: new Map(), rows: new Map(rows.map((row) => [row.id, row])), parked: [] }));

const GRANT = { grantId: 'g', role: 'consultant', accountIds: null, expiresAt: '2026-12-31T00:00:00.000Z' } as const;
const member = (id: string, managerId: string | null, grants: DirectoryMember['grants'] = []): DirectoryMember => ({ id, name: id, role: 'kam', managerId, region: null, leavesAt: null, grants });
const since = (ownerId: string, from = '2026-01-01T00:00:00.000Z') => ({ ownerId, from });

/** Whose an account is, in turn: one in three nobody's, others of two big portfolios, some of Lea, few of Anna and of the region of Rose, one in ten with a handover to come, or made by now. */
function account(number: number): DirectoryAccount {
  const owner = number % 1_000 === 0 ? 'anna' : number % 450 === 1 ? 'rose' : number % 40 === 7 ? 'lea' : number % 2 === 0 ? 'bea' : 'carl';
  const to = number % 20 === 0 ? [since('carl', '2026-03-01T00:00:00.000Z')] : number % 20 === 10 ? [since('bea', '2026-02-01T00:00:00.000Z')] : [];
  const owners = number % 3 === 0 && !['anna', 'lea'].includes(owner) ? [] : [since(owner), ...to];
  const team = number % 700 === 0 ? [{ memberId: 'tom', access: 'read' as const }] : [];
  const memberIds = [...(owners.length === 0 ? [null] : owners.map(({ ownerId }) => ownerId)), ...team.map(({ memberId }) => memberId)];
  return { id: `a${number}`, name: 'x', sector: null, tier: null, status: 'active', statusBefore: 'active', successorId: null, owners, team, memberIds };
}

function person(i: number): Person {
  const number = (i * 7_919) % (ACCOUNTS + 50);
  const memberId = i % 203 === 7 ? 'lea' : ['bea', 'carl', 'anna', 'tom'][i % 4]!;
  return { id: `p${i}`, accountId: i % 500 === 0 ? null : `a${number}`, memberId, rank: i % 700, late: account(number).owners[0]?.ownerId !== 'carl' };
}

const as = (memberId: string | null, ...roles: string[]): Actor => ({ subject: 'u', memberId, roles });

beforeAll(async () => {
  store = new EmbeddedProjectionStore({ clock, database: null });
  for (const projected of [memberDirectory, accountDirectory, people]) await store.prepare(projected as unknown as Projection);
  access = new Access(store, { clock } as unknown as Adapters);
  await write(memberDirectory, [member('head', null), member('dora', 'head'), member('rose', 'head'), member('bea', 'dora'), member('carl', 'head'), member('anna', 'rose'), member('tom', null), member('lea', 'head'), member('guest', null, [GRANT])]);
  await write(accountDirectory, Array.from({ length: ACCOUNTS }, (_, number) => account(number)));
  await write(people, Array.from({ length: 2 * ACCOUNTS }, (_, i) => person(i)));
});

beforeEach(() => {
  read = [];
  view = { find: (query) => (read.push(query.limit), store.view(people).find(query)) };
});

const WHO: readonly (readonly [string, Actor])[] = [
  ['a key account manager with few accounts', as('anna', 'kam')],
  ['one with more than are looked up each time', as('lea', 'kam')],
  ['one with thousands', as('bea', 'kam')],
  ['a member of account teams', as('tom', 'sales-engineer')],
  ['the head of everybody', as('head', 'director')],
  ['a director', as('dora', 'director')],
  ['a director of few', as('rose', 'director')],
  ['HR', as('anna', 'hr')],
  ['an auditor', as(null, 'auditor')],
  ['a consultant with a grant for every account', as('guest', 'consultant')],
  ['nobody in particular', as(null)],
];

const PAGES: readonly RowQuery[] = [
  { limit: 400 },
  { limit: 90, sort: { rank: -1 }, filter: { rank: { $lt: 300 } } },
  { limit: 5_001, sort: { rank: 1 } },
  { limit: 70, sort: { late: 1 } },
];

/** All pages, one after the other. */
async function paged(rows: Pick<View<Person>, 'find'>, query: RowQuery): Promise<Person[]> {
  const found: Person[] = [];
  for (let after: readonly unknown[] | undefined; ; ) {
    const page = await rows.find({ ...query, after });
    found.push(...page);
    if (page.length < query.limit) return found;
    const last = page.at(-1)!;
    after = sortKeys(query.sort).map(([field]) => valueAt(last, field));
  }
}

describe('rows by account', () => {
  it.each(WHO)('are those of the accounts that %s covers, on every page and in order', async (_who, actor) => {
    const scope = await access.of(actor);
    const covered = new Set((await access.accountsIn(scope)).map(({ id }) => id));
    const seesAll = scope.covers(null) && scope.covers('');
    for (const query of PAGES) {
      const all = await store.view(people).find({ ...query, limit: 100_000 });
      const wanted = all.filter(({ accountId }) => seesAll || (accountId !== null && covered.has(accountId)));
      expect(await paged(access.rowsOfAccounts(view, scope, { account: 'accountId' }), query)).toEqual(wanted);
    }
  });

  it.each([['few', as('anna', 'kam')], ['some', as('lea', 'kam')], ['many', as('dora', 'director')]])('are also those of an account that everybody sees, for a scope of %s', async (_many, actor) => {
    const scope = await access.of(actor);
    const found = await paged(access.rowsOfAccounts(view, scope, { account: 'accountId', everybodys: 'a9001' }), { limit: 1_000 });
    expect(found.filter(({ accountId }) => accountId === 'a9001').length).toBeGreaterThan(1);
    expect(found.filter(({ accountId }) => accountId === 'a9002')).toEqual([]);
  });

  it.each(WHO)('are also those of the members that %s covers, where rows have one', async (_who, actor) => {
    const scope = await access.of(actor);
    const covered = new Set((await access.accountsIn(scope)).map(({ id }) => id));
    const seesAll = scope.covers(null) && scope.covers('');
    for (const query of [PAGES[0]!, PAGES[3]!]) {
      const all = await store.view(people).find({ ...query, limit: 100_000 });
      const wanted = all.filter(({ accountId, memberId }) => seesAll || scope.covers(memberId) || (accountId !== null && covered.has(accountId)));
      expect(await paged(access.rowsOfAccounts(view, scope, { account: 'accountId', owner: 'memberId' }), query)).toEqual(wanted);
    }
  });

  it.each([
    ['a page or two for whoever covers nearly everything', as('head', 'director'), 100, {}],
    ['some dozens of rows for whoever covers much', as('dora', 'director'), 150, {}],
    ['the page alone for whoever has few accounts', as('anna', 'kam'), 50, {}],
    ['the page alone for whoever covers everything', as(null, 'auditor'), 50, {}],
    ['a bounded number of rows for whoever covers little of very much', as('lea', 'kam'), 1_150, {}],
    ['a page of each part for whoever covers very much, but little at the front', as('dora', 'director'), 1_200, { late: 1 }],
  ] as readonly [string, Actor, number, RowQuery['sort']][])('cost %s', async (_what, actor, most, sort) => {
    const scope = await access.of(actor);
    await access.rowsOfAccounts(view, scope, { account: 'accountId' }).find({ limit: 50, sort });
    expect(read.reduce((sum, limit) => sum + limit)).toBeLessThanOrEqual(most);
  });

  it('ask for the accounts of all rows that were read at once, and for each of them once, to be covered and to be named', async () => {
    const asked: number[] = [];
    const counting = (projected: Projection<DirectoryAccount>): View<DirectoryAccount> => {
      const accounts = store.view(projected);
      return { ...accounts, get: (id) => (asked.push(1), accounts.get(id)), find: (query) => (asked.push(query.limit), accounts.find(query)) };
    };
    const { view: viewOf } = store;
    const watched = { view: (projected: AnyProjection) => ((projected as unknown) === accountDirectory ? counting(accountDirectory) : viewOf.call(store, projected as Projection)) };
    const accessing = new Access(watched as unknown as EmbeddedProjectionStore, { clock } as unknown as Adapters).forRequest(as('head', 'director'));
    const rows = Array.from({ length: 60 }, (_, i) => ({ ...person(1 + (i % 20)), id: `q${i}` }));
    const page = { find: ({ limit }: RowQuery) => Promise.resolve(rows.slice(0, limit)) };
    await accessing.rowsOfAccounts(page, await accessing.of(as('head', 'director')), { account: 'accountId' }).find({ limit: 30 });
    for (const { accountId } of rows) await accessing.accountName(accountId);
    expect(asked).toEqual([20]);
    await accessing.forRequest(as('head', 'director')).accountName('a1');
    expect(asked).toEqual([20, 1]);
  });

  it('look at the members once, to be covered and to be named, and again for one who was not among them', async () => {
    let looks = 0;
    const { view: viewOf } = store;
    const counting = (projected: AnyProjection): View<object> => {
      const view = viewOf.call(store, projected as Projection);
      return (projected as unknown) === memberDirectory ? { ...view, all: () => (looks++, view.all()) } : view;
    };
    const head = as('head', 'director');
    const accessing = new Access({ view: counting } as unknown as EmbeddedProjectionStore, { clock } as unknown as Adapters).forRequest(head);
    await accessing.of(head);
    expect((await accessing.member('anna'))?.id).toBe('anna');
    expect(looks).toBe(1);
    expect(await accessing.member('nobody')).toBeNull();
    expect(looks).toBe(2);
  });
});
