import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deploymentOn, eventually, freePort, kafkaForTests, mongoForTests, ServiceUnderTest, setUpDeployment, type TestKafka, type TestMongo } from '@keyfold/testing';
import { EXPORT, runCli, tokenFrom, writeExport } from './support.js';

const SERVICES = ['accounts', 'opportunities', 'satisfaction', 'reporting'] as const;
type Service = (typeof SERVICES)[number];

let mongo: TestMongo;
let kafka: TestKafka;
let folder: string;
let web: ServiceUnderTest;
const services = new Map<Service, ServiceUnderTest>();

async function call<Result>(user: string, path: string, body?: object): Promise<{ status: number; body: Result }> {
  const headers = { authorization: `Bearer ${await tokenFrom(web, user)}`, 'content-type': 'application/json' };
  const answer = await web.fetch(path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  return { status: answer.status, body: (await answer.json()) as Result };
}

interface Summary {
  readonly groups: readonly { readonly label: string; readonly open: number; readonly won: number; readonly lost: number }[];
}
const summary = async (query = '') => (await call<Summary>('auditor', `/api/reporting/pipeline-summary${query}`)).body.groups;

/** Four services and web as processes of their own, on a real MongoDB and Kafka. */
beforeAll(async () => {
  mongo = await mongoForTests();
  kafka = kafkaForTests();
  folder = await mkdtemp(join(tmpdir(), 'keyfold-distributed-'));
  const ports = Object.fromEntries(await Promise.all([...SERVICES, 'web'].map(async (name) => [name, await freePort()] as const)));
  const env = {
    ...deploymentOn(mongo, kafka),
    KEYFOLD_COMMAND_DEADLINE_MS: '1000',
    KEYFOLD_LOG_LEVEL: 'error',
    KEYFOLD_PUBLIC_URL: `http://127.0.0.1:${ports['web']}`,
    ...Object.fromEntries(SERVICES.map((service) => [`KEYFOLD_${service.toUpperCase()}_URL`, `http://127.0.0.1:${ports[service]}`])),
  };
  await setUpDeployment(env);
  web = await ServiceUnderTest.start({ main: 'services/web/dist/server/main.js', env, port: ports['web'], readyPath: '/auth/jwks.json' });
  await Promise.all(SERVICES.map(async (service) => services.set(service, await ServiceUnderTest.start({ main: `services/${service}/dist/main.js`, env, port: ports[service], readyWithinMs: 120_000 }))));
}, 300_000);

afterAll(async () => {
  await Promise.all([web, ...services.values()].map((service) => service?.kill()));
  // The databases stay with the server of the test run: dropping their many files takes ten times as long as the tests.
  await Promise.all([mongo.drop(), kafka.deleteTopics(), rm(folder, { recursive: true, force: true })]);
}, 120_000);

describe('Keyfold as processes on MongoDB and Kafka', () => {
  it('imports an export and shows the same figures as in one process', async () => {
    const source = await writeExport(join(folder, 'january'), EXPORT);
    const { code, err } = await runCli(web, folder, ['import', source, '--apply']);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    await eventually(async () => expect((await summary())[0]).toMatchObject({ open: 2, won: 2, lost: 1 }), { deadlineMs: 30_000 });
    expect((await summary('?asOf=2017-02-28'))[0]).toMatchObject({ open: 4, won: 0, lost: 0 });
    // Who manages whom comes over another topic.
    await eventually(async () => expect((await summary('?groupBy=manager')).map(({ label }) => label)).toEqual(['Eve Upper', 'Max Upper']), { deadlineMs: 30_000 });
  });

  it('answers the same after a reader was killed and the views were rebuilt', async () => {
    const before = await summary('?groupBy=owner&asOf=2017-06-30');
    await services.get('reporting')!.kill('SIGKILL');
    await services.get('reporting')!.start();
    expect(await summary('?groupBy=owner&asOf=2017-06-30')).toEqual(before);
    expect((await runCli(web, folder, ['rebuild', 'reporting', 'opportunity-history'])).code).toBe(0);
    await eventually(async () => expect(await summary('?groupBy=owner&asOf=2017-06-30')).toEqual(before), { deadlineMs: 10_000 });
  });

  it('proves its read models to an operator, and finds nothing wrong', async () => {
    await eventually(async () => expect(await runCli(web, folder, ['doctor'])).toMatchObject({ code: 0 }), { deadlineMs: 60_000 });
    const { code, out } = await runCli(web, folder, ['verify', '--json']);
    const { verified } = JSON.parse(out) as { verified: { service: string; rows: number; found: number; unproved: number }[] };
    expect(verified.filter(({ found, unproved }) => found + unproved > 0)).toEqual([]);
    expect([code, verified.reduce((sum, { rows }) => sum + rows, 0) > 0]).toEqual([0, true]);
  });

  it('makes a task of a P1 incident, over the topic', async () => {
    const [acme] = (await call<{ items: { id: string }[] }>('director', '/api/accounts/key-accounts?q=acme')).body.items;
    const reported = await eventually(async () => {
      const answer = await call<{ id: string }>('director', '/api/satisfaction/incidents', { accountId: acme!.id, title: 'Line down', impact: 'high', urgency: 'high', reporterContact: 'eve@acme.test' });
      expect(answer.status).toBe(201);
      return answer.body;
    });
    await eventually(
      async () => {
        const { items } = (await call<{ items: { matter: { kind: string; subject: { id: string } } }[] }>('director', '/api/accounts/tasks?state=open')).body;
        expect(items.map(({ matter }) => [matter.kind, matter.subject.id])).toContainEqual(['incident-p1', reported.id]);
      },
      { deadlineMs: 20_000 },
    );
  });

  it('refuses to close an account with a deal or an incident open on it, and says what is open', async () => {
    const [acme] = (await call<{ items: { id: string }[] }>('director', '/api/accounts/key-accounts?q=acme')).body.items;
    expect((await call('director', `/api/accounts/key-accounts/${acme!.id}/make-dormant`, { reason: 'winds up' })).status).toBe(200);
    expect((await call('director', `/api/accounts/key-accounts/${acme!.id}/request-closure`, { reason: 'winds up' })).status).toBe(202);
    await eventually(
      async () => {
        const { body } = await call<{ status: string; closure: { state: string; blockers: { code: string }[] } }>('director', `/api/accounts/key-accounts/${acme!.id}`);
        expect([body.status, body.closure.state, body.closure.blockers[0]?.code]).toEqual(['dormant', 'refused', 'open-items']);
      },
      { deadlineMs: 30_000 },
    );
  });
});
