import { sourcePartition } from './dead-letters.js';
import { isStreamOf, type SequencedCommit } from './events.js';
import type { Clock, Feeds, ProjectionStore } from './ports.js';
import { type AnyProjection, projection } from './projection.js';
import { NO_MARKS } from './subscription.js';

/** How far a projection is behind the logs that it follows. */
export interface Lag {
  readonly projection: string;
  /** Events in the logs that were neither applied nor parked. */
  readonly events: number;
  /** False while the log is longer than one look reaches: then there are at most so many. */
  readonly exact: boolean;
  /** Seconds since the oldest of them was recorded; null when there is none. */
  readonly oldestSeconds: number | null;
  readonly deadLetters: number;
}

interface Behind {
  events: number;
  exact: boolean;
  oldest: SequencedCommit | null;
}

const PAGE = 500;
/** Pages of one log that one look reads. */
const PAGES = 40;
/** Progress that is worth a write. */
const WORTH_KEEPING = 500;

/** Where the looks have got to, to be prepared before the first. It follows nothing: it is kept where the marks are because it belongs to them. */
export const LAG_WATCH = projection<{ id: string; position: number }>({ name: 'lag-watch', version: 1, follows: [], rowsOf: () => [], fold: () => null, durable: true });

/** The position of a log up to which, at some look, every subscriber of the service had handled it. */
export const handledUpTo = async (store: ProjectionStore, service: string): Promise<number> => (await store.view(LAG_WATCH).get(service))?.position ?? 0;

/**
 * Measures lag cheaply and without trust in maximum positions. Each look reads the logs from the position up to which all was handled at the look before.
 * A projection handles the events of one partition in order (G5, G7), so the newest commit of a partition that its mark covers answers for all before it: in the usual case
 * a look is one query of at most 24 marks per projection. Only where that one is not covered are the commits of the partition counted one by one.
 * The position is kept, so that a backlog from before a restart is seen.
 */
export class LagWatch {
  private readonly handled = new Map<string, number>();
  private readonly kept = new Map<string, number>();

  constructor(
    private readonly projections: readonly AnyProjection[],
    private readonly tools: { store: ProjectionStore; feeds: Feeds; clock: Clock },
  ) {}

  /** Throws Unavailable. */
  async look(): Promise<Lag[]> {
    const behind = new Map<AnyProjection, Behind>(this.projections.map((followed) => [followed, { events: 0, exact: true, oldest: null }]));
    for (const service of new Set(this.projections.flatMap(({ follows }) => follows.map((contract) => contract.service)))) await this.lookAt(service, behind);
    const now = this.tools.clock.now().getTime();
    return Promise.all(
      [...behind].map(async ([followed, { events, exact, oldest }]) => ({
        projection: followed.name,
        events,
        exact,
        oldestSeconds: oldest && Math.max(0, (now - Date.parse(oldest.recordedAt)) / 1_000),
        deadLetters: await this.tools.store.countDeadLetters(followed),
      })),
    );
  }

  private async lookAt(service: string, behind: ReadonlyMap<AnyProjection, Behind>): Promise<void> {
    const from = this.handled.get(service) ?? (await handledUpTo(this.tools.store, service));
    const end = await this.tools.feeds.lastPosition(service);
    const commits: SequencedCommit[] = [];
    let position = from;
    for (let page = 0; page < PAGES && position < end; page++) {
      const read = await this.tools.feeds.after(service, position, PAGE);
      if (read.length === 0) break;
      commits.push(...read);
      position = read[read.length - 1]!.position;
    }
    let handled = position;
    for (const [followed, sum] of behind) {
      const first = await this.count(followed, service, commits, sum);
      if (first) handled = Math.min(handled, first.position - 1);
      if (position < end && followed.follows.some((contract) => contract.service === service)) {
        sum.events += end - position;
        sum.exact = false;
      }
    }
    this.handled.set(service, handled);
    await this.keep(service, handled);
  }

  /** Adds what is unhandled of the commits; returns the first of it. */
  private async count(followed: AnyProjection, service: string, commits: readonly SequencedCommit[], sum: Behind): Promise<SequencedCommit | null> {
    const contracts = followed.follows.filter((contract) => contract.service === service);
    const mine = commits.filter(({ streamId }) => contracts.some((contract) => isStreamOf(contract, streamId)));
    const partitions = Map.groupBy(mine, ({ partitionKey }) => sourcePartition(service, partitionKey));
    const newest = await this.unhandled(followed, [...partitions.values()].map((own) => own[own.length - 1]!));
    const late = newest.flatMap(({ commit }) => partitions.get(sourcePartition(service, commit.partitionKey))!);
    let first: SequencedCommit | null = null;
    for (const { commit, events } of await this.unhandled(followed, late)) {
      sum.events += events;
      if (!sum.oldest || commit.recordedAt < sum.oldest.recordedAt) sum.oldest = commit;
      if (!first || commit.position < first.position) first = commit;
    }
    return first;
  }

  private async unhandled(followed: AnyProjection, commits: readonly SequencedCommit[]): Promise<{ commit: SequencedCommit; events: number }[]> {
    if (commits.length === 0) return [];
    const marks = await this.tools.store.marks(followed, [...new Set(commits.map(({ streamId }) => streamId))]);
    return commits.flatMap((commit) => {
      const { accepted } = marks.get(commit.streamId) ?? NO_MARKS;
      const events = commit.expectedVersion + commit.events.length - Math.max(accepted, commit.expectedVersion);
      return events > 0 ? [{ commit, events }] : [];
    });
  }

  private async keep(service: string, position: number): Promise<void> {
    if (position < (this.kept.get(service) ?? 0) + WORTH_KEEPING) return;
    const write = { marks: new Map(), rows: new Map([[service, { id: service, position }]]), parked: [] };
    await this.tools.store.transact(LAG_WATCH, { partition: service, streams: [], rows: [service] }, () => write);
    this.kept.set(service, position);
  }
}
