import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNTS, type ImportReport, type Keyfold, startKeyfold, tally, TEAMS, writeExport } from './support.js';

interface Contact {
  readonly id: string;
  readonly on: string;
  readonly occurredAt: string;
  readonly kind: string;
  readonly direction: string;
  readonly stakeholderIds: readonly string[];
  readonly memberNames: readonly string[];
  readonly note: string | null;
  readonly travel: { readonly means: string; readonly km: number } | null;
}

const HEADER = ['key', 'account', 'at', 'time zone', 'kind', 'direction', 'stakeholders', 'members', 'note', 'travel', 'km'];
const day = new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10);
const CONTACTS = [
  HEADER,
  ['T1', 'Acme', `${day} 10:30`, '', 'visit', 'out', 'P1|P2', 'Ada North', 'They said: "more",\nand soon; =1+1', 'train', '920'],
  ['T2', 'Acme', `${day} 10:30`, 'America/New_York', 'Call', 'in', 'P1', '', '', '', ''],
  ['T3', 'betacorp', `${day}T10:30:00+00:00`, '', 'mass-mail', 'out', '', 'Bo South|Ada North', '', '', ''],
];
const PEOPLE = [['key', 'account', 'name'], ['P1', 'Acme', 'Claire Morel'], ['P2', 'Acme', 'Paul Petit'], ['P3', 'Betacorp', 'Zoé Ouest']];

let keyfold: Keyfold;
const contacts = async (query = ''): Promise<Contact[]> => (await keyfold.get<{ items: Contact[] }>(`/api/accounts/touchpoints?limit=200${query}`)).items;
const imported = (...args: string[]): Promise<ImportReport> => keyfold.imported('--format', 'touchpoints', '--source', 'crm-sales', '--time-zone', 'Europe/Paris', ...args);
const written = async (name: string, rows: readonly (readonly string[])[]): Promise<string> => join(await writeExport(join(keyfold.folder, name), { 'touchpoints.csv': rows }), 'touchpoints.csv');

beforeAll(async () => {
  keyfold = await startKeyfold();
  await keyfold.cli('import', await writeExport(join(keyfold.folder, 'crm'), { 'accounts.csv': ACCOUNTS, 'sales_teams.csv': TEAMS }), '--apply');
  await keyfold.cli('import', '--format', 'stakeholders', '--source', 'crm-sales', await writeExport(join(keyfold.folder, 'people'), { 'stakeholders.csv': PEOPLE }), '--apply');
}, 120_000);
afterAll(() => keyfold.close());

describe('the import of contacts', () => {
  let file: string;
  let first: string;

  it('says in a dry run what it would do, and does nothing', async () => {
    file = await written('january', CONTACTS);
    const { entities, wrong } = await imported(file);
    expect([entities, wrong]).toEqual([{ touchpoints: tally(3) }, []]);
    expect(await contacts()).toEqual([]);
  });

  it('applies it: instants by their zones, people by their keys, members by their names, texts as they are', async () => {
    const report = await imported(file, '--apply');
    first = report.run;
    expect([report.entities, report.wrong]).toEqual([{ touchpoints: tally(3) }, []]);
    const found = await contacts();
    const visit = found.find(({ kind }) => kind === 'visit')!;
    const call = found.find(({ kind }) => kind === 'call')!;
    const people = (await keyfold.get<{ items: { id: string; name: string }[] }>('/api/accounts/stakeholders')).items;
    const ids = (...names: string[]) => names.map((name) => people.find((person) => person.name === name)!.id);
    expect(visit).toMatchObject({ on: day, direction: 'out', stakeholderIds: ids('Claire Morel', 'Paul Petit'), memberNames: ['Ada North'], note: 'They said: "more",\nand soon; =1+1', travel: { means: 'train', km: 920 } });
    expect(call).toMatchObject({ direction: 'in', stakeholderIds: ids('Claire Morel'), travel: null });
    const hoursBetween = (Date.parse(call.occurredAt) - Date.parse(visit.occurredAt)) / 3_600_000;
    expect([5, 6]).toContain(hoursBetween); // five in the weeks in which only one of the two has changed its clocks
    expect(found.find(({ kind }) => kind === 'mass-mail')).toMatchObject({ occurredAt: `${day}T10:30:00.000Z`, memberNames: ['Bo South', 'Ada North'] });
  });

  it('leaves everything alone when it is run again', async () => {
    expect((await imported(file, '--apply')).entities).toEqual({ touchpoints: tally(0, 0, 3) });
    expect(await contacts()).toHaveLength(3);
  });

  it('follows what the source says otherwise by now', async () => {
    const again = CONTACTS.map((row) => row.map((cell) => (cell === 'visit' ? 'meeting' : cell)));
    expect((await imported(await written('february', again), '--apply')).entities).toEqual({ touchpoints: tally(0, 1, 2) });
    expect((await contacts()).map(({ kind }) => kind).sort()).toEqual(['call', 'mass-mail', 'meeting']);
    expect((await imported(file, '--apply')).entities).toEqual({ touchpoints: tally(0, 1, 2) });
  });

  it('names wrong rows by line and column, imports the others, and takes the mended rejects', async () => {
    const row = (key: string, more: Record<string, string>) => HEADER.map((name) => more[name] ?? { key, account: 'Acme', at: `${day} 11:00`, kind: 'call', direction: 'out' }[name] ?? '');
    const path = await written('wrong', [
      HEADER,
      row('W1', { at: `${day} 25:00` }),
      row('W2', { at: '2025-03-30 02:30' }),
      row('W3', { stakeholders: 'P1|P9' }),
      row('W4', { stakeholders: 'P3' }),
      row('W5', { members: 'Nobody At All' }),
      row('W6', { travel: 'train' }),
      row('W7', { 'time zone': 'Mars' }),
      row('W8', { at: '2199-01-01 10:00' }),
      row('W9', {}),
    ]);
    const report = await imported(path, '--apply', '--rejects', 'rejects');
    expect(report.wrong.map(({ line, column }) => [line, column])).toEqual([[2, 'at'], [3, 'at'], [4, 'stakeholders'], [5, null], [6, 'members'], [7, 'km'], [8, 'time zone'], [9, null]]);
    expect(report.wrong.map(({ reason }) => reason)).toEqual(expect.arrayContaining([expect.stringContaining('never showed'), expect.stringContaining('(stakeholder-unknown)'), expect.stringContaining('(touchpoint-in-future)')]));
    const rejects = join(keyfold.folder, report.rejects!, 'touchpoints.csv');
    const mended = (await readFile(rejects, 'utf8')).replace('25:00', '12:00').replace('2025-03-30 02:30', '2025-03-30 03:30').replace('P1|P9', 'P1|P2').replace('P3', 'P2').replace('Nobody At All', 'Cy East').replace('train,', 'train,12').replace('Mars', 'UTC').replace('2199-01-01', day);
    await writeFile(rejects, mended);
    expect((await imported(rejects, '--apply')).entities).toEqual({ touchpoints: tally(8) });
  });

  it('is taken back and can be imported anew', async () => {
    const before = (await contacts()).length;
    expect(JSON.parse((await keyfold.cli('--json', 'import', 'undo', first, '--dry-run')).out)).toMatchObject({ takenBack: { touchpoints: 3 }, left: [] });
    expect(JSON.parse((await keyfold.cli('--json', 'import', 'undo', first)).out)).toMatchObject({ takenBack: { touchpoints: 3 }, left: [] });
    expect(await contacts()).toHaveLength(before - 3);
    expect((await imported(file, '--apply')).entities).toEqual({ touchpoints: tally(3) });
  });

  it('survives a kill in the middle and a kill of Keyfold: the second run completes it, and nothing is there twice', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => [`K${i}`, i % 2 ? 'Acme' : 'Betacorp', `${day} ${10 + (i % 10)}:${10 + (i % 50)}`, '', 'call', 'out', i % 2 ? 'P1' : 'P3', 'Ada North', `call ${i}`, '', '']);
    const path = await written('large', [HEADER, ...many]);
    const before = (await contacts()).length;
    await keyfold.cliKilledWhen(async () => (await contacts()).length >= Math.min(200, before + 100), 'import', '--format', 'touchpoints', '--source', 'crm-sales', '--time-zone', 'Europe/Paris', path, '--apply');
    await keyfold.service.kill('SIGKILL');
    await keyfold.service.start();
    const { entities, wrong } = await imported(path, '--apply');
    const { created, unchanged } = entities['touchpoints']!;
    expect([created + unchanged, wrong]).toEqual([3_000, []]);
    expect(created).toBeGreaterThan(0);
    expect(unchanged).toBeGreaterThan(0);
    expect((await imported(path, '--apply')).entities).toEqual({ touchpoints: tally(0, 0, 3_000) });
    let listed = 0;
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: { note: string | null }[]; next: string | null } = await keyfold.get(`/api/accounts/touchpoints?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      listed += page.items.filter(({ note }) => note?.startsWith('call ')).length;
      cursor = page.next;
    }
    expect(listed).toBe(3_000);
  }, 240_000);
});
