import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, ServiceUnderTest } from '@keyfold/testing';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = 'services/standalone/src/main.ts';

interface Page {
  readonly items: readonly { readonly id: string; readonly name: string; readonly version: number }[];
}

const settings = (data: string) => ({ KEYFOLD_DEMO: 'true', KEYFOLD_DATA: data, KEYFOLD_MONGO_URL: undefined, KEYFOLD_KAFKA_BROKERS: undefined });
const started = (data: string, ...args: string[]): Promise<ServiceUnderTest> => ServiceUnderTest.start({ main: MAIN, args, env: settings(data) });

async function tokenOf(service: ServiceUnderTest, user: string): Promise<string> {
  const answer = await service.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) });
  return ((await answer.json()) as { token: string }).token;
}

async function get<T = Page>(service: ServiceUnderTest, path: string, token: string): Promise<T> {
  const answer = await service.fetch(path, { headers: { authorization: `Bearer ${token}` } });
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json()) as T;
}

/** What a start that fails prints, and its exit code. */
async function failedStart(data: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', join(ROOT, 'tools/ts-register.mjs'), join(ROOT, MAIN), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...settings(data), NODE_OPTIONS: undefined, KEYFOLD_PORT: '0' },
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output };
}

let data: string;
const newFolder = async (): Promise<string> => mkdtemp(join(tmpdir(), 'keyfold-standalone-'));

describe('a first start', () => {
  let keyfold: ServiceUnderTest;

  beforeAll(async () => {
    data = await newFolder();
    keyfold = await started(join(data, 'new'));
  });
  afterAll(async () => {
    await keyfold.kill();
    await rm(data, { recursive: true, force: true });
  });

  it('says where it runs and who may sign in', async () => {
    await eventually(() => expect(keyfold.output).toContain(`Keyfold runs at ${keyfold.url}`));
    expect(keyfold.output).toMatch(/director \(.+\), kam \(.+\)/);
  });

  it('has a portfolio in which each demo person sees what is his', async () => {
    const sizes = async (user: string) => {
      const token = await tokenOf(keyfold, user);
      const paths = ['/api/accounts/key-accounts', '/api/opportunities/opportunities', '/api/satisfaction/incidents'];
      return Promise.all(paths.map(async (path) => (await get(keyfold, `${path}?limit=200`, token)).items.length));
    };
    const [director, auditor, one, other] = await Promise.all(['director', 'auditor', 'kam', 'kam2'].map(sizes));
    expect(director).toEqual([12, 60, 10]);
    expect(auditor).toEqual(director);
    expect(one![1]! + other![1]!).toBe(60);
    expect(one![0]! + other![0]!).toBe(10); // two accounts have no owner yet
  });

  it('has people, plans, scorecards and a team in each of their places', async () => {
    const token = await tokenOf(keyfold, 'director');
    const items = async (path: string) => (await get<{ items: { status?: string; state?: string }[] }>(keyfold, `/api/accounts/${path}?limit=200`, token)).items;
    const standing = async (path: string) => (await items(path)).map(({ status, state }) => (status ?? state)!).toSorted();
    await eventually(async () => {
      expect([await standing('account-plans'), await standing('marketing-plans'), await standing('campaigns'), await standing('requisitions')]).toEqual([['active', 'draft', 'submitted'], ['active'], ['in-progress'], ['open']]);
      expect([(await items('stakeholders')).length, (await items('champion-board')).length, (await items('csr-pillars')).length, (await items('team-board')).length]).toEqual([24, 2, 5, 10]);
      expect((await items('touchpoints')).length).toBeGreaterThan(50);
    });
  });

  it('has raised a task for the owner of the account with the P1 incident', async () => {
    const token = await tokenOf(keyfold, 'kam');
    await eventually(async () => {
      const { items } = await get<{ items: { matter: { kind: string } }[] }>(keyfold, '/api/accounts/tasks?state=open', token);
      expect(items.filter((task) => task.matter.kind === 'incident-p1')).toHaveLength(1);
    });
  });

  it('has history: other dates have other figures', async () => {
    const token = await tokenOf(keyfold, 'director');
    const won = async (asOf: string) => (await get<{ groups: { won: number }[] }>(keyfold, `/api/reporting/pipeline-summary?asOf=${asOf}`, token)).groups[0]?.won ?? 0;
    const year = new Date().getUTCFullYear();
    const [before, last] = [await won(`${year - 3}-12-31`), await won(new Date().toISOString().slice(0, 10))];
    expect(before).toBe(0);
    expect(last).toBeGreaterThan(10);
  });

  it('keeps no name in clear in the data folder', async () => {
    const token = await tokenOf(keyfold, 'director');
    expect((await get(keyfold, '/api/accounts/team-members', token)).items.map((member) => member.name)).toContain('Karim Benali');
    const files = await readdir(join(data, 'new'));
    expect(files).toContain('accounts.db');
    for (const file of files) {
      const bytes = await readFile(join(data, 'new', file));
      for (const name of ['Karim Benali', 'Odile Ferrand']) expect([file, bytes.includes(name)]).toEqual([file, false]);
    }
  });

  it('comes back after Ctrl-C and after a kill with all there was, with the tokens still good', async () => {
    const token = await tokenOf(keyfold, 'director');
    const rows = async () => (await get(keyfold, '/api/opportunities/opportunities?limit=200', token)).items.map(({ id, version }) => `${id} ${version}`);
    const before = await rows();
    expect(await keyfold.stop()).toBe(0);
    await keyfold.start();
    expect(await rows()).toEqual(before);
    await keyfold.kill('SIGKILL');
    await keyfold.start();
    expect(await rows()).toEqual(before);
  });

  it('keeps a second Keyfold out of its folder, in one sentence', async () => {
    const { code, output } = await failedStart(join(data, 'new'));
    expect(code).toBe(1);
    expect(output.trim()).toMatch(/^\S+ is in use by another Keyfold: .+\.$/);
  });
});

describe('a start', () => {
  beforeEach(async () => {
    data = await newFolder();
  });
  afterEach(async () => {
    await chmod(data, 0o700);
    await rm(data, { recursive: true, force: true });
  });

  it('with --empty makes no demo portfolio, then or later', async () => {
    const keyfold = await started(data, '--empty');
    try {
      const token = await tokenOf(keyfold, 'director');
      expect((await get(keyfold, '/api/accounts/key-accounts', token)).items).toEqual([]);
      const made = await keyfold.fetch('/api/accounts/key-accounts', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Our own client' }),
      });
      expect(made.status).toBe(201);
    } finally {
      await keyfold.kill();
    }
    const again = await started(data);
    try {
      expect((await get(again, '/api/accounts/key-accounts', await tokenOf(again, 'director'))).items).toHaveLength(1);
    } finally {
      await again.kill();
    }
  });

  it('on a taken port says so in one sentence', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, output } = await failedStart(data, '--empty', '--port', String(port));
    server.close();
    expect(code).toBe(1);
    expect(output.trim()).toBe(`Port ${port} on 127.0.0.1 is taken: stop what listens there, or give another port with --port or KEYFOLD_PORT.`);
  });

  it('with a corrupt log says so in one sentence', async () => {
    await writeFile(join(data, 'accounts.db'), 'this is no database '.repeat(1_000));
    const { code, output } = await failedStart(data);
    expect(code).toBe(1);
    expect(output.trim()).toMatch(/^\S+accounts\.db is damaged .*: restore .+\.$/);
  });

  it('in a place where no folder can be says so in one sentence', async () => {
    await writeFile(join(data, 'file'), '');
    const { code, output } = await failedStart(join(data, 'file', 'folder'));
    expect(code).toBe(1);
    expect(output.trim()).toMatch(/^Keyfold cannot write to \S+ .*: make it writable .+\.$/);
  });

  it('with a wrong setting or option says what is wanted', async () => {
    const option = await failedStart(data, '--prot', '1');
    expect([option.code, option.output]).toEqual([1, expect.stringContaining('--port N')]);
    const setting = await failedStart(data, '--port', 'high');
    expect([setting.code, setting.output]).toEqual([1, expect.stringContaining('KEYFOLD_PORT is "high"; it wants a whole number from 0 to 65535')]);
    expect(existsSync(join(data, 'accounts.db'))).toBe(false);
  });
});
