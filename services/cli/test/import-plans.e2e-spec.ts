import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNTS, type ImportReport, type Keyfold, startKeyfold, tally, TEAMS, writeExport } from './support.js';

const nextYear = new Date().getUTCFullYear() + 1;
const PLANS = [['key', 'account', 'fiscal year', 'currency'], ['P1', 'Acme', String(nextYear), 'EUR'], ['P2', 'Betacorp', String(nextYear), 'USD']];
const OBJECTIVES = [
  ['key', 'plan', 'kind', 'title', 'metric', 'unit', 'currency', 'baseline', 'target', 'due', 'owner'],
  ['O1', 'P1', 'growth', 'Second line', 'revenue', 'money', 'EUR', '1200000', '1500000.50', `${nextYear}-12-31`, 'Ada North'],
  ['O2', 'P1', 'satisfaction', 'Happier', 'nps', 'points', '', '10', '40', `${nextYear}-06-30`, 'Bo South'],
  ['O3', 'P2', 'retention', 'Stay', 'grr', 'percent', '', '91.5', '97', `${nextYear}-06-30`, 'Bo South'],
];
const ACTIONS_HEADER = ['key', 'plan', 'title', 'objective', 'owner', 'start', 'due', 'depends on'];
const ACTIONS = [
  ACTIONS_HEADER,
  ['A3', 'P1', 'Sign', 'O1', '', '', `${nextYear}-09-30`, 'A1|A2'],
  ['A2', 'P1', 'Quote', 'O1', 'Ada North', `${nextYear}-03-01`, `${nextYear}-06-30`, 'A1'],
  ['A1', 'P1', 'Workshop, with "them"', 'O1', 'Ada North', '', `${nextYear}-02-15`, ''],
];
const FILES = { 'plans.csv': PLANS, 'objectives.csv': OBJECTIVES, 'actions.csv': ACTIONS };

let keyfold: Keyfold;
const list = async <Row>(path: string): Promise<Row[]> => (await keyfold.get<{ items: Row[] }>(`/api/accounts/${path}?limit=200`)).items;
const imported = (...args: string[]): Promise<ImportReport> => keyfold.imported('--format', 'plans', '--source', 'crm-sales', ...args);
const written = (name: string, files: Readonly<Record<string, readonly (readonly string[])[]>>): Promise<string> => writeExport(join(keyfold.folder, name), files);

/** What was taken back of a run, and what was left. */
async function undone(run: string): Promise<[takenBack: object, left: { kind: string; id: string; reason: string }[]]> {
  const { takenBack, left } = JSON.parse((await keyfold.cli('--json', 'import', 'undo', run)).out) as { takenBack: object; left: { kind: string; id: string; reason: string }[] };
  return [takenBack, left];
}

beforeAll(async () => {
  keyfold = await startKeyfold();
  await keyfold.cli('import', await written('crm', { 'accounts.csv': ACCOUNTS, 'sales_teams.csv': TEAMS }), '--apply');
}, 120_000);
afterAll(() => keyfold.close());

describe('the import of plans', () => {
  let folder: string;
  let first: string;
  const all = (of: (count: number) => object) => ({ plans: of(2), objectives: of(3), actions: of(3) });

  it('says in a dry run what it would do, and does nothing', async () => {
    folder = await written('january', FILES);
    const { entities, wrong } = await imported(folder);
    expect([entities, wrong]).toEqual([all((count) => tally(count)), []]);
    expect(await list('account-plans')).toEqual([]);
  });

  it('applies it: drafts with objectives in exact figures, and actions in the order in which they wait', async () => {
    const { entities, wrong, run } = await imported(folder, '--apply');
    first = run;
    expect([entities, wrong]).toEqual([all((count) => tally(count)), []]);
    expect(await list('account-plans')).toEqual(expect.arrayContaining([expect.objectContaining({ accountName: 'Acme', status: 'draft', fiscalYear: nextYear, currency: 'EUR' }), expect.objectContaining({ accountName: 'Betacorp', currency: 'USD' })]));
    expect(await list('plan-objectives')).toEqual(expect.arrayContaining([expect.objectContaining({ title: 'Second line', unit: 'money', baseline: 120_000_000, target: 150_000_050 }), expect.objectContaining({ title: 'Stay', baseline: 91.5, target: 97 })]));
    const actions = await list<{ actionId: string; title: string; dependsOn: string[]; ownerId: string | null }>('plan-actions');
    const id = (title: string) => actions.find((action) => action.title === title)!.actionId;
    expect(actions.find(({ title }) => title === 'Sign')).toMatchObject({ ownerId: null, dependsOn: [id('Workshop, with "them"'), id('Quote')] });
  });

  it('leaves everything alone when it is run again', async () => {
    expect((await imported(folder, '--apply')).entities).toEqual(all((count) => tally(0, 0, count)));
  });

  it('follows the objectives of the next file', async () => {
    const moved = OBJECTIVES.map((row) => row.map((cell) => (cell === '1500000.50' ? '1600000' : cell)));
    expect((await imported(await written('february', { 'objectives.csv': moved }), '--apply')).entities).toEqual({ objectives: tally(0, 1, 2) });
  });

  it('names wrong rows by line and column, imports the others, and takes the mended rejects', async () => {
    const wrong = await written('wrong', {
      'plans.csv': [PLANS[0]!, ['W1', 'Acme', 'soon', 'EUR'], ['W2', 'Acme', String(nextYear), 'EURO']],
      'objectives.csv': [OBJECTIVES[0]!, ['W3', 'P1', 'growth', 'More', 'revenue', 'money', '', '1', '2', `${nextYear}-12-31`, 'Ada North'], ['W4', 'P1', 'growth', 'Same', 'nps', 'points', '', '2', '2', `${nextYear}-12-31`, 'Ada North']],
      'actions.csv': [ACTIONS_HEADER, ['W5', 'P1', 'Hen', '', '', '', `${nextYear}-01-01`, 'W6'], ['W6', 'P1', 'Egg', '', '', '', `${nextYear}-01-01`, 'W5'], ['W7', 'P9', 'Lost', '', '', '', `${nextYear}-01-01`, ''], ['W8', 'P1', 'Fine', '', '', '', `${nextYear}-01-01`, 'A1']],
    });
    const report = await imported(wrong, '--apply', '--rejects', 'rejects');
    expect(report.wrong.map(({ file, line, column }) => [file, line, column])).toEqual([
      ['actions.csv', 2, 'depends on'],
      ['actions.csv', 3, 'depends on'],
      ['actions.csv', 4, null],
      ['objectives.csv', 2, 'currency'],
      ['objectives.csv', 3, null],
      ['plans.csv', 2, 'fiscal year'],
      ['plans.csv', 3, 'currency'],
    ]);
    expect(report.entities['actions']).toEqual(tally(1, 0, 0, 3));
    const mend = async (file: string, ...changes: [string, string][]) => {
      const path = join(keyfold.folder, report.rejects!, file);
      await writeFile(path, changes.reduce((text, [from, to]) => text.replace(from, to), await readFile(path, 'utf8')));
    };
    await mend('plans.csv', ['soon', String(nextYear + 1)], ['EURO', 'EUR']);
    await mend('objectives.csv', ['money,,', 'money,EUR,'], [',2,2,', ',2,3,']);
    await mend('actions.csv', [`01,W5`, `01,`], ['P9', 'P2']);
    expect((await imported(join(keyfold.folder, report.rejects!), '--apply')).entities).toEqual({ plans: tally(2), objectives: tally(2), actions: tally(3) });
  });

  it('is taken back where nobody worked on it, and can be imported anew for the same account', async () => {
    const year = String(nextYear + 2);
    const spring = await written('spring', {
      'plans.csv': [PLANS[0]!, ['S1', 'Acme', year, 'EUR'], ['S2', 'Betacorp', year, 'EUR']],
      'objectives.csv': [OBJECTIVES[0]!, ['SO1', 'S1', 'growth', 'Grow in spring', 'nps', 'points', '', '1', '2', `${year}-12-31`, 'Ada North'], ['SO2', 'S2', 'growth', 'Stay in spring', 'nps', 'points', '', '1', '2', `${year}-12-31`, 'Ada North']],
      'actions.csv': [ACTIONS_HEADER, ['SA1', 'S1', 'Sow', '', '', '', `${year}-05-01`, '']],
    });
    const { run } = await imported(spring, '--apply');
    const plans = await list<{ id: string; accountName: string; fiscalYear: number }>('account-plans');
    const worked = plans.find(({ accountName, fiscalYear }) => accountName === 'Betacorp' && String(fiscalYear) === year)!;
    const byHand = { actionId: 'call', title: 'Call them', dueOn: `${year}-05-01` };
    expect((await keyfold.post(`/api/accounts/account-plans/${worked.id}/add-action`, byHand)).status).toBe(200);
    expect(await undone(run)).toEqual([{ plans: 1 }, [{ kind: 'plans', id: worked.id, reason: expect.stringContaining('withdraw-built-upon') }]]);
    expect((await list('account-plans')).length).toBe(plans.length - 1);
    const rest = [...(await list<{ title: string }>('plan-objectives')), ...(await list<{ title: string }>('plan-actions'))].map(({ title }) => title);
    expect(['Grow in spring', 'Sow', 'Stay in spring', 'Call them'].filter((title) => rest.includes(title))).toEqual(['Stay in spring', 'Call them']);
    const moved = await imported(await written('moved', { 'plans.csv': [PLANS[0]!, ['S1', 'Betacorp', year, 'EUR']] }), '--apply', '--rejects', 'moved-rejects');
    expect(moved.wrong.map(({ reason }) => reason)).toEqual([expect.stringContaining('plan-elsewhere')]);
    expect((await imported(spring, '--apply')).entities).toEqual({ plans: tally(1, 0, 1), objectives: tally(1, 0, 1), actions: tally(1) });
  });

  it('is not taken back where the next files went on with it', async () => {
    const [takenBack, left] = await undone(first);
    expect([takenBack, left.map(({ reason }) => reason)]).toEqual([{ plans: 0 }, [expect.stringContaining('withdraw-built-upon'), expect.stringContaining('withdraw-built-upon')]]);
  });

  it('survives a kill in the middle and a kill of Keyfold: the second run completes it', async () => {
    const plans = Array.from({ length: 300 }, (_, i) => [`K${i}`, i % 2 ? 'Acme' : 'Betacorp', String(nextYear), 'EUR']);
    const actions = plans.flatMap(([plan]) => Array.from({ length: 5 }, (_, i) => [`${plan}-${i}`, plan!, `step ${i}`, '', '', '', `${nextYear}-05-0${i + 1}`, i > 0 ? `${plan}-${i - 1}` : '']));
    const large = await written('large', { 'plans.csv': [PLANS[0]!, ...plans], 'actions.csv': [ACTIONS_HEADER, ...actions] });
    await keyfold.cliKilledWhen(async () => (await list('plan-actions')).length >= 100, 'import', '--format', 'plans', '--source', 'crm-sales', large, '--apply');
    await keyfold.service.kill('SIGKILL');
    await keyfold.service.start();
    const { entities, wrong } = await imported(large, '--apply');
    expect([entities['plans']!.created + entities['plans']!.unchanged, entities['actions']!.created + entities['actions']!.unchanged, wrong]).toEqual([300, 1_500, []]);
    expect(entities['actions']!.created).toBeGreaterThan(0);
    expect((await imported(large, '--apply')).entities).toEqual({ plans: tally(0, 0, 300), actions: tally(0, 0, 1_500) });
  }, 240_000);
});
