import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandHash } from '@keyfold/event-sourcing-nest';
import { eventually, ServiceUnderTest } from '@keyfold/testing';

const TELEMETRY = fileURLToPath(new URL('../../../libs/platform/telemetry/register.mjs', import.meta.url));

/** Found in a file or in the output, it was left there in the clear. */
const NAME = 'Zephyrine Quillfeather';
const CONTACT = 'quillfeather@unmistakable.test';
/** Whatever stands around them, encoded or not. */
const TRACES_OF_A_PERSON = ['Quillfeather', 'quillfeather'];
/** No person, so it has to be found: the search is worth something. */
const COMPANY = 'Unmistakable Windmills';

interface Receipt {
  readonly state: string;
  readonly key: string;
  readonly requestedBy: string;
  readonly destroyedAt: string | null;
  readonly announcedAt: string | null;
  readonly horizon: { readonly storeLogUntil: string | null; readonly backupsUntil: string | null };
  readonly services: readonly { readonly service: string; readonly forgotten: boolean | null }[];
}
interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

let data: string;
let keyfold: ServiceUnderTest;
let output = '';
let collector: Server;
let traces = Buffer.alloc(0);
const tokens = new Map<string, string>();

async function start(failpoint?: string): Promise<void> {
  const telemetry = { NODE_OPTIONS: `--import=${TELEMETRY}`, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, OTEL_BSP_SCHEDULE_DELAY: '200' };
  const env = { KEYFOLD_DEMO: 'true', KEYFOLD_DATA: data, KEYFOLD_BACKUP_RETENTION_DAYS: '30', KEYFOLD_FAILPOINT: failpoint, KEYFOLD_COMMAND_DEADLINE_MS: '500', ...telemetry };
  keyfold = await ServiceUnderTest.start({ main: 'services/standalone/src/main.ts', args: ['--empty'], env });
}
async function end(how: 'stop' | 'kill' = 'stop'): Promise<void> {
  await keyfold[how]();
  output += keyfold.output;
}
async function authorization(user: string): Promise<string> {
  if (!tokens.has(user)) {
    const answer = await keyfold.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) });
    tokens.set(user, ((await answer.json()) as { token: string }).token);
  }
  return `Bearer ${tokens.get(user)}`;
}
async function call<Body>(user: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer<Body>> {
  const all = { authorization: await authorization(user), 'content-type': 'application/json', ...headers };
  const answer = await keyfold.fetch(path, body ? { method: 'POST', headers: all, body: JSON.stringify(body) } : { headers: all });
  return { status: answer.status, body: (await answer.json()) as Body };
}

const onboard = async (id: string): Promise<Answer<{ code?: string }>> =>
  call('hr', `/api/accounts/team-members/${id}/onboard`, { name: NAME, role: 'kam', provenance: { source: 'crm', entity: 'members', rowKey: id, run: 'crm-1' } });
const nameOf = async (id: string): Promise<string | null> => (await call<{ name: string | null }>('director', `/api/accounts/team-members/${id}`)).body.name;
const erase = (id: string, headers?: Record<string, string>) => call<{ version: number; code?: string; erasure: Receipt }>('operator', `/api/accounts/persons/${id}/erase`, { ground: 'request' }, headers);
const receiptOf = async (id: string): Promise<Receipt> => (await call<Receipt>('auditor', `/api/accounts/persons/${id}/erasure`)).body;

/** Where one of these is in the clear: data files, write-ahead logs, output, traces. */
async function found(...texts: readonly (string | Buffer)[]): Promise<string[]> {
  const files = await readdir(data);
  const hits = await Promise.all(files.map(async (file) => ({ file, bytes: await readFile(join(data, file)) })));
  hits.push({ file: 'traces', bytes: traces }, { file: 'output', bytes: Buffer.from(output + keyfold.output) });
  return hits.filter(({ bytes }) => texts.some((text) => bytes.includes(text))).map(({ file }) => file);
}
function wrappedKeyOf(id: string): Buffer | null {
  const database = new DatabaseSync(join(data, 'keys.db'), { readOnly: true });
  try {
    const wrapped = database.prepare('SELECT wrapped FROM person_keys WHERE person_id = ?').get(id)!['wrapped'] as Uint8Array | null;
    return wrapped && Buffer.from(wrapped);
  } finally {
    database.close();
  }
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'keyfold-erasure-'));
  collector = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      traces = Buffer.concat([traces, ...(chunks as Buffer[])]);
      response.end();
    });
  });
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  await start();
});
afterAll(async () => {
  await keyfold.kill();
  collector.close();
  await rm(data, { recursive: true, force: true });
});

describe('the erasure of a team member', () => {
  let wrapped: Buffer;

  it('is of a person whose name was in clear nowhere but in the answers', async () => {
    expect((await onboard('quill')).status).toBe(200);
    await eventually(async () => expect(await nameOf('quill')).toBe(NAME));
    // What is refused, searched for or failed with a name in it must not be written down either.
    expect((await call('hr', '/api/accounts/team-members', { name: NAME, role: 'king' })).status).toBe(400);
    expect((await call('hr', '/api/accounts/team-members', { name: NAME, role: 'kam', managerId: 'quill' }, { 'if-match': '"7"' })).status).toBe(412);
    expect((await call('director', `/api/accounts/key-accounts?q=${encodeURIComponent(NAME)}`)).status).toBe(200);
    wrapped = wrappedKeyOf('quill')!;
    expect((await call('director', '/api/accounts/key-accounts', { name: COMPANY })).status).toBe(201);
    expect(await found(COMPANY)).not.toEqual([]);
    await eventually(() => expect(traces.includes('/api/accounts/key-accounts')).toBe(true));
    expect(await found(...TRACES_OF_A_PERSON)).toEqual([]);
    expect(await found(wrapped)).not.toEqual([]);
  });

  it('whose name no stored hash betrays to whoever tries names', async () => {
    const body = { name: NAME, role: 'kam', provenance: { source: 'crm', entity: 'members', rowKey: 'quill', run: 'crm-1' } };
    const feed = await keyfold.fetch('/ops/accounts/feed?stream=member-quill', { headers: { authorization: await authorization('operator') } });
    const commit = JSON.parse((await feed.text()).split('\n')[0]!) as { commandHash: string; actor: { subject: string } };
    expect(commit.commandHash).not.toBe(commandHash(commit.actor.subject, 'OnboardMember', 'quill', body));
    expect(commit.commandHash).toBe(commandHash(commit.actor.subject, 'OnboardMember', 'quill', { ...body, name: true }));
  });

  it('is told apart from another under the same Idempotency-Key', async () => {
    const once = (name: string) => call<{ code?: string }>('hr', '/api/accounts/team-members', { name, role: 'kam' }, { 'idempotency-key': 'hire' });
    expect([(await once(NAME)).status, (await once(NAME)).status, (await once('Another Name')).body.code]).toEqual([201, 201, 'command-id-reused']);
  });

  it('is for operators and for HR, of a person who is known', async () => {
    expect((await call('director', '/api/accounts/persons/quill/erase', { ground: 'request' })).status).toBe(403);
    expect(await erase('nobody-at-all')).toMatchObject({ status: 404 });
    expect((await call('operator', '/api/accounts/persons/quill/erase', { ground: `because ${NAME} said so` })).status).toBe(400);
    expect(await nameOf('quill')).toBe(NAME);
  });

  it('gives a receipt, the same to whoever asks again', async () => {
    const first = await erase('quill', { 'idempotency-key': 'erase-quill' });
    expect(first.status).toBe(200);
    expect(first.body.erasure).toMatchObject({ state: 'erased', key: 'destroyed', requestedBy: 'demo:operator' });
    const days = (Date.parse(first.body.erasure.horizon.backupsUntil!) - Date.parse(first.body.erasure.destroyedAt!)) / 86_400_000;
    expect([days, first.body.erasure.horizon.storeLogUntil]).toEqual([30, first.body.erasure.destroyedAt]);
    await eventually(async () => expect((await receiptOf('quill')).services.map(({ forgotten }) => forgotten)).toEqual([true, true, true, true]));
    const receipt = await receiptOf('quill');
    expect(receipt.announcedAt).not.toBeNull();
    for (const again of [await erase('quill', { 'idempotency-key': 'erase-quill' }), await erase('quill', { 'idempotency-key': 'another' }), await erase('quill')]) {
      expect(again.status).toBe(200);
      expect(again.body).toMatchObject({ version: first.body.version, erasure: receipt });
    }
  });

  it('leaves no name, no key, and nothing that brings them back', async () => {
    expect(await nameOf('quill')).toBeNull();
    for (const view of ['team-members', 'member-directory']) {
      expect((await call('operator', `/ops/accounts/projections/${view}/rebuild`, {})).status).toBe(202);
      await eventually(async () => expect((await call<{ rebuild: { state: string } }>('operator', `/ops/accounts/projections/${view}`)).body.rebuild.state).toBe('switched'));
    }
    expect(await nameOf('quill')).toBeNull();
    await end();
    await start();
    expect(await nameOf('quill')).toBeNull();
    expect(await found(...TRACES_OF_A_PERSON, wrapped)).toEqual([]);
  });

  it('is for ever: nothing personal can be written of that person any more', async () => {
    await onboard('gone');
    expect((await call('director', '/api/accounts/team-members/gone/withdraw', { reason: 'undo' })).status).toBe(200);
    expect((await erase('gone')).status).toBe(200);
    const refused = await onboard('gone');
    expect([refused.status, refused.body.code]).toEqual([422, 'person-erased']);
    expect(wrappedKeyOf('gone')).toBeNull();
  });
});

describe('the erasure of whoever reported an incident', () => {
  it('takes the contact away and leaves the incident', async () => {
    const account = await call<{ id: string }>('director', '/api/accounts/key-accounts', { name: 'Acme' });
    const incident = await eventually(async () => {
      const answer = await call<{ id: string }>('director', '/api/satisfaction/incidents', { accountId: account.body.id, title: 'Line down', impact: 'high', urgency: 'high', reporterContact: CONTACT });
      expect(answer.status).toBe(201);
      return answer.body;
    });
    const shown = async () => (await call<{ title: string; reporterId: string; reporterContact: string | null }>('auditor', `/api/satisfaction/incidents/${incident.id}`)).body;
    await eventually(async () => expect((await shown()).reporterContact).toBe(CONTACT));
    const { reporterId } = await shown();
    expect((await call('hr', `/api/satisfaction/persons/${reporterId}/erase`, { ground: 'consent-withdrawn' })).status).toBe(200);
    expect(await shown()).toMatchObject({ title: 'Line down', reporterContact: null });
    expect(await found(...TRACES_OF_A_PERSON)).toEqual([]);
  });
});

describe('an erasure that was killed', () => {
  it.each([
    ['before its request was in the log', 'before-append', null],
    ['behind its request', 'after-erasure-request', 'destroyed'],
    ['behind the destruction of the key', 'after-key-destruction', 'was-destroyed'],
    ['behind its end', 'after-erasure', 'destroyed'],
  ])('%s is finished by the next start, or was never begun', async (_when, point, key) => {
    const id = `killed-${point}`;
    await onboard(id);
    await eventually(async () => expect(await nameOf(id)).toBe(NAME));
    const wrapped = wrappedKeyOf(id)!;
    await end();
    await start(`${point}=kill`);
    await expect(erase(id, { 'idempotency-key': id })).rejects.toThrow();
    await end('kill');
    await start();
    if (key === null) expect([await nameOf(id), (await call('auditor', `/api/accounts/persons/${id}/erasure`)).status]).toEqual([NAME, 404]);
    else await eventually(async () => expect(await receiptOf(id)).toMatchObject({ state: 'erased', key, requestedBy: 'demo:operator' }));
    const again = await erase(id, { 'idempotency-key': id });
    expect([again.status, again.body.version, again.body.erasure.key]).toEqual([200, 2, key ?? 'destroyed']);
    expect(await nameOf(id)).toBeNull();
    expect(await found(...TRACES_OF_A_PERSON, wrapped)).toEqual([]);
  });
});
