import type { Clock, Logger } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { Bell } from './bell.js';
import { COMMITS } from './commit-document.js';
import { LEASES } from './lease-document.js';

/** How long the server holds an empty answer back, and so how long closing may take. */
const AWAIT_MS = 300;
const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 10_000;

/**
 * Tells waiting loops of this process that something was appended or numbered: at once for its own writes, over one change stream for those of other processes.
 * Only wake-ups: whoever is woken looks at the log, and everybody also looks by himself from time to time.
 */
export class Wakeups {
  readonly appended = new Bell();
  readonly numbered = new Bell();
  private announced = 0;
  private stream: mongo.ChangeStream | null = null;
  private running: Promise<void> | null = null;
  private readonly over = new AbortController();

  constructor(
    private readonly db: mongo.Db,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** The highest position that was announced to this process. */
  get numberedUpTo(): number {
    return this.announced;
  }

  wasNumbered(position: number): void {
    this.announced = Math.max(this.announced, position);
    this.numbered.ring();
  }

  /** Begins to listen to other processes; idempotent. */
  listen(): void {
    if (!this.over.signal.aborted) this.running ??= this.run();
  }

  async close(): Promise<void> {
    this.over.abort();
    await this.stream?.close().catch(() => undefined);
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.over.signal.aborted)
      try {
        this.stream = this.open();
        for (;;) {
          const change = (await this.stream.next()) as { operationType: string; updateDescription?: { updatedFields: { numbered: number } } };
          failures = 0;
          if (change.operationType === 'insert') this.appended.ring();
          else this.wasNumbered(change.updateDescription!.updatedFields.numbered);
        }
      } catch (error) {
        await this.stream?.close().catch(() => undefined);
        if (this.over.signal.aborted) return;
        if (failures === 0) this.log.warn('change stream lost; polling until it is back', { error: String(error) });
        failures += 1;
        await this.clock.wait(Math.min(FIRST_BACK_OFF_MS * 2 ** failures, LONGEST_BACK_OFF_MS), this.over.signal);
      }
  }

  /** New commits, and the sequencer's word that a batch is numbered: one change per batch instead of one per commit. */
  private open(): mongo.ChangeStream {
    const appended = { 'ns.coll': COMMITS, operationType: 'insert' };
    const numbered = { 'ns.coll': LEASES, 'updateDescription.updatedFields.numbered': { $exists: true } };
    return this.db.watch([{ $match: { $or: [appended, numbered] } }, { $project: { _id: 1, operationType: 1, 'updateDescription.updatedFields.numbered': 1 } }], { maxAwaitTimeMS: AWAIT_MS });
  }
}
