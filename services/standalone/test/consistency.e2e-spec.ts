import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Demo } from './demo.js';

let demo: Demo;

const call = <T = { id: string; version: number }>(user: string, path: string, body?: object, more: Record<string, string> = {}) => demo.call<T>(user, `accounts/key-accounts${path}`, body, more);

const newAccounts = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, async (_, i) => (await call('kam', '', { name: `Group ${i}` })).body.id));

const parentOf = async (id: string): Promise<string | null> => (await call<{ parentId: string | null }>('director', `/${id}`)).body.parentId;

beforeAll(async () => {
  demo = await Demo.open();
});
afterAll(() => demo.close());

describe('a rule over several accounts, asked to break from many sides at once', () => {
  it('lets no manager have more than five accounts of tier A', async () => {
    const { items } = (await call<{ items: { tier: string | null }[] }>('kam', '?limit=200')).body;
    const free = 5 - items.filter(({ tier }) => tier === 'A').length;
    expect(free).toBeGreaterThan(0);
    const ids = await newAccounts(12);
    const answers = await Promise.all(ids.map((id) => demo.qualified(id, 'A')));
    const refused = answers.filter(({ status }) => status === 422);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(free);
    expect(refused.map(({ body }) => body.code)).toEqual(Array.from({ length: 12 - free }, () => 'tier-a-limit'));
  });

  it('closes no circle of groups', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b, c] = (await newAccounts(3)) as [string, string, string];
      const edges = [[a, b], [b, c], [c, a]] as const;
      const answers = await Promise.all(edges.map(([child, parentId]) => call('director', `/${child}/attach-to-parent`, { parentId })));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 422]);
      expect(answers.find(({ status }) => status === 422)!.body.code).toBe('hierarchy-cycle');
    }
  });

  it('lets one of two opposite attachments through', async () => {
    const [a, b] = (await newAccounts(2)) as [string, string];
    const answers = await Promise.all([call('director', `/${a}/attach-to-parent`, { parentId: b }), call('director', `/${b}/attach-to-parent`, { parentId: a })]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422]);
    expect([await parentOf(a), await parentOf(b)].filter((parent) => parent !== null)).toHaveLength(1);
  });

  it('moves one account to several parents at once, one after the other', async () => {
    const [a, ...parents] = (await newAccounts(4)) as [string, string, string, string];
    const answers = await Promise.all(parents.map((parentId) => call('director', `/${a}/attach-to-parent`, { parentId })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await call('director', `/${a}/attach-to-parent`, { parentId: parents[0] });
    expect((await call('director', `/${parents[0]}/attach-to-parent`, { parentId: a })).body).toMatchObject({ code: 'hierarchy-cycle' });
  });
});

describe('a reader', () => {
  const newest = (after: string, prefer: string) =>
    call<{ items: { id: string }[]; stale: boolean }>('kam', `?limit=200&after=${after}`, undefined, { prefer });

  it('who names what he wrote finds it, every time', async () => {
    for (let i = 0; i < 20; i++) {
      const { id, version } = (await call('kam', '', { name: `Mine ${i}` })).body;
      const { items, stale } = (await newest(`account-${id}:${version}`, 'wait=10')).body;
      expect([items.some((item) => item.id === id), stale]).toEqual([true, false]);
    }
  });

  it('who will not wait gets what is there, marked stale', async () => {
    const { id } = (await call('kam', '', { name: 'Soon' })).body;
    const { items, stale } = (await newest(`account-${id}:99`, 'respond-async, wait=0')).body;
    expect([items.length > 0, stale]).toEqual([true, true]);
  });
});
