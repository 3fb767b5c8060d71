import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/testing';
import { Demo } from './demo.js';

interface Account {
  readonly status: string;
  readonly closure: { readonly state: string; readonly blockers: readonly { readonly service: string; readonly code: string; readonly open: number }[] } | null;
}

let demo: Demo;
const [director, kam] = ['director', 'kam'] as const;

const call = <T = { id: string }>(user: string, path: string, body?: object) => demo.call<T>(user, path, body);

/** An account of the key account manager's that every service knows. */
async function newAccount(name: string): Promise<string> {
  const { body } = await call(kam, 'accounts/key-accounts', { name });
  await eventually(async () => expect((await call(kam, `reporting/portfolio/${body.id}`)).status).toBe(200));
  return body.id;
}

const openDeal = (accountId: string) => call(kam, 'opportunities/opportunities', { accountId, name: 'Fleet', motion: 'hunting' });
const requestClosure = (id: string) => call(director, `accounts/key-accounts/${id}/request-closure`, { reason: 'merged' });
const openDeals = async (accountId: string): Promise<number> => (await call<{ items: object[] }>(director, `opportunities/opportunities?accountId=${accountId}&state=open`)).body.items.length;

/** The account once its closure is decided. */
const decided = (id: string): Promise<Account> =>
  eventually(
    async () => {
      const { body } = await call<Account>(director, `accounts/key-accounts/${id}`);
      expect(['closed', 'refused']).toContain(body.closure?.state);
      return body;
    },
    { deadlineMs: 30_000, everyMs: 100 },
  );

beforeAll(async () => {
  demo = await Demo.open({ KEYFOLD_COMMAND_DEADLINE_MS: '500' });
});
afterAll(() => demo.close());

describe('the closing of an account', () => {
  it('is granted when nothing is open on it; nothing is opened on it afterwards', async () => {
    const id = await newAccount('Quiet');
    const alerts = async () => (await call<{ items: object[] }>(kam, `accounts/single-thread-alerts?accountId=${id}`)).body.items.length;
    await call(kam, 'accounts/stakeholders', { accountId: id, name: 'Claire Morel' });
    await eventually(async () => expect(await alerts()).toBe(1));
    expect((await requestClosure(id)).status).toBe(202);
    expect(await decided(id)).toMatchObject({ status: 'closed', closure: { state: 'closed' } });
    await eventually(async () => expect(await alerts()).toBe(0));
    const { status, body } = await openDeal(id);
    expect([status, body.code]).toEqual([422, expect.stringMatching(/^account-clos/)]);
  });

  it('is refused with an incident open, and the account goes on', async () => {
    const id = await newAccount('Troubled');
    await call(kam, 'satisfaction/incidents', { accountId: id, title: 'Down', impact: 'low', urgency: 'low' });
    await requestClosure(id);
    expect(await decided(id)).toMatchObject({ status: 'prospect', closure: { state: 'refused', blockers: [{ service: 'satisfaction', code: 'open-items', open: 1 }] } });
    await eventually(async () => expect((await openDeal(id)).status).toBe(201));
  });

  it('raced by a new deal ends with one of them, never with both', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, (_, i) => newAccount(`Raced ${i}`)));
    const deals = await Promise.all(ids.map(async (id, i) => (await Promise.all(i % 2 ? [openDeal(id), requestClosure(id)] : [requestClosure(id), openDeal(id)]))[i % 2 ? 0 : 1]!));
    for (const [i, id] of ids.entries()) {
      const { status, closure } = await decided(id);
      const opened = deals[i]!.status === 201;
      expect({ opened, closed: status === 'closed', open: await openDeals(id) }).toEqual({ opened, closed: !opened, open: opened ? 1 : 0 });
      if (opened) expect(closure?.blockers).toEqual([{ service: 'opportunities', code: 'open-items', open: 1 }]);
    }
  });
});
