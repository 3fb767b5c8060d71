import type { Clock } from './ports.js';

const RUNG = Symbol('rung');

/** A wake-up inside the process. Rings are counted, so that one between looking and waiting is not lost. */
export class Bell {
  private count = 0;
  private readonly sleepers = new Set<() => void>();

  get rings(): number {
    return this.count;
  }

  ring(): void {
    this.count += 1;
    const woken = [...this.sleepers];
    this.sleepers.clear();
    for (const wake of woken) wake();
  }

  /** Resolves when it has rung since `seen` rings, after `ms`, or when the signal is aborted. */
  async wait(seen: number, clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
    if (this.count !== seen || signal?.aborted) return;
    const over = new AbortController();
    const end = (): void => over.abort(RUNG); // a reason of one's own: the default one is an error with its stack
    this.sleepers.add(end);
    signal?.addEventListener('abort', end, { once: true });
    try {
      await clock.wait(ms, over.signal);
    } finally {
      this.sleepers.delete(end);
      signal?.removeEventListener('abort', end);
    }
  }
}
