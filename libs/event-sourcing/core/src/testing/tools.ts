import { createHash, randomUUID } from 'node:crypto';
import type { Clock, Ids, Logger } from '../ports.js';

/** The machine's clock, for tests in which time has to pass. */
export const realClock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
    }),
};

/** Random ids, and derived ones that follow from their parts alone. */
export const testIds: Ids = {
  next: () => randomUUID(),
  derive: (...parts) => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32),
};

/** Keeps what was logged, for a test to look at. */
export class LogBook implements Logger {
  readonly entries: { readonly level: 'info' | 'warn' | 'error'; readonly message: string; readonly fields: object }[] = [];
  info = (message: string, fields: object = {}): void => void this.entries.push({ level: 'info', message, fields });
  warn = (message: string, fields: object = {}): void => void this.entries.push({ level: 'warn', message, fields });
  error = (message: string, fields: object = {}): void => void this.entries.push({ level: 'error', message, fields });
}
