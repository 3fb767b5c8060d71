import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/testing';
import { ACCOUNTS, EXPORT, type Keyfold, PIPELINE, PIPELINE_HEADER, startKeyfold, writeExport } from './support.js';

interface Group {
  readonly key: string | null;
  readonly label: string | null;
  readonly open: number;
  readonly won: number;
  readonly lost: number;
  readonly wonValue: { readonly amountMinor: number } | null;
  readonly winRate: number | null;
  readonly medianCycleDays: number | null;
}

let keyfold: Keyfold;
const summary = async (query = ''): Promise<Group[]> => (await keyfold.get<{ groups: Group[] }>(`/api/reporting/pipeline-summary${query}`)).groups;
const total = async (query = ''): Promise<Group> => (await summary(query))[0]!;
const counts = (report: string): Record<string, { created: number; changed: number; unchanged: number; wrong: number }> =>
  (JSON.parse(report) as { entities: Record<string, { created: number; changed: number; unchanged: number; wrong: number }> }).entities;
const tally = (created: number, changed = 0, unchanged = 0, wrong = 0) => ({ created, changed, unchanged, wrong });

beforeAll(async () => {
  keyfold = await startKeyfold();
}, 120_000);
afterAll(() => keyfold.close());

describe('the import of a CRM export', () => {
  let before: string;
  let first: string;

  it('says in a dry run what it would do, and does nothing', async () => {
    before = await writeExport(join(keyfold.folder, 'january'), EXPORT);
    const { code, out } = await keyfold.cli('--json', 'import', '--format', 'crm-sales', before);
    expect(code).toBe(0);
    expect(counts(out)).toEqual({ members: tally(3), offerings: tally(2), accounts: tally(2), opportunities: tally(5) });
    expect(await total()).toMatchObject({ open: 0, won: 0, lost: 0 });
  });

  it('applies it', async () => {
    const { code, out, err } = await keyfold.cli('import', before, '--apply');
    expect({ code, err: err.match(/Error/) }).toEqual({ code: 0, err: null });
    expect(out).toContain('opportunities  5 created, 0 changed, 0 left alone, 0 wrong');
    first = /Run (\S+),/.exec(out)![1]!;
    expect(await total()).toMatchObject({ open: 2, won: 2, lost: 1, wonValue: { amountMinor: 105_400 + 5_550, currency: 'USD' }, winRate: 2 / 3, medianCycleDays: (132 + 185) / 2 });
  });

  it('keeps history as history: each deal on its own days', async () => {
    expect(await total('?asOf=2016-10-19')).toMatchObject({ open: 0, won: 0, lost: 0 });
    expect(await total('?asOf=2017-02-28')).toMatchObject({ open: 4, won: 0, lost: 0, winRate: null });
    expect(await total('?asOf=2017-03-01')).toMatchObject({ open: 3, won: 1, lost: 0 });
    expect(await total('?asOf=2017-07-05')).toMatchObject({ open: 1, won: 2, lost: 1 });
    expect(await total('?knownOn=2020-01-01T00:00:00Z')).toMatchObject({ open: 0, won: 0, lost: 0 });
  });

  it('groups by the names a person knows', async () => {
    expect((await summary('?groupBy=region')).map(({ label, won }) => [label, won])).toEqual([['East', 1], ['West', 1]]);
    expect((await summary('?groupBy=manager')).map(({ label }) => label)).toEqual(['Eve Upper', 'Max Upper']);
    expect((await summary('?groupBy=owner&asOf=2017-06-30')).map(({ label, open, won }) => [label, open, won])).toEqual([['Ada North', 0, 1], ['Bo South', 1, 0], ['Cy East', 1, 0]]);
    expect((await summary('?groupBy=quarter')).filter(({ key }) => key).map(({ label, won, lost }) => [label, won, lost])).toEqual([['2017-Q1', 1, 0], ['2017-Q2', 0, 1], ['2017-Q3', 1, 0]]);
    expect((await summary('?groupBy=sector')).map(({ label }) => label)).toEqual(['retail', 'technology', null]);
    expect((await summary('?groupBy=offering')).map(({ label }) => label)).toEqual(['GTX Pro', 'MG Special']);
  });

  it('leaves everything alone when it is run again, and says so', async () => {
    const { out } = await keyfold.cli('import', before, '--apply');
    expect(out).toContain('Nothing has changed since this was imported before.');
    expect(await total()).toMatchObject({ open: 2, won: 2, lost: 1 });
  });

  it('moves what moved in the next export, and what was known stays known', async () => {
    const known = new Date().toISOString();
    const moved = PIPELINE.map((row) => (row[0] === 'D3' ? [...row.slice(0, 4), 'Won', '2017-02-01', '2018-01-10', '100'] : row[0] === 'D4' ? [...row.slice(0, 3), 'Acme', 'Engaging', '2018-01-05', '', ''] : row));
    const folder = await writeExport(join(keyfold.folder, 'february'), { ...EXPORT, 'sales_pipeline.csv': [...moved, ['D6', 'Ada North', 'GTXPro', 'Acme', 'Engaging', '2018-01-20', '', '']] });
    const { out } = await keyfold.cli('--json', 'import', folder, '--apply');
    expect(counts(out)).toEqual({ members: tally(0, 0, 3), offerings: tally(0, 0, 2), accounts: tally(0, 0, 2), opportunities: tally(1, 2, 3) });
    expect(await total()).toMatchObject({ open: 2, won: 3, lost: 1 });
    expect(await total(`?knownOn=${known}`)).toMatchObject({ open: 2, won: 2, lost: 1 });
    expect((await summary('?groupBy=account')).map(({ label, open }) => [label, open])).toEqual([['Acme', 2], ['Betacorp', 0]]);
  });

  it('goes back and forth with the source, however often', async () => {
    const one = (stage: readonly string[]) => ({ ...EXPORT, 'sales_pipeline.csv': [PIPELINE_HEADER, ['D9', 'Ada North', 'GTXPro', 'Acme', ...stage]] });
    const open = await writeExport(join(keyfold.folder, 'open'), one(['Engaging', '2017-01-01', '', '']));
    const won = await writeExport(join(keyfold.folder, 'won'), one(['Won', '2017-01-01', '2017-02-01', '7']));
    const state = async () => (await keyfold.get<{ items: { name: string; state: string }[] }>('/api/opportunities/opportunities?q=gtx&limit=200')).items.find(({ name }) => name.endsWith('D9'))?.state;
    for (const [folder, expected] of [[open, 'open'], [won, 'won'], [open, 'open'], [won, 'won']] as const) {
      await keyfold.cli('import', folder, '--apply');
      await eventually(async () => expect(await state()).toBe(expected), { deadlineMs: 5_000 });
    }
  });

  it('names wrong rows with file and line, imports the others, and takes the mended rejects', async () => {
    const wrong = [
      PIPELINE_HEADER,
      ['E1', 'Ada North', 'GTXPro', 'Acme', 'Won', '2017-05-01', '2017-04-01', '10'],
      ['E2', 'Nobody', 'GTXPro', 'Acme', 'Engaging', '2017-05-01', '', ''],
      ['E3', 'Ada North', 'GTXPro', 'Acme', 'Dreaming', '2017-05-01', '', ''],
      ['E4', 'Ada North', 'GTXPro', 'Acme', 'Won', '2017-05-01', '2017-06-01', 'ten'],
      ['E5', 'Ada North', 'GTXPro', 'Acme', 'Engaging', '2017-05-01', '', ''],
    ];
    const folder = await writeExport(join(keyfold.folder, 'wrong'), { ...EXPORT, 'sales_pipeline.csv': wrong });
    const refused = await keyfold.cli('import', folder, '--apply', '--strict');
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('sales_pipeline.csv:2: closed on 2017-04-01, before it was opened on 2017-05-01');

    const { out } = await keyfold.cli('--json', 'import', folder, '--apply', '--rejects', 'rejects');
    const report = JSON.parse(out) as { rejects: string; wrong: { line: number; reason: string }[]; run: string };
    expect(report.wrong.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    expect(counts(out)['opportunities']).toEqual(tally(1, 0, 0, 4));
    const rejects = join(keyfold.folder, report.rejects, 'sales_pipeline.csv');
    expect((await readFile(rejects, 'utf8')).trim().split('\n')).toHaveLength(5);

    const mended = await writeExport(join(keyfold.folder, 'mended'), { 'sales_pipeline.csv': [PIPELINE_HEADER, ['E1', 'Ada North', 'GTXPro', 'Acme', 'Won', '2017-04-01', '2017-05-01', '10']] });
    expect(counts((await keyfold.cli('--json', 'import', mended, '--apply')).out)).toEqual({ opportunities: tally(1) });
  });

  it('is refused in one sentence where a file is not what the mapping says', async () => {
    const folder = await writeExport(join(keyfold.folder, 'strange'), { 'accounts.csv': ACCOUNTS.map((row) => row.slice(1)) });
    const { code, err } = await keyfold.cli('import', folder);
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toEqual(['accounts.csv: the column account is missing; there are sector, year_established, revenue, employees, office_location, subsidiary_of.']);
  });

  it('survives a kill in the middle and a kill of Keyfold: the second run completes it', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [`K${i}`, 'Ada North', 'GTXPro', 'Acme', 'Won', '2015-01-01', '2015-06-01', '1']);
    const folder = await writeExport(join(keyfold.folder, 'large'), { ...EXPORT, 'sales_pipeline.csv': [PIPELINE_HEADER, ...rows] });
    const wonBefore = await total('?asOf=2015-12-31');
    await keyfold.cliKilledWhen(async () => (await total('?asOf=2015-12-31')).won > wonBefore.won, 'import', folder, '--apply');
    await keyfold.service.kill('SIGKILL');
    await keyfold.service.start();
    expect((await total('?asOf=2015-12-31')).won).toBeLessThan(3_000);
    const { code } = await keyfold.cli('import', folder, '--apply');
    expect(code).toBe(0);
    expect(await total('?asOf=2015-12-31')).toMatchObject({ won: 3_000, wonValue: { amountMinor: 300_000 } });
  });

  it('is the same after every read model was rebuilt', async () => {
    const query = '?asOf=2017-06-30&groupBy=owner';
    const asBefore = await summary(query);
    const { code, out } = await keyfold.cli('rebuild', 'reporting');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/opportunity-history switched; \d+ rows compared, no difference/) });
    expect(await summary(query)).toEqual(asBefore);
    const back = JSON.parse((await keyfold.cli('--json', 'rebuild', 'reporting', 'opportunity-history', '--rollback')).out) as object;
    expect(back).toMatchObject({ rebuilt: [{ name: 'opportunity-history', state: 'rolled-back', serving: 0, previous: 1 }] });
    expect(await summary(query)).toEqual(asBefore);
    expect((await keyfold.cli('rebuild', 'reporting', 'opportunity-history', '--discard')).out).toContain('opportunity-history discarded');
    const nothing = await keyfold.cli('rebuild', 'reporting', 'opportunity-history', '--rollback');
    expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining('(conflict)') });
  });

  it('is taken back where nothing was built on it, and lists what it left', async () => {
    const known = new Date().toISOString();
    const acme = (await keyfold.get<{ items: { id: string; name: string }[] }>('/api/accounts/key-accounts?q=acme')).items[0]!;
    const { out } = await keyfold.cli('--json', 'import', 'undo', first);
    const report = JSON.parse(out) as { takenBack: Record<string, number>; left: { kind: string; id: string }[] };
    expect(report.takenBack['opportunities']).toBeGreaterThan(0);
    expect(report.left.map(({ id }) => id)).toContain(acme.id);
    expect((await total('?asOf=2017-03-01')).won).toBeLessThan((await total(`?asOf=2017-03-01&knownOn=${known}`)).won);
  });
});

describe('an import that nobody built upon', () => {
  let fresh: Keyfold;
  beforeAll(async () => {
    fresh = await startKeyfold();
  }, 120_000);
  afterAll(() => fresh.close());

  it('is taken back whole, down to the managers, and can be imported anew', async () => {
    const folder = await writeExport(join(fresh.folder, 'january'), EXPORT);
    const { run } = JSON.parse((await fresh.cli('--json', 'import', folder, '--apply')).out) as { run: string };
    const expected = { opportunities: 5, accounts: 2, offerings: 2, members: 5 };
    expect(JSON.parse((await fresh.cli('--json', 'import', 'undo', run, '--dry-run')).out)).toEqual({ run, applied: false, takenBack: expected, left: [] });
    expect(JSON.parse((await fresh.cli('--json', 'import', 'undo', run)).out)).toEqual({ run, applied: true, takenBack: expected, left: [] });
    const groups = async () => (await fresh.get<{ groups: Group[] }>('/api/reporting/pipeline-summary')).groups[0];
    await eventually(async () => expect(await groups()).toMatchObject({ open: 0, won: 0, lost: 0 }), { deadlineMs: 5_000 });
    await fresh.cli('import', folder, '--apply');
    await eventually(async () => expect(await groups()).toMatchObject({ open: 2, won: 2, lost: 1 }), { deadlineMs: 5_000 });
  });
});
