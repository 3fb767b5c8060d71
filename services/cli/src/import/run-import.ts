import { join } from 'node:path';
import type { KeyfoldClient } from '../client.js';
import { Progress } from '../progress.js';
import { COLUMNS, type Entity, type Referred } from './entities.js';
import { stakeholderStep } from './people-to-commands.js';
import { touchpointStep } from './touchpoints-to-commands.js';
import { actionStep, objectiveStep, planStep } from './plans-to-commands.js';
import type { RowOrFault, SourceRow } from './read-file.js';
import { References } from './references.js';
import { Findings, type ImportReport } from './report.js';
import { accountStep, type ImportContext, managerStep, memberStep, offeringStep, opportunityStep, parentStep, type Step } from './rows-to-commands.js';
import { Sender, type Work } from './sender.js';
import { type Scan, scan, type SourceFolder } from './source-folder.js';
import { WrongValue } from './values.js';
import { actionKey, IN_A_CIRCLE, wavesOfActions } from './waves.js';

export interface ImportOptions {
  readonly apply: boolean;
  /** Refuse everything when a single row is wrong. */
  readonly strict: boolean;
  readonly rejects: string;
  readonly quiet: boolean;
  readonly today: string;
  /** On whose clocks a time without an offset is meant. */
  readonly timeZone: string;
}

/**
 * Imports an export: every row becomes a command, said in bulk. Each batch is first decided without effect, which tells what would be created, changed or left alone;
 * what is left is applied under a command id that follows from the stream, the step, the content and the version it was decided on.
 * So it may be killed at any moment and run again: what is there already says that nothing is to be done.
 */
export async function runImport(client: KeyfoldClient, source: SourceFolder, options: ImportOptions): Promise<ImportReport> {
  const started = performance.now();
  const scanned = await scan(source);
  const context = await contextOf(client, source, scanned, options);
  if (options.strict && options.apply) {
    const rehearsal = await pass({ client, source, context, scanned }, { ...options, apply: false }, 'checking');
    if (rehearsal.wrong.length > 0) {
      process.stderr.write('Refused, because rows are wrong and --strict was said.\n');
      return rehearsal.report(false, null, (performance.now() - started) / 1_000);
    }
  }
  const findings = await pass({ client, source, context, scanned }, options, options.apply ? 'importing' : 'checking');
  const rejects = options.apply ? await findings.writeRejects(join(options.rejects, source.run)) : null;
  return findings.report(options.apply, rejects, (performance.now() - started) / 1_000);
}

async function contextOf(client: KeyfoldClient, source: SourceFolder, { ids, missing, firstDeal, people }: Scan, { today, timeZone }: ImportOptions): Promise<ImportContext> {
  const { member = null, roles = [] } = client.claims;
  const known = new Set(ids);
  const paths = { members: 'accounts/team-members', offerings: 'opportunities/offerings', accounts: 'accounts/key-accounts' };
  for (const [id, { entity }] of missing)
    if (await client.has(`/api/${paths[entity]}/${id}`)) known.add(id);
  const references = await References.of(client, source.mapping, { made: ids, wanted: referred(source), people });
  return { mapping: source.mapping, run: source.run, directorId: roles.includes('director') ? member : null, known, firstDeal, today, timeZone, references };
}

/** What the mapped columns of the files name by more than a key. */
function referred(source: SourceFolder): Referred[] {
  const columns = source.entities.flatMap((entity) => Object.keys(source.file(entity).mapping.columns).map((field) => COLUMNS[entity][field]!));
  return [...new Set(columns.flatMap(({ to }) => to ?? []))];
}

interface Material {
  readonly client: KeyfoldClient;
  readonly source: SourceFolder;
  readonly context: ImportContext;
  readonly scanned: Scan;
}

async function pass({ client, source, context, scanned }: Material, options: ImportOptions, verb: string): Promise<Findings> {
  const findings = new Findings(source);
  const total = Object.values(scanned.counts).reduce((sum, count) => sum + count, 0);
  const sender = new Sender(client, findings, options.apply, new Progress(verb, total, options.quiet));
  await sender.send(managers(source, context));
  for (const [entity, step] of [
    ['members', memberStep],
    ['offerings', offeringStep],
    ['accounts', accountStep],
  ] as const)
    await sender.send(works({ source, entity }, sender, (row) => step(context, row)));
  await sender.send(works({ source, entity: 'accounts', uncounted: true }, sender, (row) => parentStep(context, row)));
  for (const [entity, step] of [
    ['opportunities', opportunityStep],
    ['stakeholders', stakeholderStep],
    ['touchpoints', touchpointStep],
    ['plans', planStep],
    ['objectives', objectiveStep],
  ] as const)
    await sender.send(works({ source, entity }, sender, (row) => step(context, row)));
  await sendActions(source, sender, (row) => actionStep(context, row));
  if (options.apply) await sender.settle();
  return findings;
}

/** The rows of one file; `uncounted` when they have been gone through and counted before. */
interface Rows {
  readonly source: SourceFolder;
  readonly entity: Entity;
  readonly uncounted?: boolean;
}

type StepOf = (row: SourceRow) => Step | null;

/** A row that cannot be said as a command goes to the findings and is left out. */
async function* works(rows: Rows, sender: Sender, stepOf: StepOf): AsyncGenerator<Work> {
  for await (const entry of rows.source.rows(rows.entity)) {
    const work = workOf(entry, rows, sender, stepOf);
    if (work) yield work;
  }
}

function workOf(entry: RowOrFault, { entity, uncounted = false }: Rows, sender: Sender, stepOf: StepOf): Work | null {
  if (!('row' in entry)) {
    if (!uncounted) sender.reject(entity, entry, entry.fault);
    return null;
  }
  const { row } = entry;
  try {
    const step = stepOf(row);
    return step && { step, entity, row, uncounted };
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error;
    sender.reject(entity, row, error.message, error.column);
    return null;
  }
}

/** Wave after wave: an action names those that come before it. Faults of the file are said with the first. */
async function sendActions(source: SourceFolder, sender: Sender, stepOf: StepOf): Promise<void> {
  const waves = await wavesOfActions(source);
  const last = Math.max(0, ...waves.values());
  for (let wave = 0; wave <= last; wave++) await sender.send(actionsOf(wave, waves, { source, sender, stepOf }));
}

async function* actionsOf(wave: number, waves: ReadonlyMap<string, number>, { source, sender, stepOf }: { source: SourceFolder; sender: Sender; stepOf: StepOf }): AsyncGenerator<Work> {
  for await (const entry of source.rows('actions')) {
    const turn = 'row' in entry ? waves.get(actionKey(entry.row)) : 0;
    if (turn === IN_A_CIRCLE && wave === 0 && 'row' in entry) sender.reject('actions', entry.row, 'actions cannot wait for each other in a circle', entry.row.column('dependsOn'));
    if (turn !== wave) continue;
    const work = workOf(entry, { source, entity: 'actions' }, sender, stepOf);
    if (work) yield work;
  }
}

/** Managers that have no row of their own; their region is that of the first who reports to them. */
async function* managers(source: SourceFolder, context: ImportContext): AsyncGenerator<Work> {
  const regions = new Map<string, string | null>();
  const own = new Set<string>();
  for await (const entry of source.rows('members')) {
    if (!('row' in entry)) continue; // said when the members' own turn comes
    own.add(entry.row.key);
    const manager = entry.row.field('manager');
    if (manager !== '' && !regions.has(manager)) regions.set(manager, entry.row.field('region') || null);
  }
  for (const [name, region] of regions) if (!own.has(name)) yield { step: managerStep(context, name, region), entity: 'members', row: null, uncounted: true };
}
