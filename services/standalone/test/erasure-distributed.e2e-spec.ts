import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@keyfold/event-sourcing-nest';
import { DemoIdentity, SERVICES, type ServiceName } from '@keyfold/platform';
import { eventually, freePort, newSecrets, serveKeys, ServiceUnderTest, setUpDeployment } from '@keyfold/testing';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NATIVE = join(ROOT, 'infra/native/services.mjs');

/** Found in a file or in the output, it was left there in the clear. */
const NAME = 'Zephyrine Quillfeather';
const CONTACT = 'quillfeather@unmistakable.test';
/** No person, so it has to be found: the search is worth something. */
const COMPANY = 'Unmistakable Windmills';

interface Servers {
  readonly mongoUrl: string;
  readonly kafkaBrokers: string;
  stop(): Promise<void>;
}
interface Receipt {
  readonly state: string;
  readonly key: string;
  readonly destroyedAt: string;
  readonly horizon: { readonly storeLogUntil: string | null; readonly backupsUntil: string | null };
  readonly services: readonly { readonly forgotten: boolean | null }[];
}

let folder: string;
let servers: Servers;
let issuer: Awaited<ReturnType<typeof serveKeys>>;
let identity: DemoIdentity;
let env: Record<string, string>;
let ports: Record<ServiceName, number>;
let ended = '';
const services = new Map<ServiceName, ServiceUnderTest>();

async function start(service: ServiceName, more: Record<string, string> = {}, port = ports[service]): Promise<ServiceUnderTest> {
  return ServiceUnderTest.start({ main: `services/${service}/src/main.ts`, env: { ...env, ...more }, port, readyWithinMs: 120_000 });
}
async function restart(service: ServiceName, more: Record<string, string> = {}): Promise<void> {
  await services.get(service)!.kill();
  ended += services.get(service)!.output;
  services.set(service, await start(service, more));
}
async function call<Body>(user: string, path: string, body?: object, service = services.get(path.split('/')[2] as ServiceName)!): Promise<{ status: number; body: Body }> {
  const headers = { authorization: `Bearer ${await identity.token(user)}`, 'content-type': 'application/json' };
  const answer = await service.fetch(path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  return { status: answer.status, body: (await answer.json()) as Body };
}
/** As the reporting service shows it, which has to ask accounts for the key. */
async function ownerName(service = services.get('reporting')!): Promise<{ status: number; name: string | null | undefined }> {
  const { status, body } = await call<{ items?: { ownerName: string | null }[] }>('auditor', '/api/reporting/portfolio', undefined, service);
  return { status, name: body.items?.[0]?.ownerName };
}
const onboard = (id: string) => call('hr', `/api/accounts/team-members/${id}/onboard`, { name: NAME, role: 'kam' });
const nameOf = async (id: string) => (await call<{ name: string | null }>('auditor', `/api/accounts/team-members/${id}`)).body.name;
const erase = (owner: string, id: string) => call<{ erasure: Receipt }>('operator', `/api/${owner}/persons/${id}/erase`, { ground: 'request' });
const receiptOf = async (id: string) => (await call<Receipt>('auditor', `/api/accounts/persons/${id}/erasure`)).body;

/** Where something stands in the clear: the files of mongod and of the broker, and `output`. */
async function searched(): Promise<{ readonly company: readonly string[]; readonly personal: readonly string[] }> {
  const places = new Map<string, string[]>([COMPANY, NAME, CONTACT].map((text) => [text, []]));
  const note = (place: string, texts: readonly string[]): void => texts.forEach((text) => places.get(text)!.push(place));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !ONLY_NUMBERS.test(path)) note(path.slice(folder.length + 1), await textsIn(path));
  }
  const output = ended + [...services.values()].map((service) => service.output).join('');
  note('output', [NAME, CONTACT].filter((text) => output.includes(text)));
  return { company: places.get(COMPANY)!, personal: [...places.get(NAME)!, ...places.get(CONTACT)!] };
}
/** Indexes of the broker's segments: ten megabytes each, whatever is in them. */
const ONLY_NUMBERS = /kafka\/data\/.*\.(time)?index$/;

/** Read in pieces that overlap, for journals are large; a file that was taken away meanwhile holds nothing. */
async function textsIn(file: string): Promise<string[]> {
  const hits = new Set<string>();
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 22 }) as AsyncIterable<Buffer>) {
      const piece = Buffer.concat([rest, chunk]);
      for (const text of [COMPANY, NAME, CONTACT]) if (piece.includes(text)) hits.add(text);
      rest = piece.subarray(-64);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return [...hits];
}

/** Four services on a MongoDB and a Kafka of their own, which write without compression, so that a name in their files would be seen. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyfold-erasure-'));
  const { startServers } = (await import(NATIVE)) as { startServers(options: object): Promise<Servers> };
  servers = await startServers({ dir: folder, mongoArgs: ['--wiredTigerCollectionBlockCompressor', 'none', '--wiredTigerJournalCompressor', 'none'] });
  identity = await DemoIdentity.open(null, 'keyfold', systemClock);
  issuer = await serveKeys(identity.jwks);
  ports = Object.fromEntries(await Promise.all(SERVICES.map(async (service) => [service, await freePort()]))) as Record<ServiceName, number>;
  env = {
    KEYFOLD_MODE: 'distributed',
    KEYFOLD_DEMO: 'true',
    KEYFOLD_MONGO_URL: servers.mongoUrl,
    KEYFOLD_KAFKA_BROKERS: servers.kafkaBrokers,
    ...newSecrets(),
    KEYFOLD_COMMAND_DEADLINE_MS: '2000',
    KEYFOLD_PUBLIC_URL: issuer.url,
    ...Object.fromEntries(SERVICES.map((service) => [`KEYFOLD_${service.toUpperCase()}_URL`, `http://127.0.0.1:${ports[service]}`])),
  };
  await setUpDeployment(env);
  await Promise.all(SERVICES.map(async (service) => services.set(service, await start(service))));
}, 300_000);

afterAll(async () => {
  await Promise.all([...services.values()].map((service) => service.kill()));
  issuer.close();
  await servers.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

describe('an erasure over services, MongoDB and Kafka', () => {
  let reporterId: string;

  it('is of persons whose names are in the clear nowhere', async () => {
    expect((await onboard('quill')).status).toBe(200);
    const account = await call<{ id: string }>('director', '/api/accounts/key-accounts', { name: COMPANY });
    expect((await call('director', `/api/accounts/key-accounts/${account.body.id}/assign-owner`, { ownerId: 'quill' })).status).toBe(200);
    const body = { accountId: account.body.id, title: 'Line down', impact: 'high', urgency: 'high', reporterContact: CONTACT };
    const incident = await eventually(
      async () => {
        const answer = await call<{ id: string }>('agent', '/api/satisfaction/incidents', body);
        expect(answer.status).toBe(201);
        return answer.body;
      },
      { deadlineMs: 60_000 },
    );
    await eventually(
      async () => {
        const shown = await call<{ reporterId: string; reporterContact: string }>('auditor', `/api/satisfaction/incidents/${incident.id}`);
        expect(shown.body.reporterContact).toBe(CONTACT);
        ({ reporterId } = shown.body);
      },
      { deadlineMs: 60_000 },
    );
    await eventually(async () => expect(await ownerName()).toEqual({ status: 200, name: NAME }), { deadlineMs: 60_000 });
    const { company, personal } = await searched();
    expect(company.some((place) => place.includes('mongo/db/journal'))).toBe(true);
    expect(company.some((place) => /kafka\/data\/accounts\.events\.v1-\d+\//.test(place))).toBe(true);
    expect(personal).toEqual([]);
  });

  it('knows a key only for services', async () => {
    const ask = async (authorization?: string) => (await services.get('accounts')!.fetch('/ops/accounts/person-keys/quill', { headers: authorization ? { authorization } : {} })).status;
    expect(await ask()).toBe(401);
    expect(await ask(`Bearer ${env['KEYFOLD_SERVICE_TOKEN']}x`)).toBe(401);
    expect(await ask(`Bearer ${await identity.token('operator')}`)).toBe(403);
    const stranger = await start('reporting', { KEYFOLD_SERVICE_TOKEN: randomBytes(32).toString('hex') }, await freePort());
    try {
      expect(await ownerName(stranger)).toEqual({ status: 503, name: undefined });
    } finally {
      await stranger.kill();
    }
  });

  it('reaches every service', async () => {
    const { status, body } = await erase('accounts', 'quill');
    expect([status, body.erasure.state, body.erasure.key]).toEqual([200, 'erased', 'destroyed']);
    expect(Date.parse(body.erasure.horizon.storeLogUntil!)).toBeGreaterThanOrEqual(Date.parse(body.erasure.destroyedAt));
    expect(body.erasure.horizon.backupsUntil).toBeNull();
    expect((await erase('satisfaction', reporterId)).status).toBe(200);
    await eventually(async () => expect((await receiptOf('quill')).services.map(({ forgotten }) => forgotten)).toEqual([true, true, true, true]), { deadlineMs: 60_000 });
    expect(await ownerName()).toEqual({ status: 200, name: null });
    await restart('satisfaction'); // reading an erased name asks nobody who is down
    expect(await nameOf('quill')).toBeNull();
  });

  it('says of a service that does not answer that nobody knows', async () => {
    await services.get('opportunities')!.kill();
    expect((await receiptOf('quill')).services.map(({ forgotten }) => forgotten)).toEqual([true, null, true, true]);
    await restart('opportunities');
  });

  it('is not undone by a rebuilt view', async () => {
    expect((await call('operator', '/ops/accounts/projections/member-directory/rebuild', {})).status).toBe(202);
    await eventually(async () => expect((await call<{ rebuild: { state: string } }>('operator', '/ops/accounts/projections/member-directory')).body.rebuild.state).toBe('switched'), { deadlineMs: 30_000 });
    expect(await nameOf('quill')).toBeNull();
  });

  it.each([
    ['after-erasure-request', 'destroyed'],
    ['after-key-destruction', 'was-destroyed'],
    ['after-erasure', 'destroyed'],
  ])('that was killed at %s is finished by the next start', async (point, key) => {
    await onboard(point);
    await restart('accounts', { KEYFOLD_FAILPOINT: `${point}=kill` });
    await expect(erase('accounts', point)).rejects.toThrow();
    await restart('accounts');
    await eventually(async () => expect(await receiptOf(point)).toMatchObject({ state: 'erased', key }), { deadlineMs: 60_000 });
    const again = await erase('accounts', point);
    expect([again.status, again.body.erasure.key]).toEqual([200, key]);
  });

  it('leaves no name behind, at rest as well', async () => {
    await Promise.all([...services.values()].map((service) => service.stop()));
    await servers.stop();
    const { company, personal } = await searched();
    expect(company.some((place) => /mongo\/db\/collection/.test(place))).toBe(true);
    expect(personal).toEqual([]);
  });
});
