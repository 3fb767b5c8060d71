import { partitionOf } from './cloudevents.js';
import type { EventRegistry } from './events.js';
import type { Feeds } from './ports.js';
import type { AnyProjection } from './projection.js';
import { followsStream, type Incoming, incomingOfCommit } from './subscription.js';

/** Which rows and streams a pass looks at: each belongs to exactly one of `of`. */
export interface Share {
  readonly nth: number;
  readonly of: number;
}

export const inShare = (id: string, { nth, of }: Share): boolean => partitionOf(id, of) === nth;

export interface Expected {
  /** Null: the events deleted it. */
  row: object | null;
  /** The streams whose events touched it. */
  readonly streams: Set<string>;
}

export interface RecomputationTools {
  readonly feeds: Feeds;
  readonly registry: EventRegistry;
  /** What of the log the read model does not have, for a known reason: queued from a version on, or discarded. */
  readonly applied: ReadonlyMap<string, number>;
  readonly discarded: ReadonlyMap<string, ReadonlySet<number>>;
  readonly random: () => number;
}

const FEED_BATCH = 500;
/** Events held before they are folded. */
const CHUNK = 10_000;

/**
 * What one share of the rows of a projection must be, by the owners' logs alone: a plain fold, without marks, batches, repair of gaps or dead letters.
 * The events of each stream come in their order, those of different streams in a random one, so that a fold which depends on it gives itself away.
 */
export class Recomputation {
  readonly rows = new Map<string, Expected>();
  /** Last version of every stream that is followed. */
  readonly heads = new Map<string, number>();
  /** Where a stream could not be folded on, and why. */
  readonly unfoldable = new Map<string, { readonly version: number; readonly cause: string }>();
  events = 0;
  private readonly positions = new Map<string, number>();

  constructor(
    private readonly projection: AnyProjection,
    private readonly share: Share,
    private readonly tools: RecomputationTools,
  ) {}

  /** Folds what the logs have gained since the last call. `signal` ends it early, by throwing. */
  async readOn(progress: (commits: number) => void = () => undefined, signal?: AbortSignal): Promise<void> {
    for (const service of new Set(this.projection.follows.map((contract) => contract.service))) {
      const end = await this.tools.feeds.lastPosition(service);
      let waiting: Incoming[] = [];
      for (let position = this.positions.get(service) ?? 0; position < end; ) {
        signal?.throwIfAborted();
        const commits = await this.tools.feeds.after(service, position, FEED_BATCH);
        if (commits.length === 0) break;
        for (const commit of commits) waiting.push(...incomingOfCommit(service, commit, this.tools.registry).filter((event) => this.follow(event)));
        position = commits[commits.length - 1]!.position;
        this.positions.set(service, position);
        if (waiting.length >= CHUNK) waiting = this.fold(waiting);
        progress(commits.length);
      }
      this.fold(waiting);
    }
  }

  /** Up to which version of a stream the rows are folded. */
  foldedTo(streamId: string): number {
    const head = this.heads.get(streamId) ?? 0;
    const stuck = this.unfoldable.get(streamId);
    return Math.min(head, this.tools.applied.get(streamId) ?? head, stuck ? stuck.version - 1 : head);
  }

  private follow(event: Incoming): boolean {
    if (!followsStream(this.projection.follows, event)) return false;
    const before = this.heads.get(event.streamId) ?? 0;
    if (event.version !== before + 1) throw new Error(`the log of ${event.service} is not whole: version ${event.version} of ${event.streamId} comes after ${before}`);
    this.heads.set(event.streamId, event.version);
    this.events += 1;
    return event.version <= (this.tools.applied.get(event.streamId) ?? event.version) && !this.tools.discarded.get(event.streamId)?.has(event.version);
  }

  private fold(events: readonly Incoming[]): Incoming[] {
    const streams = [...Map.groupBy(events, (event) => event.streamId).values()];
    for (let left = streams.length; left > 0; left--) {
      const at = Math.floor(this.tools.random() * left);
      for (const event of streams[at]!) this.foldOne(event);
      streams[at] = streams[left - 1]!;
    }
    return [];
  }

  private foldOne(incoming: Incoming): void {
    const { streamId, version, type } = incoming;
    if (!this.tools.registry.knows(type) || this.unfoldable.has(streamId)) return;
    try {
      const event = incoming.read();
      for (const id of this.projection.rowsOf(event)) {
        if (!inShare(id, this.share)) continue;
        const expected = this.rows.get(id) ?? { row: null, streams: new Set() };
        expected.row = this.projection.fold(expected.row, event, id) as object | null;
        expected.streams.add(streamId);
        this.rows.set(id, expected);
      }
    } catch (error) {
      this.unfoldable.set(streamId, { version, cause: String(error).slice(0, 500) });
    }
  }
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
