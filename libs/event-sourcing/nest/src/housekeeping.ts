import type { Rebuilder } from '@keyfold/event-sourcing';
import type { Adapters } from './tokens.js';

/** For how long is kept what nobody needs to go on. */
export interface Retention {
  readonly auditDays: number;
  /** Rows of versions of read models that no process runs any more. */
  readonly unusedVersionDays: number;
}

const ROUND_MS = 60_000;
/** Rounds from one sweep to the next. */
const SWEEP = 60;
const DAY_MS = 24 * 3_600_000;
const AT_ONCE = 1_000;
const ACTOR = 'housekeeping';

/** Says that this process runs its versions of the read models, and clears away what has outlived its time. Every process does so; together they do it once. */
export class Housekeeping {
  constructor(
    private readonly service: string,
    private readonly rebuilders: readonly Rebuilder[],
    private readonly adapters: Pick<Adapters, 'projections' | 'audit' | 'clock' | 'log' | 'retention'>,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted; round++) {
      await this.attempt('notes that it runs its read models', () => this.noteUse());
      if (round % SWEEP === 1) await this.attempt('clears away what has outlived its time', () => this.sweep(signal));
      await this.adapters.clock.wait(ROUND_MS, signal);
    }
  }

  async sweep(signal: AbortSignal): Promise<void> {
    const { audit, clock, log, retention } = this.adapters;
    for (const rebuilder of this.rebuilders) await rebuilder.dropUnused(ACTOR, retention.unusedVersionDays * DAY_MS);
    const before = new Date(clock.now().getTime() - retention.auditDays * DAY_MS).toISOString();
    for (let dropped = AT_ONCE; dropped === AT_ONCE && !signal.aborted; ) {
      dropped = await audit.dropBefore(before, AT_ONCE);
      if (dropped > 0) log.info('audit entries have outlived their time', { service: this.service, before, dropped });
    }
  }

  private async noteUse(): Promise<void> {
    for (const { projection } of this.rebuilders) await this.adapters.projections.generations.noteUse(projection);
  }

  private async attempt(what: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => this.adapters.log.warn('housekeeping: will try again', { service: this.service, what, error: String(error) }));
  }
}
