import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNTS, type Keyfold, startKeyfold, writeExport } from './support.js';

interface Person {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly mail: string | null;
  readonly phone: string | null;
  readonly level: number | null;
  readonly function: string | null;
  readonly buyingRoles: readonly string[];
  readonly language: string | null;
  readonly marketing: string | null;
  readonly survey: string | null;
}

interface Report {
  readonly run: string;
  readonly rejects: string | null;
  readonly entities: Readonly<Record<string, object>>;
  readonly wrong: readonly { readonly file: string; readonly line: number; readonly column: string | null; readonly reason: string }[];
  readonly seconds: number;
}

const tally = (created: number, changed = 0, unchanged = 0, wrong = 0) => ({ created, changed, unchanged, wrong });
const HEADER = ['key', 'account', 'name', 'mail', 'phone', 'function', 'level', 'buying roles', 'language', 'marketing', 'survey'];
const PEOPLE = [
  HEADER,
  ['P1', 'Acme', 'Ada North', 'ada@acme.test', '+33 1 23 45 67 89', 'procurement', '2', 'decision-maker, Procurement', 'fr', 'yes', ''],
  ['P2', 'Acme', 'Bo "Bobby" South,\nsenior', '', '', '', '', '', '', '', ''],
  ['P3', 'Betacorp', 'Cy East', 'cy@betacorp.test', '', 'it', 'C-level', 'sponsor', 'en', '', 'no'],
];

let keyfold: Keyfold;
const people = async (query = ''): Promise<Person[]> => (await keyfold.get<{ items: Person[] }>(`/api/accounts/stakeholders?limit=200${query}`)).items;
const byName = async (name: string): Promise<Person | undefined> => (await people()).find((person) => person.name === name);
const run = async (...args: string[]): Promise<Report> => {
  const { out, err, code } = await keyfold.cli('--json', 'import', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Report;
};
const imported = (...args: string[]): Promise<Report> => run('--format', 'stakeholders', ...args);
const written = async (name: string, rows: readonly (readonly string[])[]): Promise<string> => join(await writeExport(join(keyfold.folder, name), { 'stakeholders.csv': rows }), 'stakeholders.csv');

beforeAll(async () => {
  keyfold = await startKeyfold();
  await keyfold.cli('import', await writeExport(join(keyfold.folder, 'crm'), { 'accounts.csv': ACCOUNTS }), '--apply');
}, 120_000);
afterAll(() => keyfold.close());

describe('the import of people at the clients', () => {
  let file: string;
  let first: string;

  it('is told by the command line itself: columns, what they take, and a template that can be imported', async () => {
    const { out } = await keyfold.cli('import', 'formats', 'stakeholders');
    expect(out).toMatch(/\* account +by key in the source, id or unique name: one of the accounts \(also compte\)/);
    expect(out).toMatch(/ {4}buying roles +any of decision-maker, sponsor/);
    const { out: template } = await keyfold.cli('import', 'template', 'stakeholders');
    const path = join(keyfold.folder, 'template.csv');
    await writeFile(path, template.replace('Northwind', 'Acme'));
    expect((await imported(path)).entities).toEqual({ stakeholders: tally(1) });
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    file = await written('january', PEOPLE);
    expect((await imported(file)).entities).toEqual({ stakeholders: tally(3) });
    expect(await people()).toEqual([]);
  });

  it('applies it, with quotes, commas and line breaks as they are', async () => {
    const report = await imported(file, '--apply');
    first = report.run;
    expect([report.entities, report.wrong]).toEqual([{ stakeholders: tally(2, 0, 0, 1) }, [{ entity: 'stakeholders', file: 'stakeholders.csv', line: 4, column: 'name', reason: expect.stringContaining('name: ') }]]);
    expect(await byName('Ada North')).toMatchObject({ mail: 'ada@acme.test', phone: '+33 1 23 45 67 89', level: 2, function: 'procurement', buyingRoles: ['decision-maker', 'procurement'], language: 'fr', marketing: 'consented', survey: null });
    expect(await byName('Cy East')).toMatchObject({ level: 1, function: 'information-technology', language: 'en', marketing: null, survey: 'opposed' });
  });
});
