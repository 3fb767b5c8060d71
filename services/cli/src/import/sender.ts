import { uuid5 } from '@keyfold/event-sourcing-nest/ids';
import type { BulkResult, KeyfoldClient } from '../client.js';
import { Failure } from '../failure.js';
import type { Progress } from '../progress.js';
import type { Entity } from './entities.js';
import type { SourceRow } from './read-file.js';
import type { Findings } from './report.js';
import type { Step } from './rows-to-commands.js';

/** A command with the row it came from; managers come from no row of their own. */
export interface Work {
  readonly step: Step;
  readonly entity: Entity;
  readonly row: SourceRow | null;
  /** A further step of a row that is counted already. */
  readonly uncounted?: boolean;
}

/** What one request may hold: the service takes 500 lines and 1 MB. */
const BATCH = 500;
const BATCH_BYTES = 800_000;
/** Batches under way at once: the next is read and decided while the one before is written. */
const LANES = 2;
const SETTLE_ATTEMPTS = 60;
/** Writes that are waited for at the end: enough to meet every partition. */
const AWAITED = 20;

/** Where it shows that what was written last is there, and the prefix of its streams. */
const SHOWN: Readonly<Partial<Record<Entity, { readonly path: string; readonly stream: string }>>> = {
  accounts: { path: '/api/reporting/pipeline-summary?', stream: 'account' },
  opportunities: { path: '/api/reporting/pipeline-summary?', stream: 'opp' },
  stakeholders: { path: '/api/accounts/stakeholders?limit=1&', stream: 'stakeholder' },
  plans: { path: '/api/accounts/account-plans?limit=1&', stream: 'plan' },
  objectives: { path: '/api/accounts/plan-objectives?limit=1&', stream: 'plan' },
  actions: { path: '/api/accounts/plan-actions?limit=1&', stream: 'plan' },
  touchpoints: { path: '/api/accounts/touchpoints?limit=1&', stream: 'engagement' },
};

/** Events that make something anew, also after it was taken back. A deal is recorded again when the day of its opening is corrected, so only its first record makes it. */
const CREATING = new Set([
  'accounts.team-member.onboarded',
  'accounts.key-account.client-registered',
  'opportunities.offering.registered',
  'accounts.stakeholder.registered',
  'accounts.engagement-plan.touchpoint-logged',
  'accounts.account-plan.drafted',
  'accounts.account-plan.objective-set',
  'accounts.account-plan.action-added',
]);
/** A contact that is another one in the source by now is taken back and logged anew, at once: that is no new one. */
const REPLACING = new Set(['accounts.engagement-plan.touchpoint-withdrawn']);

/** Sends work in batches, a few at a time, and notes what became of each row. */
export class Sender {
  /** Ids of what this run makes. */
  private readonly created = new Set<string>();
  private readonly written = new Map<string, string[]>();

  constructor(
    private readonly client: KeyfoldClient,
    private readonly findings: Findings,
    private readonly apply: boolean,
    private readonly progress: Progress,
  ) {}

  reject(entity: Entity, row: { readonly line: number; readonly cells: readonly string[] }, reason: string, column: string | null = null): void {
    this.findings.reject(entity, row, reason, column);
    this.progress.add(1);
  }

  async send(work: AsyncIterable<Work>): Promise<void> {
    const lanes = new Set<Promise<void>>();
    let batch: Work[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      const lane: Promise<void> = this.batch(batch).finally(() => lanes.delete(lane));
      lanes.add(lane);
      [batch, bytes] = [[], 0];
      if (lanes.size >= LANES) await Promise.race(lanes);
    };
    for await (const item of work) {
      const size = Buffer.byteLength(JSON.stringify(item.step));
      if (bytes + size > BATCH_BYTES) await flush();
      bytes += size;
      if (batch.push(item) === BATCH) await flush();
    }
    await flush();
    await Promise.all(lanes);
  }

  /** Waits until queries show what was written last, so that the next question is answered with it. */
  async settle(): Promise<void> {
    for (const [path, written] of this.written) {
      const after = written.slice(-AWAITED).join(',');
      let attempts = 0;
      while ((await this.client.get<{ stale: boolean }>(`${path}after=${after}`)).stale)
        if ((attempts += 1) === SETTLE_ATTEMPTS) throw new Failure(`everything was imported, but ${path.split('?', 1)[0]} has not caught up within two minutes: look at /health/ready and the log of the services.`);
    }
  }

  private async batch(batch: readonly Work[]): Promise<void> {
    // In a dry run what is to be there first is not there: whether it would be accepted can only be asked once it is.
    const unasked = new Set(this.apply ? [] : batch.filter(({ step }) => step.names?.some((id) => this.created.has(id))));
    for (const work of unasked) if (!work.uncounted) this.creates(work);
    const asked = batch.filter((work) => !unasked.has(work));
    if (asked.length > 0) await this.decide(asked);
    this.progress.add(batch.filter((work) => !work.uncounted).length);
  }

  private async decide(batch: readonly Work[]): Promise<void> {
    const { service } = batch[0]!.step;
    const decided = await this.client.bulk(service, batch.map(({ step }) => command(step)), true);
    const due = batch.flatMap((work, i) => (this.note(work, decided[i]!) ? [{ work, version: decided[i]!.version! - decided[i]!.events!.length }] : []));
    if (!this.apply || due.length === 0) return;
    const results = await this.client.bulk(service, due.map(({ work, version }) => ({ ...command(work.step), commandId: commandId(work.step, version) })), false);
    results.forEach((result, i) => this.noteApplied(due[i]!.work, result));
  }

  /** Whether there is something to do for a row. */
  private note(work: Work, { status, version = 0, events = [], problem }: BulkResult): boolean {
    if (status >= 400) {
      this.refused(work, problem);
      return false;
    }
    const made = events.length > 0 && !events.some((type) => REPLACING.has(type)) && (version === events.length || events.some((type) => CREATING.has(type)));
    if (made) this.creates(work);
    else if (!work.uncounted) this.findings.tally(work.entity)[events.length > 0 ? 'changed' : 'unchanged'] += 1;
    return events.length > 0;
  }

  private creates({ step, entity, uncounted }: Work): void {
    this.created.add(step.makes ?? step.id);
    if (!uncounted) this.findings.tally(entity).created += 1;
  }

  private noteApplied(work: Work, { status, version, problem }: BulkResult): void {
    if (status >= 400) return this.refused(work, problem);
    const shown = SHOWN[work.entity];
    if (!shown) return;
    const written = this.written.get(shown.path) ?? [];
    written.push(`${shown.stream}-${work.step.id}:${version}`);
    if (written.length > 1_000) written.splice(0, 900);
    this.written.set(shown.path, written);
  }

  private refused({ entity, row }: Work, problem: BulkResult['problem']): void {
    const field = problem?.errors?.[0];
    const column = field && row ? row.column(field.pointer.split('/')[1] ?? '') : null;
    const reason = field ? `${column}: ${field.message}` : problem ? `${problem.title} (${problem.code})` : 'refused';
    if (!row) throw new Failure(`a manager named in the file was refused: ${reason}`);
    this.findings.reject(entity, row, reason, column);
  }
}

const command = ({ aggregate, command: name, id, body }: Step) => ({ aggregate, command: name, id, body });

const commandId = (step: Step, version: number): string => uuid5('import-command', step.service, step.aggregate, step.id, step.command ?? '', String(version), JSON.stringify(step.body));
