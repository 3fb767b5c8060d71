import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { KeyWrap } from '../personal-data.js';
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

/** Unlike the key, and only the master key opens it; nothing for production. Wrapped: check | key xor pad. */
export const testKeyWrap = (masterKey: Uint8Array): KeyWrap => {
  const hash = (...parts: readonly (string | Uint8Array)[]): Buffer => parts.reduce((sum, part) => sum.update(part), createHash('sha256').update(masterKey)).digest();
  const xor = (personId: string, bytes: Uint8Array): Buffer => hash('pad', personId).map((byte, i) => byte ^ bytes[i]!) as Buffer;
  return {
    newKey: () => randomBytes(32),
    wrap: (personId, key) => Buffer.concat([hash('check', personId, key), xor(personId, key)]),
    unwrap: (personId, wrapped) => {
      const key = xor(personId, wrapped.subarray(32));
      if (!hash('check', personId, key).equals(wrapped.subarray(0, 32))) throw new Error('wrapped with another master key or for another person');
      return key;
    },
  };
};

/** Keeps what was logged, for a test to look at. */
export class LogBook implements Logger {
  readonly entries: { readonly level: 'info' | 'warn' | 'error'; readonly message: string; readonly fields: object }[] = [];
  info = (message: string, fields: object = {}): void => void this.entries.push({ level: 'info', message, fields });
  warn = (message: string, fields: object = {}): void => void this.entries.push({ level: 'warn', message, fields });
  error = (message: string, fields: object = {}): void => void this.entries.push({ level: 'error', message, fields });
}
