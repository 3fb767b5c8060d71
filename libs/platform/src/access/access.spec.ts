import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor, Projection, RecordedEvent } from '@keyfold/event-sourcing';
import { EmbeddedProjectionStore } from '@keyfold/event-sourcing-embedded';
import type { Adapters } from '@keyfold/event-sourcing-nest';
import { Access } from './access.js';
import { accountDirectory, memberDirectory } from './directories.js';

let now: string;
let erased: boolean;
let store: EmbeddedProjectionStore;
let access: Access;

const clock = { now: () => new Date(now), wait: () => Promise.resolve() };
const vault = {
  encrypt: (_person: string, text: string) => Promise.resolve(`sealed:${text}`),
  decrypt: (text: string) => Promise.resolve(erased ? null : text.replace('sealed:', '')),
};

/** Folds events into one row of a directory, as the projector does. */
async function told<Row extends object>(projection: Projection<Row>, id: string, ...events: [type: string, data: object, occurredAt?: string][]): Promise<void> {
  await store.transact(projection, { partition: 'p/0', streams: [id], rows: [id] }, ({ rows }) => {
    const fold = (row: Row | null, [type, data, occurredAt = '2026-01-01T00:00:00.000Z']: (typeof events)[number]) =>
      projection.fold(row, { type, data, occurredAt, streamId: `account-${id}` } as RecordedEvent, id);
    return { marks: new Map(), rows: new Map([[id, events.reduce(fold, rows.get(id) ?? null)]]), parked: [] };
  });
}

const member = (id: string, managerId: string | null): Promise<void> =>
  told(memberDirectory, id, ['accounts.team-member.onboarded', { memberId: id, name: `sealed:${id}`, role: 'kam', managerId, region: null, provenance: null }]);

const profile = { sector: 'energy', country: null, yearEstablished: null, employees: null, revenueMillions: null };
const registered = ['accounts.key-account.client-registered', { name: 'Acme', profile, provenance: null }] as [string, object];
const ownedBy = (ownerId: string): [string, object] => ['accounts.key-account.owner-assigned', { ownerId }];

const as = (memberId: string | null, ...roles: string[]): Actor => ({ subject: 'u', memberId, roles });
const covered = async (actor: Actor): Promise<(string | null)[]> => {
  const scope = await access.of(actor);
  return ['head', 'director', 'kam', 'other', null].filter((owner) => scope.covers(owner));
};

beforeEach(async () => {
  now = '2026-03-01T12:00:00.000Z';
  erased = false;
  store = new EmbeddedProjectionStore({ clock, database: null });
  for (const projection of [memberDirectory, accountDirectory]) await store.prepare(projection as Projection<never> as Projection);
  access = new Access(store, { clock, vault } as unknown as Adapters);
  await member('head', null);
  await member('director', 'head');
  await member('kam', 'director');
  await member('other', null);
});

describe('one request', () => {
  it('is judged by one look at the members, by its guard and by its scope', async () => {
    const principal = as('director', 'director');
    await access.standingOf(principal);
    await member('new', 'director');
    expect((await access.of(principal)).covers('new')).toBe(false);
    expect((await access.of({ ...principal })).covers('new')).toBe(true);
  });
});

describe('what a person covers', () => {
  it.each([
    ['a key account manager: his own', as('kam', 'kam'), ['kam']],
    ['a director: himself, everybody below him, and what nobody owns', as('director', 'director'), ['director', 'kam', null]],
    ['the head of sales: the whole tree', as('head', 'director'), ['head', 'director', 'kam', null]],
    ['an auditor: everything', as(null, 'auditor'), ['head', 'director', 'kam', 'other', null]],
    ['a service agent: everything', as('agent', 'service-agent'), ['head', 'director', 'kam', 'other', null]],
    ['HR: every member', as('somebody', 'hr'), ['head', 'director', 'kam', 'other']],
    ['a director without a team member: nothing', as(null, 'director'), []],
    ['nobody in particular: nothing', as(null), []],
  ])('%s', async (_name, actor, owners) => expect(await covered(actor)).toEqual(owners));

  it('survives a circle of managers', async () => {
    await told(memberDirectory, 'head', ['accounts.team-member.reassigned', { managerId: 'kam', region: null }]);
    expect(await covered(as('director', 'director'))).toEqual(['head', 'director', 'kam', null]);
  });

  it('follows a reassignment and a withdrawal', async () => {
    await told(memberDirectory, 'kam', ['accounts.team-member.reassigned', { managerId: 'other', region: 'West' }]);
    expect(await covered(as('director', 'director'))).toEqual(['director', null]);
    await told(memberDirectory, 'kam', ['accounts.team-member.withdrawn', { reason: 'x' }]);
    expect(await access.member('kam')).toBeNull();
  });
});

describe('whose an account is', () => {
  it('stays with the old owner until the day of the handover', async () => {
    await told(accountDirectory, 'a', registered, ownedBy('kam'), ['accounts.key-account.handed-over', { fromOwnerId: 'kam', toOwnerId: 'other', reason: 'x' }, '2026-03-10T23:00:00.000Z']);
    expect(await access.ownerOf('a')).toBe('kam');
    now = '2026-03-10T22:59:59.999Z';
    expect(await access.ownerOf('a')).toBe('kam');
    now = '2026-03-10T23:00:00.000Z';
    expect(await access.ownerOf('a')).toBe('other');
  });

  it('is shared with its team, to read or to edit', async () => {
    const inTeam = (memberId: string, access: string): [string, object] => ['accounts.key-account.team-member-added', { memberId, role: 'other', access }];
    await told(accountDirectory, 'a', registered, ownedBy('kam'), inTeam('other', 'read'));
    const may = async (level: 'read' | 'edit') => access.coversAccount(await access.of(as('other', 'sales-engineer')), 'a', level);
    expect([await may('read'), await may('edit')]).toEqual([true, false]);
    await told(accountDirectory, 'a', inTeam('other', 'edit'));
    expect([await may('read'), await may('edit')]).toEqual([true, true]);
    await told(accountDirectory, 'a', ['accounts.key-account.team-member-removed', { memberId: 'other', reason: null }]);
    expect([await may('read'), await may('edit')]).toEqual([false, false]);
  });

  it('decides which accounts and rows a scope sees', async () => {
    await told(accountDirectory, 'mine', registered, ownedBy('kam'));
    await told(accountDirectory, 'theirs', registered, ownedBy('other'));
    await told(accountDirectory, 'free', registered);
    const ids = async (actor: Actor) => (await access.accountsIn(await access.of(actor))).map((account) => account.id).toSorted();
    expect(await ids(as('kam', 'kam'))).toEqual(['mine']);
    expect(await ids(as('director', 'director'))).toEqual(['free', 'mine']);
    expect(await ids(as(null, 'auditor'))).toEqual(['free', 'mine', 'theirs']);
    expect((await Promise.all(['mine', 'free'].map((id) => access.account(id)))).map((account) => account!.memberIds)).toEqual([['kam'], [null]]);
    expect(await access.ownerFilter(await access.of(as('director', 'director')), 'ownerId')).toEqual({ ownerId: { $in: ['director', 'kam', null] } });
    expect(await access.ownerFilter(await access.of(as(null)), 'ownerId')).toEqual({ ownerId: { $in: [] } });
  });

  it('knows nothing of an account that was withdrawn', async () => {
    await told(accountDirectory, 'a', registered, ownedBy('kam'), ['accounts.key-account.withdrawn', { reason: 'x' }]);
    expect([await access.account('a'), await access.ownerOf('a'), await access.accountName('a')]).toEqual([null, null, null]);
  });
});

describe('a granted role', () => {
  const granted = (grantId: string, accountIds: string[] | null, expiresAt = '2026-03-31T22:00:00.000Z'): [string, object] => ['accounts.team-member.role-granted', { grantId, role: 'consultant', accountIds, expiresAt, reason: 'review' }];
  const reads = async (level: 'read' | 'edit' = 'read') => {
    const scope = await access.of(as('other', 'consultant'));
    const seen = await Promise.all(['a', 'b'].map(async (id) => ((await access.coversAccount(scope, id, level)) ? id : null)));
    return [seen.filter((id) => id !== null), (await access.accountsIn(scope)).map(({ id }) => id), (await access.standingOf(as('other'))).granted];
  };
  beforeEach(async () => {
    await told(accountDirectory, 'a', registered, ownedBy('kam'));
    await told(accountDirectory, 'b', registered, ownedBy('kam'));
  });

  it('opens the accounts that it names, to be read', async () => {
    expect(await reads()).toEqual([[], [], []]);
    await told(memberDirectory, 'other', granted('g1', ['a']));
    expect(await reads()).toEqual([['a'], ['a'], ['consultant']]);
    expect((await reads('edit'))[0]).toEqual([]);
  });
  it('opens every account where it names none, and nothing else of anybody', async () => {
    await told(memberDirectory, 'other', granted('g1', null));
    expect((await reads())[0]).toEqual(['a', 'b']);
    expect(await covered(as('other', 'consultant'))).toEqual(['other']);
  });
  it('ends at its instant, though nobody has said so yet', async () => {
    await told(memberDirectory, 'other', granted('g1', ['a']));
    now = '2026-03-31T21:59:59.999Z';
    expect(await reads()).toEqual([['a'], ['a'], ['consultant']]);
    now = '2026-03-31T22:00:00.000Z';
    expect(await reads()).toEqual([[], [], []]);
  });
  it.each(['role-revoked', 'access-expired'])('ends when it is %s', async (ended) => {
    await told(memberDirectory, 'other', granted('g1', ['a']), granted('g2', ['b']), [`accounts.team-member.${ended}`, { grantId: 'g1', reason: 'done' }]);
    expect((await reads())[0]).toEqual(['b']);
  });
});

describe('whoever has left', () => {
  const leaves: [string, object, string] = ['accounts.team-member.offboarded', { lastDay: '2026-03-31', cause: 'resigned', reason: 'x' }, '2026-03-31T22:00:00.000Z'];

  it('covers what he did until the end of the last day, and is refused from then on', async () => {
    await told(memberDirectory, 'director', leaves);
    now = '2026-03-31T21:59:59.999Z';
    expect([await covered(as('director', 'director')), (await access.standingOf(as('director'))).left]).toEqual([['director', 'kam', null], false]);
    now = '2026-03-31T22:00:00.000Z';
    for (const role of ['director', 'finance']) await expect(access.of(as('director', role))).rejects.toMatchObject({ code: 'member-offboarded' });
    expect((await access.standingOf(as('director'))).left).toBe(true);
  });
});

describe('names of people', () => {
  it('are in clear for a reader, and gone as soon as the vault has no key', async () => {
    expect(await access.memberName('kam')).toBe('kam');
    erased = true;
    expect(await access.memberName('kam')).toBeNull();
    expect([await access.memberName('nobody'), await access.memberName(null)]).toEqual([null, null]);
  });
});
