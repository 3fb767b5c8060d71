import { beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyAccountEvent } from '@keyfold/contracts';
import type { Actor, Projection, RecordedEvent } from '@keyfold/event-sourcing';
import { EmbeddedProjectionStore } from '@keyfold/event-sourcing-embedded';
import type { Adapters } from '@keyfold/event-sourcing-nest';
import { Access, accountDirectory, memberDirectory } from '@keyfold/platform';
import { handedOver, ownerAssigned, prospectRegistered } from './key-account.facts.js';
import { keyAccounts } from './key-accounts.projection.js';

let store: EmbeddedProjectionStore;
let access: Access;

const clock = { now: () => new Date('2026-02-15T12:00:00.000Z'), wait: () => Promise.resolve() };

async function fold(projection: Projection, id: string, events: readonly object[]): Promise<void> {
  await store.transact(projection, { partition: 'p/0', streams: [id], rows: [id] }, () => {
    const row = events.reduce<object | null>((before, event, i) => projection.fold(before, { occurredAt: '2026-01-01T00:00:00.000Z', ...event, version: i + 1, streamId: `account-${id}` } as unknown as RecordedEvent, id), null);
    return { marks: new Map(), rows: new Map([[id, row]]), parked: [] };
  });
}

const account = async (id: string, ...events: KeyAccountEvent[]): Promise<void> => {
  for (const projection of [accountDirectory, keyAccounts]) await fold(projection as unknown as Projection, id, [prospectRegistered, ...events]);
};
const member = (id: string, managerId: string | null) =>
  fold(memberDirectory as unknown as Projection, id, [{ type: 'accounts.team-member.onboarded', data: { memberId: id, name: id, role: 'kam', managerId, region: null, provenance: null } }]);
const inTeam = (memberId: string): KeyAccountEvent => ({ type: 'accounts.key-account.team-member-added', data: { memberId, role: 'other', access: 'read' } });

const as = (memberId: string | null, ...roles: string[]): Actor => ({ subject: 'u', memberId, roles });

beforeAll(async () => {
  store = new EmbeddedProjectionStore({ clock, database: null });
  for (const projection of [memberDirectory, accountDirectory, keyAccounts]) await store.prepare(projection as unknown as Projection);
  access = new Access(store, { clock } as unknown as Adapters);
  for (const [id, managerId] of [['dora', null], ['anna', 'dora'], ['bea', 'dora'], ['eve', null]] as const) await member(id, managerId);
  await account('unowned');
  await account('of-anna', ownerAssigned('anna'));
  await account('of-eve', ownerAssigned('eve'));
  await account('to-bea-in-march', ownerAssigned('anna'), handedOver('anna', 'bea', '2026-03-01T00:00:00.000Z'));
  await account('to-eve-in-march', ownerAssigned('anna'), handedOver('anna', 'eve', '2026-03-01T00:00:00.000Z'));
  await account('to-anna-after-all', ownerAssigned('eve'), handedOver('eve', 'bea', '2026-03-01T00:00:00.000Z'), handedOver('bea', 'anna', '2026-03-01T00:00:00.000Z'));
  await account('from-march-on', { ...ownerAssigned('anna'), occurredAt: '2026-03-01T00:00:00.000Z' });
  await account('with-anna', ownerAssigned('eve'), inTeam('anna'));
  for (let i = 0; i < 250; i++) await account(`many-${String(i).padStart(3, '0')}`, ownerAssigned('bea'));
});

describe('the list of accounts', () => {
  it.each([
    ['a key account manager with few accounts', as('anna', 'kam'), 'of-anna, to-bea-in-march, to-eve-in-march, from-march-on, with-anna', 0],
    ['one with very many', as('bea', 'kam'), '', 250],
    ['a director', as('dora', 'director'), 'unowned, of-anna, to-bea-in-march, to-eve-in-march, from-march-on', 250],
    ['one from elsewhere', as('eve', 'kam'), 'of-eve, to-anna-after-all, with-anna', 0],
    ['nobody in particular', as(null, 'kam'), '', 0],
    ['an auditor', as(null, 'auditor'), 'unowned, of-anna, of-eve, to-bea-in-march, to-eve-in-march, to-anna-after-all, from-march-on, with-anna', 250],
  ])('of %s holds what the scope covers, and nothing else', async (_who, actor, named, many) => {
    const scope = await access.of(actor);
    const view = store.view(keyAccounts);
    const found = (await access.accountsThemselves(view, scope).find({ limit: 1_000 })).map(({ id }) => id);
    const pageByPage: string[] = [];
    for (let after: string[] | undefined; ; after = pageByPage.slice(-1)) {
      const page = await access.accountsThemselves(view, scope).find({ limit: 7, after });
      pageByPage.push(...page.map(({ id }) => id));
      if (page.length < 7) break;
    }
    expect(pageByPage).toEqual(found);
    expect((await view.find({ filter: await access.ownFilter(scope), limit: 1_000 })).map(({ id }) => id)).toEqual(found);
    const covered = (await access.accountsIn(scope)).map(({ id }) => id);
    expect(found.toSorted()).toEqual(covered.toSorted());
    expect(found.filter((id) => !id.startsWith('many-')).toSorted()).toEqual(named.split(', ').filter(Boolean).toSorted());
    expect(found.filter((id) => id.startsWith('many-'))).toHaveLength(many);
  });
});
