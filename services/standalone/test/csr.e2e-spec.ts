import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/testing';
import { type Answer, Demo } from './demo.js';

const DAY_MS = 86_400_000;

let demo: Demo;
const [director, kam, other] = ['director', 'kam', 'kam2'] as const;

const call = <T = { id: string }>(user: string, path: string, body?: object, headers: Record<string, string> = {}) => demo.call<T>(user, `accounts/${path}`, body, { prefer: 'wait=5', ...headers });

const newAccount = async (name: string, revenueMillions: number | null = null): Promise<string> => (await call(kam, 'key-accounts', { name, profile: { country: 'France', revenueMillions } })).body.id;
const card = (user: string, id: string, command: string, body: object, headers?: Record<string, string>) => call(user, `csr-scorecards/${id}/${command}`, body, headers);
const day = (daysBack: number): string => new Date(Date.now() - daysBack * DAY_MS).toISOString().slice(0, 10);
const code = ({ status, body }: Answer<object>) => [status, body.code ?? null];

beforeAll(async () => {
  demo = await Demo.open();
});
afterAll(() => demo.close());

describe('a CSR scorecard', () => {
  interface Pillars {
    readonly score: number | null;
    readonly pillars: Record<string, { score: number | null; evidenced: number }>;
    readonly commitments: { due: number; kept: number; percent: number | null };
    readonly rating: { medal: string; valid: boolean } | null;
  }
  const pillarsOf = async (user: string, id: string, version: number, asOf = day(-1)): Promise<Pillars | undefined> =>
    (await call<{ items: Pillars[] }>(user, `csr-pillars?accountId=${id}&asOf=${asOf}&after=csr-${id}:${version}`)).body.items[0];

  it('has points where a document speaks for them, and a score once every pillar is assessed', async () => {
    const id = await newAccount('Assessed');
    const questions = [['equal-pay', 80], ['ethics', 50], ['waste', 60]] as const;
    for (const [indicator, points] of questions) await card(kam, id, 'record-assessment', { indicator, basis: 'policy', points, assessedOn: day(30) });
    await card(kam, id, 'attach-evidence', { indicator: 'equal-pay', basis: 'policy', title: 'Index', reference: 'DMS 1' });
    const last = await card(kam, id, 'attach-evidence', { indicator: 'ethics', basis: 'policy', title: 'Code', reference: 'DMS 2' });
    expect(await pillarsOf(kam, id, last.body.version!)).toMatchObject({ score: 0.35 * 80 + 0.3 * 50, pillars: { environment: { score: 0, evidenced: 0 } }, rating: null });
    expect(await pillarsOf(kam, id, last.body.version!, day(40))).toMatchObject({ score: null, pillars: { society: { score: null } } });
    expect(await pillarsOf(other, id, last.body.version!)).toBeUndefined();
    expect(code(await card(other, id, 'record-assessment', { indicator: 'waste', basis: 'policy', points: 1 }))).toEqual([404, 'not-found']);
  });

  it('weighs the pillars as the sector does, where a policy says so', async () => {
    const publish = { validFrom: day(90), reason: 'Sector', content: { weights: { society: 0, economy: 50, environment: 50 }, reviewFrom: { amountMinor: 5_000_000, currency: 'EUR' } } };
    expect((await call(director, 'policies/csr--food-drink/publish-csr', publish)).status).toBe(200);
    const { body } = await call(kam, 'key-accounts', { name: 'Sectoral', profile: { sector: 'Food & Drink' } });
    const { body: assessed } = await card(kam, body.id, 'record-assessment', { indicator: 'ethics', basis: 'policy', points: 50 });
    expect(await pillarsOf(kam, body.id, assessed.version!)).toMatchObject({ weights: publish.content.weights });
    const gate = await call<{ status: string }>(kam, `csr-gate-status?accountId=${body.id}&amountMinor=5000000&currency=EUR`);
    expect(gate.body.status).toBe('missing');
  });

  it('is there of our own company too, seen by everybody and kept by those whom it concerns', async () => {
    const own = 'own-company';
    expect(code(await card(kam, own, 'record-assessment', { indicator: 'sobriety', basis: 'policy', points: 90 }))).toEqual([404, 'not-found']);
    const { body } = await card(director, own, 'record-assessment', { indicator: 'sobriety', basis: 'policy', points: 90 });
    // Beside the question of ethics that the demo has.
    expect(await pillarsOf(kam, own, body.version!)).toMatchObject({ id: own, pillars: { economy: { questions: 2, evidenced: 1 } } });
    expect(code(await call(director, `key-accounts/${own}/register-client`, { name: 'Us', activeSince: '2020-01-01' }))).toEqual([422, 'account-exists']);
    expect(code(await call(director, `engagement-plans/${own}/log-touchpoint`, { occurredAt: new Date().toISOString(), kind: 'call', direction: 'out' }))).toEqual([404, 'not-found']);
  });

  it('keeps a rating as it was given', async () => {
    const id = await newAccount('Rated');
    const rating = { publishedOn: day(400), overall: 45, environment: 20, labourAndHumanRights: 65, ethics: 60, sustainableProcurement: 70, medal: 'gold' };
    const { body } = await card(kam, id, 'record-external-rating', rating);
    expect(await pillarsOf(kam, id, body.version!)).toMatchObject({ rating: { medal: 'gold', valid: false } });
  });

  it('finds a commitment that was missed without anybody asking, and hears that it was kept', async () => {
    const id = await newAccount('Promising');
    await card(kam, id, 'make-commitment', { pillar: 'environment', by: 'client', title: 'Electric lorries', dueOn: day(5), madeOn: day(60) });
    const report = async () => (await call<{ commitments: { due: number; kept: number; percent: number | null; items: { id: string; missed: boolean }[] } }>(kam, `joint-csr-report/${id}`)).body.commitments;
    await eventually(async () => expect(await report()).toMatchObject({ due: 1, kept: 0, percent: 0, items: [{ missed: true }] }), { deadlineMs: 20_000 });
    const commitmentId = (await report()).items[0]!.id;
    expect(code(await card(kam, id, 'keep-commitment', { commitmentId, keptOn: day(3) }))).toEqual([422, 'commitment-too-late']);
    expect(code(await card(kam, id, 'keep-commitment', { commitmentId, keptOn: day(6) }))).toEqual([200, null]);
    await eventually(async () => expect(await report()).toMatchObject({ due: 1, kept: 1, percent: 100, items: [{ missed: false }] }));
  });

  it('counts what was recorded and our journeys, never a period twice', async () => {
    const id = await newAccount('Footprint', 2);
    const period = { from: day(60), to: day(31), co2eKg: 3_000, source: 'report' };
    const recorded = await Promise.all([card(kam, id, 'record-footprint', period), card(kam, id, 'record-footprint', { ...period, from: day(50) })]);
    expect(recorded.map((answer) => code(answer).join(' ')).sort()).toEqual(['200 ', '422 csr-period-overlaps']);
    const visit = await call(kam, `engagement-plans/${id}/log-touchpoint`, { kind: 'visit', direction: 'out', occurredAt: new Date(Date.now() - DAY_MS).toISOString(), travel: { means: 'plane', km: 1_000 } });
    const { body } = await call<{ items: object[] }>(kam, `footprint-by-account?accountId=${id}&from=${day(364)}&to=${day(0)}&after=engagement-${id}:${visit.body.version!},csr-${id}:1`);
    expect(body.items).toMatchObject([{ co2eKg: 3_000, wasteKg: null, travelCo2eKg: 230, tonnesPerMillion: 1.615 }]);
  });
});

describe('the CSR gate', () => {
  interface Gate {
    readonly open: boolean;
    readonly status: string;
    readonly reviewId: string | null;
  }
  const large = { amountMinor: 20_000_000, currency: 'EUR' };
  const gate = async (user: string, id: string, amountMinor: number, after = '') => (await call<Gate>(user, `csr-gate-status?accountId=${id}&amountMinor=${amountMinor}&currency=EUR${after && `&after=csr-${id}:${after}`}`)).body;
  const request = (user: string, id: string) => card(user, id, 'request-csr-review', { subject: { type: 'bid', id: 'bid-1' }, amount: large });

  it('opens when somebody else than who asked has passed or waived the review', async () => {
    const id = await newAccount('Gated');
    expect([await gate(kam, id, 9_999_999), await gate(kam, id, 10_000_000)]).toMatchObject([{ open: true, status: 'not-required' }, { open: false, status: 'missing' }]);
    const asked = await Promise.all([request(kam, id), request(kam, id)]);
    expect(asked.map(({ status }) => status)).toEqual([200, 200]);
    const waiting = await gate(kam, id, large.amountMinor, '1');
    expect(waiting).toMatchObject({ open: false, status: 'requested' });
    const decide = (command: string) => card(director, id, command, command === 'waive-csr-review' ? { reviewId: waiting.reviewId, reason: 'Urgent' } : { reviewId: waiting.reviewId });
    const decided = await Promise.all([decide('pass-csr-review'), decide('waive-csr-review')]);
    expect(decided.map((answer) => code(answer).join(' ')).sort()).toEqual(['200 ', '422 csr-review-decided']);
    expect(await gate(kam, id, large.amountMinor, '2')).toMatchObject({ open: true });
    expect(await gate(kam, id, large.amountMinor + 1)).toMatchObject({ open: false, status: 'missing' });
  });

  it('is not opened by who asked, in either language', async () => {
    const id = await newAccount('Own request');
    await request(director, id);
    const { reviewId } = await gate(director, id, large.amountMinor, '1');
    const refused = await Promise.all(['en', 'fr'].map((language) => card(director, id, 'waive-csr-review', { reviewId, reason: 'Urgent' }, { 'accept-language': language })));
    expect(refused.map(code)).toEqual([[422, 'csr-review-own-request'], [422, 'csr-review-own-request']]);
    expect(refused.map(({ body }) => body.title)).toEqual([expect.stringContaining('Nobody decides'), expect.stringContaining('Nul ne statue')]);
  });

  it('is for what we propose to a client, not for our own company', async () => {
    const subject = { subject: { type: 'bid', id: 'bid-1' }, amount: large };
    const refused = await Promise.all(['en', 'fr'].map((language) => card(director, 'own-company', 'request-csr-review', subject, { 'accept-language': language })));
    expect(refused.map(({ status, body }) => [status, body.code, body.title])).toEqual([
      [422, 'csr-review-of-own-company', expect.stringContaining('propose to a client')],
      [422, 'csr-review-of-own-company', expect.stringContaining('proposons à un client')],
    ]);
  });

  it('of somebody else’s account is not seen', async () => {
    const id = await newAccount('Hidden');
    expect((await call(other, `csr-gate-status?accountId=${id}&amountMinor=1&currency=EUR`)).status).toBe(404);
  });
});
