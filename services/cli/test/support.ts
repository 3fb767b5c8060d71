import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programOf, ServiceUnderTest } from '@keyfold/testing';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A real Keyfold in a folder of its own, without the demo portfolio. */
export interface Keyfold {
  readonly service: ServiceUnderTest;
  readonly folder: string;
  get<Result>(path: string, user?: string): Promise<Result>;
  post(path: string, body: object, user?: string): Promise<Response>;
  cli(...args: string[]): Promise<CliResult>;
  /** `keyfold import`, which has to end well: its report. */
  imported(...args: string[]): Promise<ImportReport>;
  /** Starts the command line and kills it, hard, as soon as the condition holds. */
  cliKilledWhen(condition: () => Promise<boolean>, ...args: string[]): Promise<void>;
  close(): Promise<void>;
}

export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Tally {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly wrong: number;
}

export interface ImportReport {
  readonly run: string;
  readonly rejects: string | null;
  readonly entities: Readonly<Record<string, Tally>>;
  readonly wrong: readonly { readonly file: string; readonly line: number; readonly column: string | null; readonly reason: string }[];
  readonly seconds: number;
}

export const tally = (created: number, changed = 0, unchanged = 0, wrong = 0): Tally => ({ created, changed, unchanged, wrong });

const CLI = ['--disable-warning=ExperimentalWarning', ...programOf('services/cli/src/main.ts')];

export async function startKeyfold(env: Record<string, string> = {}): Promise<Keyfold> {
  const folder = await mkdtemp(join(tmpdir(), 'keyfold-import-'));
  const service = await ServiceUnderTest.start({
    main: 'services/standalone/src/main.ts',
    args: ['--empty', '--data', join(folder, 'data')],
    env: { KEYFOLD_DEMO: 'true', KEYFOLD_COMMAND_DEADLINE_MS: '500', KEYFOLD_LOG_LEVEL: 'error', ...env },
  });
  return {
    service,
    folder,
    async get<Result>(path: string, user = 'auditor') {
      const response = await service.fetch(path, { headers: { authorization: `Bearer ${await tokenFrom(service, user)}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json() as Promise<Result>;
    },
    async post(path, body, user = 'director') {
      return service.fetch(path, { method: 'POST', headers: { authorization: `Bearer ${await tokenFrom(service, user)}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    },
    cli: (...args) => runCli(service, folder, args),
    async imported(...args) {
      const { out, err, code } = await runCli(service, folder, ['--json', 'import', ...args]);
      if (code !== 0 || err !== '') throw new Error(`import ended with ${code}: ${err}`);
      return JSON.parse(out) as ImportReport;
    },
    async cliKilledWhen(condition, ...args) {
      const child = startCli(service, folder, args);
      const closed = new Promise((done) => child.on('close', done));
      while (child.exitCode === null && !(await condition()));
      child.kill('SIGKILL');
      await closed;
    },
    async close() {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const tokens = new Map<string, string>();

/** A token of a demo person, asked for once. */
export async function tokenFrom(service: ServiceUnderTest, user: string): Promise<string> {
  const known = tokens.get(`${service.url} ${user}`);
  if (known) return known;
  const response = await service.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) });
  const { token } = (await response.json()) as { token: string };
  tokens.set(`${service.url} ${user}`, token);
  return token;
}

const startCli = (service: ServiceUnderTest, cwd: string, args: readonly string[]) =>
  spawn(process.execPath, [...CLI, ...args], { cwd, env: { ...process.env, KEYFOLD_URL: service.url, KEYFOLD_TOKEN: '' } });

/** Runs the command line, as a process, against a running Keyfold. */
export function runCli(service: ServiceUnderTest, cwd: string, args: readonly string[]): Promise<CliResult> {
  return new Promise((done) => {
    const child = startCli(service, cwd, args);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code) => done({ code, out, err }));
  });
}

/** Writes an export as another CRM would: a file per entity, each a table of cells. */
export async function writeExport(folder: string, files: Readonly<Record<string, readonly (readonly string[])[]>>): Promise<string> {
  const target = resolve(folder);
  await mkdir(target, { recursive: true });
  for (const [name, rows] of Object.entries(files)) await writeFile(join(target, name), rows.map((row) => row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')).join('\n') + '\n');
  return target;
}

export const TEAMS = [['sales_agent', 'manager', 'regional_office'], ['Ada North', 'Max Upper', 'West'], ['Bo South', 'Max Upper', 'West'], ['Cy East', 'Eve Upper', 'East']];
export const PRODUCTS = [['product', 'series', 'sales_price'], ['GTX Pro', 'GTX', '4821'], ['MG Special', 'MG', '55']];
export const ACCOUNTS = [
  ['account', 'sector', 'year_established', 'revenue', 'employees', 'office_location', 'subsidiary_of'],
  ['Acme', 'technolgy', '1996', '1100.04', '2822', 'United States', ''],
  ['Betacorp', 'retail', '2001', '251.41', '495', 'Kenya', 'Acme'],
];
export const PIPELINE_HEADER = ['opportunity_id', 'sales_agent', 'product', 'account', 'deal_stage', 'engage_date', 'close_date', 'close_value'];
export const PIPELINE = [
  PIPELINE_HEADER,
  ['D1', 'Ada North', 'GTXPro', 'Acme', 'Won', '2016-10-20', '2017-03-01', '1054'],
  ['D2', 'Ada North', 'MG Special', 'Betacorp', 'Lost', '2016-11-01', '2017-04-10', '0'],
  ['D3', 'Bo South', 'MG Special', 'Acme', 'Engaging', '2017-02-01', '', ''],
  ['D4', 'Cy East', 'GTXPro', '', 'Prospecting', '', '', ''],
  ['D5', 'Cy East', 'MG Special', 'Betacorp', 'Won', '2017-01-01', '2017-07-05', '55.5'],
];
export const EXPORT = { 'sales_teams.csv': TEAMS, 'products.csv': PRODUCTS, 'accounts.csv': ACCOUNTS, 'sales_pipeline.csv': PIPELINE };
