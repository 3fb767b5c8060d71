import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNTS, type ImportReport, type Keyfold, startKeyfold, tally, writeExport } from './support.js';

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

const HEADER = ['key', 'account', 'name', 'mail', 'phone', 'function', 'level', 'buying roles', 'language', 'marketing', 'survey'];
const PEOPLE = [
  HEADER,
  ['P1', 'Acme', 'Ada North', 'ada@acme.test', '+33 1 23 45 67 89', 'procurement', '2', 'decision-maker, Procurement', 'fr', 'yes', ''],
  ['P2', 'Acme', 'Bo "Bobby" South, senior', '', '', '', '', '', '', '', ''],
  ['P3', 'Betacorp', 'Cy East', 'cy@betacorp.test', '', 'it', 'C-level', 'sponsor', 'en', '', 'no'],
];

let keyfold: Keyfold;
const people = async (query = ''): Promise<Person[]> => (await keyfold.get<{ items: Person[] }>(`/api/accounts/stakeholders?limit=200${query}`)).items;
const byName = async (name: string): Promise<Person | undefined> => (await people()).find((person) => person.name === name);
const imported = (...args: string[]): Promise<ImportReport> => keyfold.imported('--format', 'stakeholders', ...args);
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
    expect(out).toMatch(/\* account +an account by its key in the source, its id or its name, if only one has it \(also compte\)/);
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

  it('applies it, with quotes and commas as they are', async () => {
    const report = await imported(file, '--apply');
    first = report.run;
    expect([report.entities, report.wrong]).toEqual([{ stakeholders: tally(3) }, []]);
    expect(await byName('Ada North')).toMatchObject({ mail: 'ada@acme.test', phone: '+33 1 23 45 67 89', level: 2, function: 'procurement', buyingRoles: ['decision-maker', 'procurement'], language: 'fr', marketing: 'consented', survey: null });
    expect(await byName('Cy East')).toMatchObject({ level: 1, function: 'information-technology', language: 'en', marketing: null, survey: 'opposed' });
    expect(await byName('Bo "Bobby" South, senior')).toMatchObject({ mail: null, phone: null, level: null, function: null, buyingRoles: [] });
  });

  it('leaves everything alone when it is run again, and says so', async () => {
    expect((await imported(file, '--apply')).entities).toEqual({ stakeholders: tally(0, 0, 3) });
    expect((await keyfold.cli('import', '--format', 'stakeholders', file)).out).toContain('Nothing would change.');
  });

  it('follows what moved in the next export, out of a French spreadsheet, and never unsays an opposition', async () => {
    const { id } = (await byName('Ada North'))!;
    expect((await keyfold.post(`/api/accounts/stakeholders/${id}/raise-opposition`, { purpose: 'marketing' })).status).toBe(200);
    const path = join(keyfold.folder, 'contacts.csv');
    await writeFile(path, '\ufeffclé;compte;nom;niveau;téléphone;marketing;fonction\r\nP1;Acme;Ada Nord;directeur;+33 9 00;oui;achats\r\nP9;betacorp;Zoé Ouest;comex;;;autre\r\n');
    expect((await imported(path, '--apply')).entities).toEqual({ stakeholders: tally(1, 1) });
    expect(await byName('Ada Nord')).toMatchObject({ id, mail: 'ada@acme.test', phone: '+33 9 00', marketing: 'opposed' });
    expect(await byName('Zoé Ouest')).toMatchObject({ level: 1, function: 'other' });
  });

  it('names wrong rows by line and column, imports the others, and takes the mended rejects', async () => {
    const row = (key: string, more: Record<string, string>) => HEADER.map((name) => more[name] ?? { key, account: 'Acme', name: `Name of ${key}` }[name] ?? '');
    const path = await written('wrong', [
      HEADER,
      row('W1', { account: 'Nowhere' }),
      row('W2', { name: '' }),
      row('W3', { level: '7' }),
      row('W4', { 'buying roles': 'sponsor, king' }),
      row('W5', { mail: 'not a mail' }),
      row('ada@acme.test', {}),
      row('W6', { marketing: 'maybe' }),
      row('W7', { language: 'FR' }),
      row('W7', {}),
    ]);
    const refused = await keyfold.cli('import', '--format', 'stakeholders', path, '--apply', '--strict');
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('stakeholders.csv:2: account: Nowhere is not one of the accounts, neither by key nor by id or name')]);
    const report = await imported(path, '--apply', '--rejects', 'rejects');
    expect(report.wrong.map(({ line, column }) => [line, column])).toEqual([[2, 'account'], [3, 'name'], [4, 'level'], [5, 'buying roles'], [6, 'mail'], [7, null], [8, 'marketing'], [10, null]]);
    expect(report.entities).toEqual({ stakeholders: tally(1, 0, 0, 8) });
    const rejects = join(keyfold.folder, report.rejects!, 'stakeholders.csv');
    const mended = (await readFile(rejects, 'utf8')).replace('Nowhere', 'Betacorp').replace(',7,', ',3,').replace('king', 'user').replace('not a mail', 'w5@acme.test').replace('ada@acme.test', 'W8').replace('maybe', 'no').replace('W2,Acme,,', 'W2,Acme,Name of W2,');
    await writeFile(rejects, mended);
    expect((await imported(join(keyfold.folder, report.rejects!), '--apply')).entities).toEqual({ stakeholders: tally(7, 0, 1) });
  });

  it('tells the keys of one source from those of another, and finds the accounts of a CRM by their keys', async () => {
    const path = await written('other', [['key', 'account', 'name'], ['P1', 'Acme', 'Another One']]);
    expect((await imported(path, '--source', 'crm-sales', '--apply')).entities).toEqual({ stakeholders: tally(1) });
    await expect(imported(path, '--source', 'Not A Name')).rejects.toThrow('--source is a short name');
  });

  it('is taken back where nobody was in contact, and can be imported anew', async () => {
    const { id } = (await byName('Cy East'))!;
    expect((await keyfold.post(`/api/accounts/stakeholders/${id}/receive-contact`, { at: new Date().toISOString() })).status).toBe(200);
    const undone = JSON.parse((await keyfold.cli('--json', 'import', 'undo', first)).out) as { takenBack: object; left: { kind: string; id: string; reason: string }[] };
    expect(undone).toMatchObject({ takenBack: { stakeholders: 2 }, left: [{ kind: 'stakeholders', id, reason: expect.stringContaining('withdraw-built-upon') }] });
    expect(await byName('Ada Nord')).toBeUndefined();
    expect((await imported(file, '--apply')).entities).toEqual({ stakeholders: tally(2, 0, 1) });
    // What she objected to in Keyfold holds on, whatever the file says.
    expect(await byName('Ada North')).toMatchObject({ marketing: 'opposed', phone: '+33 1 23 45 67 89' });
  });

  it('survives a kill in the middle and a kill of Keyfold: the second run completes it', async () => {
    const clients = Array.from({ length: 100 }, (_, i) => [`Client ${i}`, '', '', '', '', '', '']);
    await keyfold.cli('import', await writeExport(join(keyfold.folder, 'clients'), { 'accounts.csv': [ACCOUNTS[0]!, ...clients] }), '--apply');
    const many = Array.from({ length: 10_000 }, (_, i) => [`K${i}`, `Client ${i % 100}`, `Person ${i}`, `p${i}@betacorp.test`, '+33 1 23 45 67 89', 'sales', '4', 'user', 'fr', 'yes', 'no']);
    const path = await written('large', [HEADER, ...many]);
    const [client] = (await keyfold.get<{ items: { id: string }[] }>('/api/accounts/key-accounts?q=client%2099')).items;
    await keyfold.cliKilledWhen(async () => (await people(`&accountId=${client!.id}`)).length > 10, 'import', '--format', 'stakeholders', path, '--apply');
    await keyfold.service.kill('SIGKILL');
    await keyfold.service.start();
    const { entities, seconds, wrong } = await imported(path, '--apply');
    const { created, unchanged } = entities['stakeholders']!;
    expect([created + unchanged, wrong]).toEqual([10_000, []]);
    expect(created).toBeGreaterThan(0);
    expect(unchanged).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(120); // a machine that does nothing else takes a quarter of it
    expect((await imported(path, '--apply')).entities).toEqual({ stakeholders: tally(0, 0, 10_000) });
  }, 180_000);
});
