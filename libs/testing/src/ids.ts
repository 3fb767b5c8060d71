import { createHash } from 'node:crypto';
import type { Ids } from '@keyfold/event-sourcing';

/** Ids in the form of UUIDs that are the same in every run: the n-th one follows from the seed, a derived one from its parts alone. */
export function seededIds(seed: string | number = 1): Ids {
  let count = 0;
  return {
    next: () => uuidLike(4, ['seeded', String(seed), String(++count)]),
    derive: (...parts) => uuidLike(5, parts),
  };
}

function uuidLike(version: 4 | 5, parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
