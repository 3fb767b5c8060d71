import type { Clock } from './ports.js';

export interface BehindOptions<T> {
  readonly clock: Clock;
  /** Between the end of one piece of work and the begin of the next. */
  readonly pauseMs: number;
  readonly work: (value: T) => Promise<void>;
  /** What is done next, of what waits and what comes: the newer one unless told. */
  readonly merge?: (waiting: T, next: T) => T;
}

/**
 * Writes that nobody waits for, each of which replaces the one before it: the first is made at once, those that come while it is made, and for a moment after it,
 * share the next. One is under way at a time, so that an older one never overtakes a newer one.
 */
export class Behind<T> {
  private waiting: { readonly value: T } | null = null;
  private running: Promise<void> | null = null;
  private failure: { readonly error: unknown } | null = null;
  private pause = new AbortController();

  constructor(private readonly options: BehindOptions<T>) {}

  put(next: T): void {
    const { merge } = this.options;
    this.waiting = { value: this.waiting && merge ? merge(this.waiting.value, next) : next };
    this.running ??= this.run();
  }

  /** Does without pauses from here on; resolves when nothing is left and nothing under way, whatever became of it. */
  async settled(): Promise<void> {
    if (this.running) this.pause.abort();
    await this.running;
  }

  /** Throws what the work failed with since it was asked last. */
  check(): void {
    const { failure } = this;
    this.failure = null;
    if (failure) throw failure.error;
  }

  /** Whoever finds out by himself how things stand need not be told. */
  forgive(): void {
    this.failure = null;
  }

  private async run(): Promise<void> {
    const { clock, pauseMs, work } = this.options;
    try {
      while (this.waiting) {
        const { value } = this.waiting;
        this.waiting = null;
        await work(value).catch((error: unknown) => (this.failure = { error }));
        await clock.wait(pauseMs, this.pause.signal);
      }
    } finally {
      this.pause = new AbortController();
      this.running = null; // in the same step as the last look: what is put from here on begins anew
    }
  }
}
