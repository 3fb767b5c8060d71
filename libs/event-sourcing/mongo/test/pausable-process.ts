import { type Clock, Leadership, Sequencer } from '@keyfold/event-sourcing';
import type { Connection } from 'mongoose';
import { MongoEventStore } from '../src/event-store.js';
import { MongoLeases } from '../src/leases.js';
import { MongoNumbering } from '../src/numbering.js';
import { ids, realClock, silent } from './support.js';

export const TTL_MS = 600;

/** A process that stands for election and numbers, and that can be stopped in its tracks at a named place, as by SIGSTOP or a long pause: timers stand still too. */
export class PausableProcess {
  readonly store: MongoEventStore;
  /** Epochs in which it led. */
  readonly epochs: number[] = [];
  private readonly stop = new AbortController();
  private readonly leading: Promise<void>;
  private gate: { opened: Promise<void>; open: () => void } | null = null;
  private reached: (() => void) | null = null;

  constructor(connection: Connection, private pauseAt: { point: string; passing: number } | null = null) {
    const clock: Clock = {
      now: realClock.now,
      wait: async (ms, signal) => {
        await realClock.wait(ms, signal);
        await this.gate?.opened;
      },
    };
    const tools = { clock, ids, log: silent, failpoint: (point: string) => this.pass(point) };
    this.store = new MongoEventStore(connection, 'accounts', tools);
    this.leading = new Leadership(new MongoLeases(connection, clock), { ...tools, ttlMs: TTL_MS }).lead(
      'accounts',
      async (epoch, signal) => {
        this.epochs.push(epoch);
        await new Sequencer(new MongoNumbering(this.store, clock), tools).run(epoch, signal);
      },
      this.stop.signal,
    );
  }

  /** Resolves when it stands still. */
  readonly paused = new Promise<void>((resolve) => (this.reached = resolve));

  resume(): void {
    this.gate?.open();
    this.gate = null;
  }

  async end(): Promise<void> {
    this.resume();
    this.stop.abort();
    await this.leading;
    await this.store.close();
  }

  private async pass(point: string): Promise<void> {
    if (this.pauseAt?.point === point && --this.pauseAt.passing === 0) {
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      this.gate = { opened, open };
      this.reached!();
    }
    await this.gate?.opened;
  }
}
