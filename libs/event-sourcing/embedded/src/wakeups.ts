import type { Clock } from '@keyfold/event-sourcing';

/** A reason of one's own: the default one is an error with its stack, made anew each time. */
const UP = 'up';

/** Callers who sleep until something happens, for a time at most. A wake-up says nothing but "look again". */
export class Wakeups {
  private readonly sleepers = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  wake(): void {
    for (const up of [...this.sleepers]) up();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const over = new AbortController();
      const up = (): void => {
        this.sleepers.delete(up);
        signal?.removeEventListener('abort', up);
        over.abort(UP);
        resolve();
      };
      this.sleepers.add(up);
      signal?.addEventListener('abort', up);
      void this.clock.wait(ms, over.signal).then(up);
    });
  }
}
