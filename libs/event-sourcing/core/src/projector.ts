import { BatchFold } from './batch-fold.js';
import { type Obstacle, obstacleOf, type Retryable, type RowChanges, sourcePartition } from './dead-letters.js';
import { RowRefused } from './errors.js';
import type { RecordedEvent } from './events.js';
import { report, type SubscriberTools, withoutGaps } from './observed.js';
import type { DeadLetter, ProjectionStore } from './ports.js';
import type { Projection } from './projection.js';
import { followsStream, type Incoming, incomingOfCommit } from './subscription.js';

/** One member of a service's subscription: a projection, a policy, a process. Its `projection` says what it follows; one that only acts has no rows. */
export interface Subscriber extends Retryable {
  readonly name: string;
  /** Called with the events of one partition batch. Rejecting makes the whole batch come again. */
  apply(partition: string, events: readonly Incoming[]): Promise<void>;
}

export type { SubscriberTools };

const REPLAY_BATCH = 500;

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
    const fresh = await withoutGaps(this.projection.name, mine, marks, this.tools);
    if (fresh.length > 0) await this.write(partition, fresh);
  }

  /**
   * One write for the whole batch. Where the store refuses a row of it, the halves are written one after the other, and their halves, until
   * the event is found that the row came of: that one is parked, all others are applied.
   */
  private async write(partition: string, events: readonly Incoming[], refused: Obstacle | null = null): Promise<void> {
    const placed = events.map((event) => this.folding.place(event));
    const streams = [...new Set(events.map((event) => event.streamId))];
    const rows = refused === null ? [...new Set(placed.flatMap((event) => event.rows ?? []))] : [];
    try {
      let parked: readonly DeadLetter[] = [];
      await this.store.transact(this.projection, { partition, streams, rows }, (state) => {
        const write = this.folding.fold(placed, state, refused);
        ({ parked } = write);
        return write;
      });
      await report(this.projection.name, events.length - parked.length, parked, this.tools);
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      if (events.length === 1) return this.write(partition, events, obstacleOf(error));
      const middle = Math.ceil(events.length / 2);
      await this.write(partition, events.slice(0, middle));
      await this.write(partition, events.slice(middle));
    }
  }

  /** What a retry of a parked event does to the rows. */
  async reapply(event: RecordedEvent): Promise<RowChanges> {
    const rows = this.projection.rowsOf(event);
    return { rows, fold: (before) => new Map(rows.map((id) => [id, this.projection.fold((before.get(id) as Row | undefined) ?? null, event, id)] as const)) };
  }
}

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
