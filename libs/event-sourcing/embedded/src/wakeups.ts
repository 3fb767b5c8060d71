import type { Clock } from '@keyfold/event-sourcing';

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
        over.abort();
        resolve();
      };
      this.sleepers.add(up);
      signal?.addEventListener('abort', up);
      void this.clock.wait(ms, over.signal).then(up);
    });
  }
}
