import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson, type Clock, type Ids } from '@keyfold/event-sourcing';

/** Namespace of every derived id of Keyfold. Never to change: stored ids follow from it. */
const NAMESPACE = Buffer.from('3f0c8a52d2c44e6e9d0f6b7a51e0c9ab', 'hex');

/** uuid5 (RFC 9562) over the parts, length-prefixed so that ('ab','c') and ('a','bc') differ. */
export function uuid5(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(NAMESPACE);
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const systemIds: Ids = { next: () => randomUUID(), derive: uuid5 };

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end, { once: true });
      function end(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      }
    }),
};

/** Hash of what a command is: the same for a repeated request, different for another body, target or actor. Key order does not matter. */
export const commandHash = (actor: string, command: string, target: string, body: object): string =>
  createHash('sha256').update(canonicalJson([actor, command, target, body])).digest('base64url');
