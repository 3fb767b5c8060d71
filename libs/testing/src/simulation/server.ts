import { Unavailable } from '@keyfold/event-sourcing';
import type { Reply } from './process.js';
import type { World } from './world.js';

export interface Change {
  readonly collection: string;
  readonly id: string;
  /** What it is from now on; undefined when it is deleted. Documents are never changed in place. */
  readonly document: object | undefined;
}

/** One atomic write, until a majority has it. */
interface Entry {
  readonly number: number;
  readonly changes: readonly Change[];
  readonly before: readonly (object | undefined)[];
}

interface Waiting {
  readonly number: number;
  readonly reply: Reply<unknown>;
  readonly value: unknown;
}

class Collections {
  private readonly collections = new Map<string, Map<string, object>>();

  of(collection: string): Map<string, object> {
    let documents = this.collections.get(collection);
    if (!documents) this.collections.set(collection, (documents = new Map()));
    return documents;
  }

  apply({ collection, id, document }: Change): void {
    if (document) this.of(collection).set(id, document);
    else this.of(collection).delete(id);
  }
}

/** How long a majority lags behind the primary. */
const LAG_MS = [0.5, 4] as const;
const LONG_LAG_MS = [20, 200] as const;
const ELECTION_MS = [30, 600] as const;

/**
 * A replica set as its clients see it: documents in collections, each write atomic, first on the primary and later, in the same order, on a majority.
 * At a failover the writes that no majority has are gone, whoever waited for them never learns what became of them, and the new primary has a clock of its own.
 */
export class SimulatedServer {
  private readonly primary = new Collections();
  private readonly majority = new Collections();
  private readonly log: Entry[] = [];
  private readonly unique = new Map<string, string>();
  private waiting: Waiting[] = [];
  private readonly listeners = new Set<(changes: readonly Change[]) => void>();
  private count = 0;
  private durableUpTo = 0;
  private downUntil = 0;
  private skewMs = 0;

  constructor(
    private readonly world: World,
    readonly name: string,
    /** What no two documents of a collection may have in common. */
    private readonly uniqueKeys: (collection: string, document: object) => readonly string[],
  ) {}

  /** The server's clock ($$NOW). */
  get clock(): Date {
    return new Date(this.world.instant + this.skewMs);
  }

  set clockSkew(ms: number) {
    this.world.note(`${this.name}: its clock is ${Math.round(ms)} ms off`);
    this.skewMs = ms;
  }

  /** As on the primary: what it says may be rolled back. */
  local<T extends object>(collection: string): ReadonlyMap<string, T> {
    return this.primary.of(collection) as Map<string, T>;
  }

  /** As on a majority: what it says stays. */
  durable<T extends object>(collection: string): ReadonlyMap<string, T> {
    return this.majority.of(collection) as Map<string, T>;
  }

  /** Serves a request if there is a primary. */
  serve<T>(reply: Reply<T>, work: () => void): void {
    if (this.world.now < this.downUntil) reply.fail(new Unavailable(`${this.name} (no primary)`));
    else work();
  }

  /** Whether a document can be inserted: false when it has a unique key in common with another. */
  accepts(collection: string, id: string, document: object): boolean {
    return !this.primary.of(collection).has(id) && this.keysFree(collection, id, document);
  }

  keysFree(collection: string, id: string, document: object): boolean {
    return this.uniqueKeys(collection, document).every((key) => (this.unique.get(key) ?? id) === id);
  }

  /** Writes on the primary, at once and atomically. The number tells when a majority has it. */
  write(changes: readonly Change[]): number {
    const before = changes.map((change) => this.primary.of(change.collection).get(change.id));
    for (const change of changes) this.replace(change);
    const number = ++this.count;
    this.log.push({ number, changes, before });
    const { random } = this.world;
    this.world.after(random.chance(0.05) ? random.between(...LONG_LAG_MS) : random.between(...LAG_MS), '', () => this.replicate(number));
    return number;
  }

  /** Number of the last write: when a majority has it, it has all before it. */
  get lastWrite(): number {
    return this.count;
  }

  /** Answers when a majority has the write with this number, and fails if it never will. */
  whenDurable<T>(number: number, reply: Reply<T>, value: T): void {
    if (number <= this.durableUpTo) reply.answer(value);
    else this.waiting.push({ number, reply: reply as Reply<unknown>, value });
  }

  /** A change stream: what a majority has, as it gets it. */
  listen(listener: (changes: readonly Change[]) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  failOver(): void {
    const { random } = this.world;
    this.world.note(`${this.name} loses its primary, and ${this.log.length} writes with it`);
    for (const { changes, before } of this.log.splice(0).reverse())
      changes.forEach((change, i) => this.replace({ ...change, document: before[i] }));
    this.downUntil = this.world.now + random.between(...ELECTION_MS);
    this.skewMs += random.between(-2_000, 2_000);
    const lost = this.waiting;
    this.waiting = [];
    for (const { reply } of lost) reply.fail(new Unavailable(`${this.name} (lost its primary)`));
  }

  private replace(change: Change): void {
    const { collection, id, document } = change;
    const before = this.primary.of(collection).get(id);
    if (before) for (const key of this.uniqueKeys(collection, before)) this.unique.delete(key);
    this.primary.apply(change);
    if (document) for (const key of this.uniqueKeys(collection, document)) this.unique.set(key, id);
  }

  private replicate(upTo: number): void {
    const changes: Change[] = [];
    while (this.log[0] && this.log[0].number <= upTo) changes.push(...this.log.shift()!.changes);
    if (changes.length === 0) return;
    for (const change of changes) this.majority.apply(change);
    this.durableUpTo = Math.max(this.durableUpTo, upTo);
    const reached = this.waiting.filter(({ number }) => number <= upTo);
    this.waiting = this.waiting.filter(({ number }) => number > upTo);
    for (const { reply, value } of reached) reply.answer(value);
    for (const listener of this.listeners) listener(changes);
  }
}
