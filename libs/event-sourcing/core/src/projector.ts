import { BatchFold } from './batch-fold.js';
import { partitionOf } from './cloudevents.js';
import { RowRefused } from './errors.js';
import { topicOf, type EventRegistry, type RecordedEvent } from './events.js';
import type { AuditLog, Clock, DeadLetter, Feeds, Logger, Metrics, ProjectionStore } from './ports.js';
import type { AnyProjection, Projection } from './projection.js';
import { followsStream, gapless, type Incoming, incomingOfCommit, NO_MARKS } from './subscription.js';

/** One member of a service's subscription: a projection, a policy, a process. */
export interface Subscriber {
  readonly name: string;
  /** What it follows, and under which name its marks are kept; one that only acts has no rows. */
  readonly projection: AnyProjection;
  /** Called with the events of one partition batch. Rejecting makes the whole batch come again. */
  apply(partition: string, events: readonly Incoming[]): Promise<void>;
}

export interface SubscriberTools {
  readonly registry: EventRegistry;
  readonly feeds: Feeds;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
  readonly audit?: AuditLog;
}

const REPLAY_BATCH = 500;
const RETRY_BATCH = 1_000;

/**
 * Keeps one read model up to date (G6): each event of a stream exactly once and in order, or its stream is parked and visible.
 * Duplicates are dropped and gaps found by the version marks of the stream; offsets and positions are no proof of anything here.
 */
export class Projector<Row extends object> implements Subscriber {
  readonly name: string;
  private readonly folding: BatchFold<Row>;

  constructor(
    readonly projection: Projection<Row>,
    private readonly store: ProjectionStore,
    private readonly tools: SubscriberTools,
  ) {
    this.name = projection.name;
    this.folding = new BatchFold(projection, tools);
  }

  async apply(partition: string, events: readonly Incoming[]): Promise<void> {
    const mine = events.filter((event) => followsStream(this.projection.follows, event));
    if (mine.length === 0) return;
    const streams = [...new Set(mine.map((event) => event.streamId))];
    const marks = await this.store.marks(this.projection, streams);
    const fresh = await gapless(mine, marks, this.tools, (streamId, after) =>
      this.tools.log.warn('gap in a stream, repairing it from the feed', { projection: this.name, streamId, after }),
    );
    if (fresh.length > 0) await this.write(partition, fresh);
  }

  /**
   * One write for the whole batch. Where the store refuses a row of it, the halves are written one after the other, and their halves, until
   * the event is found that the row came of: that one is parked, all others are applied.
   */
  private async write(partition: string, events: readonly Incoming[], refused: string | null = null): Promise<void> {
    const placed = events.map((event) => this.folding.place(event));
    const streams = [...new Set(events.map((event) => event.streamId))];
    const rows = refused === null ? [...new Set(placed.flatMap((event) => event.rows ?? []))] : [];
    try {
      await this.store.transact(this.projection, { partition, streams, rows }, (state) => this.folding.fold(placed, state, refused));
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      if (events.length === 1) return this.write(partition, events, String(error));
      const middle = Math.ceil(events.length / 2);
      await this.write(partition, events.slice(0, middle));
      await this.write(partition, events.slice(middle));
    }
  }

  /** Applies the dead letters of a stream again, head first, up to the first that still fails. `cause` says why, null when none is left. */
  async retryDeadLetters(streamId: string): Promise<{ applied: number; left: number; cause: string | null }> {
    let applied = 0;
    for (;;) {
      const letters = await this.store.deadLetters(this.projection, { streamId, limit: RETRY_BATCH });
      if (letters.length === 0) return { applied, left: 0, cause: null };
      for (const letter of letters)
        try {
          if (await this.retry(letter)) applied += 1;
        } catch (error) {
          return { applied, left: (await this.store.deadLetters(this.projection, { streamId, limit: RETRY_BATCH })).length, cause: String(error) };
        }
    }
  }

  /** False when the row has the event already: a crash came between the row and the removal of the letter. */
  private async retry(letter: DeadLetter): Promise<boolean> {
    const { streamId, version } = letter;
    const event = await this.reread(letter);
    const rows = this.tools.registry.knows(event.type) ? this.projection.rowsOf(event) : [];
    let isNew = true;
    // Under the partition that it came from: mirrors of the view are refreshed by partition.
    const partition = sourcePartition(event.service, event.partitionKey);
    await this.store.transact(this.projection, { partition, streams: [streamId], rows }, (state) => {
      const marks = state.marks.get(streamId) ?? NO_MARKS;
      isNew = version > marks.applied;
      if (!isNew) return { marks: new Map(), rows: new Map(), parked: [] };
      if (version !== marks.applied + 1) throw new Error(`version ${marks.applied + 1} of ${streamId} must come first`);
      const folded = new Map(rows.map((id) => [id, this.projection.fold(state.rows.get(id) ?? null, event, id)] as const));
      return { marks: new Map([[streamId, { accepted: marks.accepted, applied: version }]]), rows: folded, parked: [] };
    });
    await this.store.removeDeadLetters(this.projection, streamId, version);
    return isNew;
  }

  /** From the owner's log: the letter may hold the event as an older process understood it. */
  private async reread(letter: DeadLetter): Promise<RecordedEvent> {
    const service = this.projection.follows.find((contract) => letter.streamId.startsWith(`${contract.streamPrefix}-`))!.service;
    const commits = await this.tools.feeds.stream(service, letter.streamId, letter.version - 1);
    const incoming = commits.flatMap((commit) => incomingOfCommit(service, commit, this.tools.registry)).find((event) => event.version === letter.version);
    if (!incoming) throw new Error(`${letter.streamId} version ${letter.version} is not in the feed`);
    return incoming.read();
  }
}

/** Where an event is on its topic, whichever way it comes: `<topic>/<partition>`. */
export const sourcePartition = (service: string, key: string): string => `${topicOf(service)}/${partitionOf(key)}`;

/**
 * Replays the logs of the followed services from their owners' feeds, up to where they stood at the call. Resumable and repeatable: the marks drop what is known.
 */
export async function replay(
  subscriber: Subscriber,
  tools: Pick<SubscriberTools, 'feeds' | 'registry'>,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  for (const service of new Set(subscriber.projection.follows.map((contract) => contract.service))) {
    const total = await tools.feeds.lastPosition(service);
    for (let position = 0; position < total; ) {
      const commits = await tools.feeds.after(service, position, REPLAY_BATCH);
      if (commits.length === 0) break;
      const partitions = Map.groupBy(commits, (commit) => sourcePartition(service, commit.partitionKey));
      for (const [partition, own] of partitions)
        await subscriber.apply(
          partition,
          own.flatMap((commit) => incomingOfCommit(service, commit, tools.registry)),
        );
      position = commits[commits.length - 1]!.position;
      progress(position, total);
    }
  }
}
