import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceUnderTest } from '@keyfold/testing';

const DAY_MS = 86_400_000;

let data: string;
let keyfold: ServiceUnderTest;
let director: string;
let kam: string;
let other: string;

interface Answer<T> {
  readonly status: number;
  readonly body: T & { readonly code?: string; readonly title?: string; readonly version?: number };
}

async function call<T = { id: string }>(token: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer<T>> {
  const sent = { authorization: `Bearer ${token}`, 'content-type': 'application/json', prefer: 'wait=5', ...headers };
  const answer = await keyfold.fetch(`/api/accounts/${path}`, body ? { method: 'POST', headers: sent, body: JSON.stringify(body) } : { headers: sent });
  return { status: answer.status, body: (await answer.json()) as Answer<T>['body'] };
}

const tokenOf = async (user: string): Promise<string> =>
  ((await (await keyfold.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) })).json()) as { token: string }).token;

const newAccount = async (name: string): Promise<string> => (await call(kam, 'key-accounts', { name, profile: { country: 'France' } })).body.id;

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
const log = (token: string, id: string, body: object, headers?: Record<string, string>) => call(token, `engagement-plans/${id}/log-touchpoint`, { kind: 'call', direction: 'out', ...body }, headers);
const code = ({ status, body }: Answer<object>) => [status, body.code ?? null];

interface Touchpoint {
  readonly kind: string;
  readonly isTouch: boolean;
  readonly travel: object | null;
  readonly memberNames: readonly string[];
}
const touchpointsOf = (token: string, id: string, after: number) =>
  call<{ items: Touchpoint[] }>(token, `touchpoints?accountId=${id}&after=engagement-${id}:${after}`).then(({ body }) => body.items);

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'keyfold-engagement-'));
  keyfold = await ServiceUnderTest.start({ main: 'services/standalone/src/main.ts', env: { KEYFOLD_DEMO: 'true', KEYFOLD_DATA: data } });
  [director, kam, other] = (await Promise.all(['director', 'kam', 'kam2'].map(tokenOf))) as [string, string, string];
});
afterAll(async () => {
  await keyfold.kill();
  await rm(data, { recursive: true, force: true });
});

describe('a contact with a client', () => {
  it('is logged and seen, with what the journey emitted', async () => {
    const id = await newAccount('Visited');
    const visit = await log(kam, id, { kind: 'visit', occurredAt: daysAgo(2), travel: { means: 'train', km: 920 } });
    const mailing = await log(kam, id, { kind: 'mass-mail', occurredAt: daysAgo(1) });
    expect([visit.status, mailing.status]).toEqual([200, 200]);
    expect(await touchpointsOf(kam, id, mailing.body.version!)).toMatchObject([
      { kind: 'mass-mail', isTouch: false, travel: null },
      { kind: 'visit', isTouch: true, travel: { means: 'train', km: 920, gramsCo2e: 4600 }, memberNames: ['Karim Benali'] },
    ]);
  });

  it('said twice is one, also at the same time', async () => {
    const id = await newAccount('Echo');
    const occurredAt = daysAgo(1);
    const said = await Promise.all(Array.from({ length: 6 }, () => log(kam, id, { occurredAt })));
    expect(said.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
    expect(await touchpointsOf(kam, id, 1)).toHaveLength(1);
  });

  it('is not logged ahead, nor long after by the team', async () => {
    const id = await newAccount('Late');
    expect(code(await log(kam, id, { occurredAt: daysAgo(-1) }))).toEqual([422, 'touchpoint-in-future']);
    expect(code(await log(kam, id, { occurredAt: daysAgo(92) }))).toEqual([422, 'touchpoint-too-old']);
    expect(code(await log(director, id, { occurredAt: daysAgo(92) }))).toEqual([422, 'touchpoint-reason-missing']);
    expect(code(await log(director, id, { occurredAt: daysAgo(92), reason: 'Found in the travel ledger' }))).toEqual([200, null]);
  });

  it('is refused in the language of whoever asks', async () => {
    const id = await newAccount('Bilingue');
    const refused = await Promise.all(['en', 'fr'].map((language) => log(kam, id, { occurredAt: daysAgo(-1) }, { 'accept-language': language })));
    expect(refused.map(({ body }) => body.title)).toEqual([expect.stringContaining('once it has taken place'), expect.stringContaining('une fois')]);
  });

  it('of somebody else’s account is nobody’s business', async () => {
    const id = await newAccount('Private');
    const { body } = await log(kam, id, { occurredAt: daysAgo(1) });
    expect(code(await log(other, id, { occurredAt: daysAgo(1) }))).toEqual([404, 'not-found']);
    expect(await touchpointsOf(other, id, body.version!)).toEqual([]);
  });
});
