import { join } from 'node:path';
import { uuid5 } from '@keyfold/event-sourcing-nest/ids';
import type { BulkResult, KeyfoldClient } from '../client.js';
import { Failure } from '../failure.js';
import { Progress } from '../progress.js';
import type { Entity } from './mapping.js';
import type { RowOrFault, SourceRow } from './read-file.js';
import { Findings, type ImportReport } from './report.js';
import { accountStep, type ImportContext, managerStep, memberStep, offeringStep, opportunityStep, parentStep, type Step } from './rows-to-commands.js';
import { type Scan, scan, type SourceFolder } from './source-folder.js';
import { WrongValue } from './values.js';

export interface ImportOptions {
  readonly apply: boolean;
  /** Refuse everything when a single row is wrong. */
  readonly strict: boolean;
  readonly rejects: string;
  readonly quiet: boolean;
  readonly today: string;
}

/** A command with the row it came from; managers come from no row of their own. */
interface Work {
  readonly step: Step;
  readonly entity: Entity;
  readonly row: SourceRow | null;
  /** A further step of a row that is counted already. */
  readonly uncounted?: boolean;
}

const BATCH = 500;
/** Batches under way at once: the next is read and decided while the one before is written. */
const LANES = 2;
const SETTLE_ATTEMPTS = 60;

/**
 * Imports an export: every row becomes a command, said in bulk. Each batch is first decided without effect, which tells what would be created, changed or left alone;
 * what is left is applied under a command id that follows from the stream, the step, the content and the version it was decided on.
 * So it may be killed at any moment and run again: what is there already says that nothing is to be done.
 */
export async function runImport(client: KeyfoldClient, source: SourceFolder, options: ImportOptions): Promise<ImportReport> {
  const started = performance.now();
  const scanned = await scan(source);
  const context = await contextOf(client, source, scanned, options.today);
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

async function contextOf(client: KeyfoldClient, source: SourceFolder, { ids, missing, firstDeal }: Scan, today: string): Promise<ImportContext> {
  const { member = null, roles = [] } = client.claims;
  const known = new Set(ids);
  const paths = { members: 'accounts/team-members', offerings: 'opportunities/offerings', accounts: 'accounts/key-accounts' };
  for (const [id, { entity }] of missing)
    if (await client.get(`/api/${paths[entity]}/${id}`).then(() => true, () => false)) known.add(id);
  return { mapping: source.mapping, run: source.run, directorId: roles.includes('director') ? member : null, known, firstDeal, today };
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
  await sender.send(parents(source, context, sender, options.apply));
  await sender.send(works({ source, entity: 'opportunities' }, sender, (row) => opportunityStep(context, row)));
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
    if (!uncounted) sender.reject(entity, entry.line, entry.cells, entry.fault);
    return null;
  }
  const { row } = entry;
  try {
    const step = stepOf(row);
    return step && { step, entity, row, uncounted };
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error;
    sender.reject(entity, row.line, row.cells, error.message);
    return null;
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

/** Edges of the hierarchy, once all accounts are there. In a dry run an edge of an account that is not there yet belongs to its creation. */
async function* parents(source: SourceFolder, context: ImportContext, sender: Sender, apply: boolean): AsyncGenerator<Work> {
  for await (const work of works({ source, entity: 'accounts', uncounted: true }, sender, (row) => parentStep(context, row))) {
    const { parentId } = work.step.body as { parentId: string };
    if (apply || !(sender.created.has(work.step.id) || sender.created.has(parentId))) yield work;
  }
}

/** Events that make something anew, also after it was taken back. A deal is recorded again when the day of its opening is corrected, so only its first record makes it. */
const CREATING = new Set(['accounts.team-member.onboarded', 'accounts.key-account.client-registered', 'opportunities.offering.registered']);

/** Sends work in batches, a few at a time, and notes what became of each row. */
class Sender {
  /** Ids of what this run makes. */
  readonly created = new Set<string>();
  private readonly written: string[] = [];

  constructor(
    private readonly client: KeyfoldClient,
    private readonly findings: Findings,
    private readonly apply: boolean,
    private readonly progress: Progress,
  ) {}

  reject(entity: Entity, line: number, cells: readonly string[], reason: string): void {
    this.findings.reject(entity, line, cells, reason);
    this.progress.add(1);
  }

  async send(work: AsyncIterable<Work>): Promise<void> {
    const lanes = new Set<Promise<void>>();
    let batch: Work[] = [];
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      const lane: Promise<void> = this.batch(batch).finally(() => lanes.delete(lane));
      lanes.add(lane);
      batch = [];
      if (lanes.size >= LANES) await Promise.race(lanes);
    };
    for await (const item of work) if (batch.push(item) === BATCH) await flush();
    await flush();
    await Promise.all(lanes);
  }

  /** Waits until reporting shows what was written last, so that the next question is answered with it. */
  async settle(): Promise<void> {
    const after = this.written.slice(-20).join(',');
    if (after === '') return;
    for (let attempt = 0; attempt < SETTLE_ATTEMPTS; attempt++)
      if (!(await this.client.get<{ stale: boolean }>(`/api/reporting/pipeline-summary?after=${after}`)).stale) return;
    throw new Failure('everything was imported, but reporting has not caught up within two minutes: look at /health/ready and the log of the services.');
  }

  private async batch(batch: readonly Work[]): Promise<void> {
    const decided = await this.client.bulk(batch[0]!.step.service, batch.map(({ step }) => command(step)), true);
    const due = batch.flatMap((work, i) => (this.note(work, decided[i]!) ? [{ work, version: decided[i]!.version! - decided[i]!.events!.length }] : []));
    if (this.apply && due.length > 0) {
      const results = await this.client.bulk(batch[0]!.step.service, due.map(({ work, version }) => ({ ...command(work.step), commandId: commandId(work.step, version) })), false);
      results.forEach((result, i) => this.noteApplied(due[i]!.work, result));
    }
    this.progress.add(batch.filter((work) => !work.uncounted).length);
  }

  /** Whether there is something to do for a row. */
  private note(work: Work, { status, version = 0, events = [], problem }: BulkResult): boolean {
    if (status >= 400) {
      this.refused(work, problem);
      return false;
    }
    const tally = this.findings.tally(work.entity);
    const creates = events.length > 0 && (version === events.length || events.some((type) => CREATING.has(type)));
    if (creates) this.created.add(work.step.id);
    if (!work.uncounted) tally[creates ? 'created' : events.length > 0 ? 'changed' : 'unchanged'] += 1;
    return events.length > 0;
  }

  private noteApplied(work: Work, { status, version, problem }: BulkResult): void {
    if (status >= 400) this.refused(work, problem);
    else if (work.entity === 'opportunities') this.written.push(`opp-${work.step.id}:${version}`);
    else if (work.entity === 'accounts') this.written.push(`account-${work.step.id}:${version}`);
    if (this.written.length > 1_000) this.written.splice(0, 900);
  }

  private refused(work: Work, problem: BulkResult['problem']): void {
    const reason = problem ? `${problem.title} (${problem.code})` : 'refused';
    if (!work.row) throw new Failure(`a manager named in the file was refused: ${reason}`);
    this.findings.reject(work.entity, work.row.line, work.row.cells, reason);
  }
}

const command = ({ aggregate, command: name, id, body }: Step) => ({ aggregate, command: name, id, body });

const commandId = (step: Step, version: number): string => uuid5('import-command', step.service, step.aggregate, step.id, step.command ?? '', String(version), JSON.stringify(step.body));
