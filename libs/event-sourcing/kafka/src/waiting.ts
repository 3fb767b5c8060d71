import type { Clock } from '@keyfold/event-sourcing';

/** The promise's result, or the signal's reason as soon as it is aborted. Leaves nothing behind on a long-lived signal. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Waits for the promise, at most `ms`. */
export async function within(clock: Clock, ms: number, promise: Promise<unknown>): Promise<void> {
  const settled = new AbortController();
  await Promise.race([promise, clock.wait(ms, settled.signal)]).finally(() => settled.abort());
}
