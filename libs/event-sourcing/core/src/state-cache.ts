import { LastUsed } from './last-used.js';

/** What a state weighs: estimated bytes in memory, and whether JSON would give it back as it is. */
export interface Weight {
  readonly bytes: number;
  readonly plain: boolean;
}

const ENTRY_BYTES = 220;
const OBJECT_BYTES = 24;
const FIELD_BYTES = 16;
const STRING_BYTES = 16;

/** Walks through a state of plain values, arrays, Maps and Sets. The estimate is right within a factor of two, which is enough for a bound. */
export function weigh(value: unknown): Weight {
  let bytes = 0;
  let plain = true;
  const walk = (part: unknown): void => {
    bytes += FIELD_BYTES;
    if (typeof part === 'string') bytes += STRING_BYTES + part.length;
    else if (typeof part === 'number') plain &&= Number.isFinite(part) && !Object.is(part, -0);
    else if (typeof part !== 'object') plain &&= typeof part === 'boolean';
    else if (part !== null) walkObject(part);
  };
  const walkObject = (part: object): void => {
    bytes += OBJECT_BYTES;
    if (Array.isArray(part)) part.forEach(walk);
    else if (part instanceof Map || part instanceof Set) {
      plain = false;
      for (const entry of part) walk(entry);
    } else {
      plain &&= Object.getPrototypeOf(part) === Object.prototype;
      for (const field of Object.values(part)) walk(field);
    }
  };
  walk(value);
  return { bytes, plain };
}

/** The entries used last, as many as their estimated bytes allow. The least recently used goes first. */
export class StateCache<Entry extends { readonly bytes: number }> {
  private readonly entries = new LastUsed<Entry>();
  private used = 0;

  constructor(private readonly limit: number) {}

  get bytes(): number {
    return this.used;
  }

  get(key: string): Entry | undefined {
    return this.entries.get(key);
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** One that is larger than all room is not kept. */
  set(key: string, entry: Entry): void {
    const bytes = bytesOf(key, entry);
    if (bytes > this.limit) return this.delete(key);
    const before = this.entries.peek(key);
    this.entries.set(key, entry);
    this.used += bytes - (before ? bytesOf(key, before) : 0);
    while (this.used > this.limit) this.delete(this.entries.oldest!);
  }

  delete(key: string): void {
    const found = this.entries.peek(key);
    if (!found) return;
    this.entries.delete(key);
    this.used -= bytesOf(key, found);
  }
}

const bytesOf = (key: string, entry: { readonly bytes: number }): number => entry.bytes + ENTRY_BYTES + key.length;
