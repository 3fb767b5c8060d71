import type { Clock } from '@keyfold/event-sourcing';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. Who waits on it wakes when its time has come. */
export class TestClock implements Clock {
  private ms: number;
  private readonly sleepers = new Set<Sleeper>();

  constructor(start: Date | string = '2026-01-05T08:00:00.000Z') {
    this.ms = instant(start);
  }

  now = (): Date => new Date(this.ms);

  wait = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const sleeper: Sleeper = {
        due: this.ms + ms,
        wake: () => {
          this.sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });

  /** How many wait, for a test that must not move the clock too early. */
  get waiting(): number {
    return this.sleepers.size;
  }

  advance(ms: number): void {
    this.set(new Date(this.ms + ms));
  }

  /** Time goes forward; a test of a clock that was put back says so. */
  set(to: Date | string, { backwards = false } = {}): void {
    const ms = instant(to);
    if (ms < this.ms && !backwards)
      throw new Error(`the clock would go back from ${this.now().toISOString()} to ${new Date(ms).toISOString()}`);
    this.ms = ms;
    for (const sleeper of [...this.sleepers].sort((a, b) => a.due - b.due)) if (sleeper.due <= ms) sleeper.wake();
  }
}

function instant(at: Date | string): number {
  const ms = new Date(at).getTime();
  if (Number.isNaN(ms)) throw new Error(`"${String(at)}" is no instant`);
  return ms;
}
