import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@keyfold/event-sourcing-nest';
import { DemoIdentity } from '@keyfold/platform';
import { deploymentOn, eventually, kafkaForTests, mongoForTests, serveKeys, ServiceUnderTest, setUpDeployment, type TestKafka, type TestMongo } from '@keyfold/testing';
import { buildRelease, type Change } from './release.js';

const THIS_RELEASE = 'services/opportunities/dist/main.js';
/** The next release: what an offering is called has another field in its change of details, so this release cannot read what it writes. */
const NEXT: readonly Change[] = [
  {
    package: 'contracts',
    file: 'opportunities/offering.events.ts',
    replace: [
      ['import { defineContract, ', 'import { defineContract, upcastFrom, '],
      ["'opportunities.offering.details-changed', { name: string;", "'opportunities.offering.details-changed', { label: string;"],
      ["'opportunities.offering.details-changed': { version: 1 }", "'opportunities.offering.details-changed': { version: 2, upcast: upcastFrom().to(({ name, ...rest }) => ({ ...rest, label: name })) }"],
    ],
  },
  {
    package: 'opportunities',
    file: 'offering/offering.aggregate.ts',
    replace: [
      ['{ ...state, ...fact.data, version: fact.version }', '{ ...state, ...fact.data, name: fact.data.label, version: fact.version }'],
      ["[{ type: 'opportunities.offering.details-changed', data: facts }]", "[{ type: 'opportunities.offering.details-changed', data: { ...facts, label: facts.name, name: undefined } }]"],
    ],
  },
  {
    package: 'opportunities',
    file: 'offering/offerings.projection.ts',
    replace: [['const { name, family,', "const { family,"], ['        return { id, version, name,', '        const name = event.data.label ?? event.data.name;\n        return { id, version, name,']],
  },
];

/** Offerings in the hands of this release, and of the next one. */
const OURS = Array.from({ length: 8 }, (_, i) => `ours-${i}`);
const THEIRS = Array.from({ length: 4 }, (_, i) => `theirs-${i}`);
const ROUNDS = 200;

let mongo: TestMongo;
let kafka: TestKafka;
let folder: string;
let issuer: Awaited<ReturnType<typeof serveKeys>>;
let identity: DemoIdentity;
let env: Record<string, string>;
let next: string;
const running = new Set<ServiceUnderTest>();
/** What was acknowledged last of each offering: its version and price. */
const acknowledged = new Map<string, { version: number; amountMinor: number }>();
let commits = 0;

async function start(main: string): Promise<ServiceUnderTest> {
  const service = await ServiceUnderTest.start({ main, env });
  running.add(service);
  return service;
}
async function stop(service: ServiceUnderTest): Promise<void> {
  running.delete(service);
  expect(await service.stop()).toBe(0);
}
async function call<Body>(service: ServiceUnderTest, user: string, path: string, body?: object): Promise<{ status: number; body: Body }> {
  const headers = { authorization: `Bearer ${await identity.token(user)}`, 'content-type': 'application/json' };
  const answer = await service.fetch(path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  return { status: answer.status, body: (await answer.json()) as Body };
}

const said = (id: string, amountMinor: number) => ({ name: `Offering ${id}`, listPrice: { amountMinor, currency: 'EUR' } });
/** Registers an offering, or changes its price. */
async function price(service: ServiceUnderTest, id: string, amountMinor: number): Promise<void> {
  const { status, body } = await call<{ version: number }>(service, 'director', `/api/opportunities/offerings/${id}/register`, said(id, amountMinor));
  expect({ id, status: Math.floor(status / 100) }).toEqual({ id, status: 2 });
  acknowledged.set(id, { version: body.version, amountMinor });
  commits += 1;
}
const priceAll = (service: ServiceUnderTest, ids: readonly string[], amountMinor: number) => Promise.all(ids.map((id) => price(service, id, amountMinor)));

interface Item {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly listPrice: { readonly amountMinor: number };
}
async function shown(service: ServiceUnderTest): Promise<Map<string, Omit<Item, 'id'>>> {
  const rows = new Map<string, Omit<Item, 'id'>>();
  for (let cursor = ''; ; ) {
    const { items, next: more } = (await call<{ items: Item[]; next: string | null }>(service, 'director', `/api/opportunities/offerings?limit=200${cursor}`)).body;
    for (const { id, ...row } of items) rows.set(id, row);
    if (more === null) return rows;
    cursor = `&cursor=${encodeURIComponent(more)}`;
  }
}
const parked = async (service: ServiceUnderTest): Promise<{ kind: string }[]> => (await call<{ items: { kind: string }[] }>(service, 'operator', '/ops/opportunities/dead-letters?projection=offerings')).body.items;
const soon = <T>(probe: () => Promise<T>): Promise<T> => eventually(probe, { deadlineMs: 60_000 });

/** The read model says what was acknowledged last, nothing waits, and the log has a commit for each acknowledgement. */
async function expectTheFacts(service: ServiceUnderTest): Promise<void> {
  const facts = [...acknowledged].map(([id, { version, amountMinor }]) => [id, expect.objectContaining({ name: `Offering ${id}`, version, listPrice: expect.objectContaining({ amountMinor }) })]);
  await soon(async () => expect(Object.fromEntries(await shown(service))).toEqual(Object.fromEntries(facts)));
  await soon(async () => expect(await parked(service)).toEqual([]));
  expect((await call(service, 'operator', '/ops/opportunities/position')).body).toEqual({ position: commits });
}

/** Verified by one process, and told by another: both read the same log. */
async function expectVerified(by: ServiceUnderTest, told: ServiceUnderTest): Promise<void> {
  const { status, body } = await call<{ id: string }>(by, 'operator', '/ops/opportunities/verify', { projection: 'offerings' });
  expect(status).toBe(202);
  await soon(async () => expect((await call(told, 'operator', `/ops/opportunities/verify/${body.id}`)).body).toMatchObject({ state: 'done', results: [{ projection: 'offerings', ok: true, unproved: 0 }] }));
}

beforeAll(async () => {
  mongo = await mongoForTests();
  kafka = kafkaForTests();
  folder = await mkdtemp(join(tmpdir(), 'keyfold-upgrade-'));
  next = await buildRelease(folder, NEXT);
  identity = await DemoIdentity.open(null, 'keyfold', systemClock);
  issuer = await serveKeys(identity.jwks);
  env = {
    ...deploymentOn(mongo, kafka),
    KEYFOLD_LOG_LEVEL: 'error',
    KEYFOLD_PUBLIC_URL: issuer.url,
  };
  await setUpDeployment(env);
}, 120_000);

afterAll(async () => {
  await Promise.all([...running].map((service) => service.kill()));
  issuer.close();
  await Promise.all([mongo.drop(), kafka.deleteTopics(), rm(folder, { recursive: true, force: true })]);
}, 60_000);

describe('a rolling upgrade of two builds, and back', () => {
  it('loses no fact while both write and read, nor when the upgrade is taken back', async () => {
    const old = await start(THIS_RELEASE);
    await priceAll(old, [...OURS, ...THEIRS], 1);
    await expectTheFacts(old);

    const fresh = await start(next);
    // Until each has read of what the next release wrote: this one cannot apply it, the next one can. A stream that waits is not read on, so each round takes others.
    let [waits, applied] = [false, false];
    for (let round = 2; !waits || !applied; round++) {
      expect(round).toBeLessThan(ROUNDS);
      const theirs = THEIRS.map((id) => `${id}-${round}`);
      await Promise.all([priceAll(old, OURS, round), priceAll(fresh, theirs, 1).then(() => priceAll(fresh, theirs, round))]);
      waits ||= (await parked(old)).some(({ kind }) => kind === 'unknown-version');
      const rows = await shown(old);
      applied ||= theirs.some((id) => rows.get(id)?.version === 2);
    }
    await stop(old);
    const second = await start(next); // drains at once what waited for it
    await expectTheFacts(second);

    await expectVerified(second, fresh);
    await Promise.all([stop(fresh), stop(second)]);
    const back = await start(THIS_RELEASE);
    await priceAll(back, OURS, 1_000);
    const refused = await call<{ code: string }>(back, 'director', `/api/opportunities/offerings/${THEIRS[0]}-2/register`, said(`${THEIRS[0]}-2`, 1_000));
    expect([refused.status, refused.body.code]).toEqual([503, 'event-version-unknown']);
    await expectTheFacts(back); // what the next release has applied stays

    await stop(back);
    const again = await start(next);
    await priceAll(again, [...acknowledged.keys()], 2_000);
    await expectTheFacts(again);
  }, 170_000);
});
