import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/testing';
import { type Answer, Demo } from './demo.js';

const DAY_MS = 86_400_000;

let demo: Demo;
const [director, kam, other] = ['director', 'kam', 'kam2'] as const;

const call = <T = { id: string }>(user: string, path: string, body?: object, headers: Record<string, string> = {}) => demo.call<T>(user, `accounts/${path}`, body, { prefer: 'wait=5', ...headers });

const newAccount = async (name: string): Promise<string> => (await call(kam, 'key-accounts', { name, profile: { country: 'France' } })).body.id;

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
const log = (user: string, id: string, body: object, headers?: Record<string, string>) => call(user, `engagement-plans/${id}/log-touchpoint`, { kind: 'call', direction: 'out', ...body }, headers);
const code = ({ status, body }: Answer<object>) => [status, body.code ?? null];

interface Touchpoint {
  readonly kind: string;
  readonly isTouch: boolean;
  readonly travel: object | null;
  readonly memberNames: readonly string[];
}
const touchpointsOf = (user: string, id: string, after: number) =>
  call<{ items: Touchpoint[] }>(user, `touchpoints?accountId=${id}&after=engagement-${id}:${after}`).then(({ body }) => body.items);

interface Cadence {
  readonly level: string;
  readonly due: number;
  readonly kept: number;
  readonly percent: number | null;
  readonly dueOn: string | null;
  readonly overdueSince: string | null;
}
const cadenceOf = async (id: string, level = 'operational'): Promise<Cadence | undefined> => (await call<{ items: Cadence[] }>(kam, `cadence-compliance?accountId=${id}&level=${level}`)).body.items[0];
const day = (daysBack: number): string => daysAgo(daysBack).slice(0, 10);

beforeAll(async () => {
  demo = await Demo.open();
});
afterAll(() => demo.close());

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

describe('an imported contact', () => {
  it('does not take the place of one with another account', async () => {
    const [theirs, ours] = [await newAccount('Victim'), await newAccount('Thief')];
    const { body } = await log(kam, theirs, { occurredAt: daysAgo(2) });
    const [{ id: touchpointId }] = (await touchpointsOf(kam, theirs, (body as unknown as { version: number }).version)) as unknown as [{ id: string }];
    const provenance = { source: 'crm', entity: 'touchpoints', rowKey: 't1', run: 'r1' };
    const chosen = (id: string, more: object) => call(kam, `engagement-plans/${id}/import-touchpoint`, { provenance, occurredAt: daysAgo(1), kind: 'visit', direction: 'in', ...more });
    expect(code(await chosen(ours, { touchpointId }))).toEqual([422, 'touchpoint-elsewhere']);
    expect(code(await call(kam, `engagement-plans/${ours}/withdraw-touchpoint`, { touchpointId, reason: 'x' }))).toEqual([422, 'withdraw-not-imported']);
    const both = await Promise.all([theirs, ours].map((id) => chosen(id, { touchpointId: 'raced' })));
    expect(both.map(({ status }) => status)).toContain(200);
    await eventually(async () => expect((await call<{ items: { id: string }[] }>(kam, `touchpoints?accountId=${theirs}`)).body.items.map(({ id }) => id)).toContain(touchpointId));
  });
});

describe('a cadence', () => {
  const weekly = { level: 'operational', intervalDays: 7, reason: 'Roll-out' };
  const set = (id: string, body: object) => call(kam, `engagement-plans/${id}/set-cadence`, body);

  it('follows from the tier of the account', async () => {
    const id = await newAccount('Tiered');
    expect((await demo.qualified(id, 'A')).status).toBe(200);
    await eventually(async () => expect(await cadenceOf(id, 'executive-review')).toMatchObject({ due: 0, percent: null, dueOn: expect.any(String) }), { deadlineMs: 20_000 });
  });

  it('that is missed is found without anybody asking, once per interval, and taken up by the next contact', async () => {
    const id = await newAccount('Forgotten');
    await set(id, { ...weekly, effectiveOn: day(20) });
    await eventually(async () => expect(await cadenceOf(id)).toMatchObject({ due: 2, kept: 0, percent: 0, overdueSince: expect.any(String) }), { deadlineMs: 20_000 });
    const tasks = async () => (await call<{ items: { matter: { kind: string } }[] }>(kam, `tasks?accountId=${id}&state=open`)).body.items;
    await eventually(async () => expect((await tasks()).map(({ matter }) => matter.kind)).toEqual(['cadence-missed', 'cadence-missed']), { deadlineMs: 20_000 });

    await demo.keyfold.restart();
    await demo.signIn();
    expect(await cadenceOf(id)).toMatchObject({ due: 2, kept: 0 });
    const { body: logged } = await log(kam, id, { occurredAt: daysAgo(0) });
    expect((await call<{ items: Cadence[] }>(kam, `cadence-compliance?accountId=${id}&after=engagement-${id}:${logged.version!}`)).body.items[0]).toMatchObject({ overdueSince: null, due: 2 });
  });

  it('was kept after all where the contact is logged late', async () => {
    const id = await newAccount('Late log');
    await set(id, { ...weekly, effectiveOn: day(20) });
    await eventually(async () => expect(await cadenceOf(id)).toMatchObject({ due: 2, kept: 0 }), { deadlineMs: 20_000 });
    const { body } = await log(kam, id, { occurredAt: daysAgo(16) });
    expect((await call<{ items: Cadence[] }>(kam, `cadence-compliance?accountId=${id}&after=engagement-${id}:${body.version!}`)).body.items[0]).toMatchObject({ due: 2, kept: 1, percent: 50 });
  });

  it('is not due while the client declines contact', async () => {
    const id = await newAccount('Quiet');
    await set(id, { ...weekly, effectiveOn: day(1) });
    expect((await call(kam, `engagement-plans/${id}/pause-cadence`, { ground: 'client-declined', reason: 'Strike' })).status).toBe(200);
    await eventually(async () => expect(await cadenceOf(id)).toMatchObject({ dueOn: null, paused: true }));
    await call(kam, `engagement-plans/${id}/resume-cadence`, {});
    await eventually(async () => expect(await cadenceOf(id)).toMatchObject({ dueOn: expect.any(String), paused: false }));
  });

  it('is summed up per level and tier', async () => {
    const { body } = await call<{ items: { level: string; tier: string | null; due: number; kept: number; percent: number | null }[] }>(director, 'cadence-compliance-summary');
    expect(body.items.find(({ level, tier }) => level === 'operational' && tier === null)).toEqual({ level: 'operational', tier: null, due: 4, kept: 1, percent: 25 });
    const others = await call<{ items: { due: number }[] }>(other, 'cadence-compliance-summary');
    expect(others.body.items.every(({ due }) => due === 0)).toBe(true);
  });
});

describe('a business review', () => {
  const inDays = (days: number): string => daysAgo(-days);
  it('is held once by two who say so at the same time, and has its minutes, decisions and follow-ups', async () => {
    const id = await newAccount('Reviewed');
    const { body: person } = await call(kam, 'stakeholders', { accountId: id, name: 'Ada Martin' });
    const plan = (command: string, body: object) => call(kam, `engagement-plans/${id}/${command}`, body);
    const { body: scheduled } = await plan('schedule-business-review', { level: 'business-review', at: inDays(7), stakeholderIds: [person.id] });
    const after = `after=engagement-${id}:${scheduled.version!}`;
    const reviewId = (await call<{ items: { id: string }[] }>(kam, `business-reviews?accountId=${id}&${after}`)).body.items[0]!.id;
    const hold = () => plan('hold-business-review', { reviewId, level: 'business-review', heldAt: daysAgo(0), stakeholderIds: [person.id] });
    const answers = await Promise.all([hold(), hold(), hold()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);

    await plan('publish-minutes', { meetingId: reviewId, language: 'fr', text: 'Présents : Ada.' });
    await plan('record-decision', { title: 'Second shift', decidedBy: 'together', decidedOn: day(0), meetingId: reviewId });
    await plan('post-announcement', { audience: 'account-team', language: 'en', title: 'Second shift', text: 'From September.' });
    const { body: last } = await plan('agree-follow-up', { title: 'Send the plan', ownerId: '0d3e0000-0000-4000-8000-000000000002', dueOn: day(-7), meetingId: reviewId });
    const list = async (path: string) => (await call<{ items: object[] }>(kam, `${path}?accountId=${id}&after=engagement-${id}:${last.version!}`)).body.items;
    expect(await list('business-reviews')).toMatchObject([{ state: 'held', level: 'business-review' }]);
    expect(await list('touchpoints')).toMatchObject([{ kind: 'review', review: { reviewId } }]);
    expect(await list('minutes')).toMatchObject([{ meetingId: reviewId, language: 'fr', edition: 1 }]);
    expect(await list('decisions')).toMatchObject([{ title: 'Second shift', replacedById: null }]);
    expect(await list('announcements')).toMatchObject([{ title: 'Second shift', postedByName: 'Karim Benali' }]);
    expect(await list('follow-ups')).toMatchObject([{ state: 'open', ownerName: 'Karim Benali' }]);

    const story = await demo.call<{ items: { type: string; subject: string | null }[] }>(kam, `reporting/account-timeline?accountId=${id}&after=engagement-${id}:${last.version!}`, undefined, { prefer: 'wait=5' });
    const told = story.body.items.map(({ type, subject }) => [type.split('.').at(-1), subject]);
    expect(told).toEqual(expect.arrayContaining([['touchpoint-logged', null], ['business-review-held', null], ['decision-recorded', 'Second shift'], ['follow-up-agreed', 'Send the plan']]));
    expect((await demo.call(other, `reporting/account-timeline?accountId=${id}`, undefined, { prefer: 'wait=5' })).status).toBe(404);
  });

  it('is not held with people of another account', async () => {
    const [id, elsewhere] = await Promise.all([newAccount('Here'), newAccount('Elsewhere')]);
    const { body: person } = await call(kam, 'stakeholders', { accountId: elsewhere, name: 'Grace Petit' });
    expect(code(await call(kam, `engagement-plans/${id}/hold-business-review`, { level: 'business-review', heldAt: daysAgo(0), stakeholderIds: [person.id] }))).toEqual([422, 'stakeholder-unknown']);
  });
});
