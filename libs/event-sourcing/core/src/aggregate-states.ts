import type { Decider } from './decider.js';
import { type Commit, type DomainEvent, type EventRegistry, type Fact, streamOf } from './events.js';
import type { EventStore } from './ports.js';
import type { Snapshots, Standing } from './snapshots.js';
import { StateCache, weigh } from './state-cache.js';

export interface Loaded<State> {
  readonly state: State;
  readonly version: number;
  readonly partitionKey: string | null;
}

/** A state as the cache holds it. */
export interface Held<State> extends Loaded<State> {
  /** The last commit folded in; null for a stream that has none, or no snapshots. */
  readonly tip: Standing<State>['tip'] | null;
  readonly bytes: number;
  /** Version at which the bytes were estimated last. */
  readonly weighedAt: number;
  /** Version up to which there is a snapshot, or need not be one. */
  readonly snapshotAt: number;
}

/** Events between two snapshots of a stream, and more where the state is large: a snapshot costs at most this many bytes per event. */
const SNAPSHOT_EVERY = 25;
const SNAPSHOT_BYTES_PER_EVENT = 1_024;

/** States of streams: folded from the log, or from a snapshot on; those used last are cached, within so many bytes by estimate. */
export class AggregateStates {
  private readonly cache: StateCache<Held<unknown>>;

  constructor(
    private readonly store: EventStore,
    private readonly registry: EventRegistry,
    private readonly snapshots: Snapshots | null,
    cacheBytes: number,
  ) {
    this.cache = new StateCache(cacheBytes);
  }

  /** Whether `held` would answer without asking the log, so that the state may be an old one. */
  isCached(streamId: string): boolean {
    return this.cache.has(streamId);
  }

  forget(streamId: string): void {
    this.cache.delete(streamId);
  }

  /** As the cache has it, which an append validates; or else from the log. */
  async held<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string): Promise<Held<State>> {
    const known = this.cache.get(streamId) as Held<State> | undefined;
    if (known) return known;
    const fresh = await this.loadCold(decider, streamId);
    this.remember(decider, streamId, fresh);
    return fresh;
  }

  /** As `Aggregates.load`. */
  async load<State, E extends DomainEvent>(decider: Decider<State, E>, id: string, atLeast: number): Promise<Loaded<State>> {
    const streamId = streamOf(decider.contract, id);
    const held = this.cache.get(streamId) as Held<State> | undefined;
    if (held && held.version >= atLeast) return held;
    if (held) {
      const head = await this.store.head(streamId);
      const known = this.cache.get(streamId) as Held<State> | undefined;
      if (known && known.version >= head) return known;
      this.cache.delete(streamId);
    }
    return this.held(decider, streamId);
  }

  /** Of a stream that nobody can have written to. */
  beginning<State, E extends DomainEvent>(decider: Decider<State, E>, id: string): Loaded<State> {
    const nothing = beginningOf(decider);
    this.remember(decider, streamOf(decider.contract, id), nothing);
    return nothing;
  }

  fold<State, E extends DomainEvent>(decider: Decider<State, E>, from: Held<State>, commits: readonly Commit[]): Held<State> {
    let { state, version } = from;
    for (const commit of commits)
      for (const event of commit.events) {
        version += 1;
        const data = this.registry.upcast(event.type, event.schemaVersion, event.data);
        state = decider.evolve(state, { type: event.type, data, version, occurredAt: event.occurredAt, supersedes: event.supersedes ?? [] } as unknown as Fact<E>);
      }
    const last = decider.snapshotVersion === undefined ? undefined : commits.at(-1);
    const tip = last ? { commitId: last.commitId, expectedVersion: last.expectedVersion } : from.tip;
    // Weighing walks through the whole state: as it grows, less often.
    const grown = version - from.weighedAt > from.weighedAt / 4;
    const bytes = grown ? weigh(state).bytes : from.bytes;
    return { state, version, partitionKey: from.partitionKey ?? commits[0]?.partitionKey ?? null, tip, bytes, weighedAt: grown ? version : from.weighedAt, snapshotAt: from.snapshotAt };
  }

  remember<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string, held: Held<State>): void {
    const { state, version, tip, bytes, snapshotAt } = held;
    const due = decider.snapshotVersion !== undefined && version - snapshotAt >= Math.max(SNAPSHOT_EVERY, bytes / SNAPSHOT_BYTES_PER_EVENT);
    if (due && tip && weigh(state).plain) this.snapshots?.offer(decider, streamId, { state, version, tip });
    this.cache.set(streamId, due ? { ...held, snapshotAt: version } : held);
  }

  private async loadCold<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string): Promise<Held<State>> {
    if (!this.snapshots || decider.snapshotVersion === undefined) return this.fold(decider, beginningOf(decider), await this.store.load(streamId));
    const { start, beyond } = await this.snapshots.startOf(decider, streamId);
    return this.fold(decider, start ? { ...start, bytes: 0, weighedAt: 0, snapshotAt: start.version } : beginningOf(decider), beyond);
  }
}

const beginningOf = <State, E extends DomainEvent>({ initial }: Decider<State, E>): Held<State> => ({ state: initial, version: 0, partitionKey: null, tip: null, bytes: 0, weighedAt: 0, snapshotAt: 0 });
