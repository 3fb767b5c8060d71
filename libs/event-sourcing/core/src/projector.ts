import { isOutage, isParked, letterOf, type Obstacle, obstacleOf, QUEUED, type Retryable, type RowChanges, sourcePartition } from './dead-letters.js';
import type { EventRegistry, RecordedEvent } from './events.js';
import { report, withoutGaps } from './observed.js';
import type { AuditLog, BatchState, BatchWrite, Clock, DeadLetter, Feeds, Logger, Marks, Metrics, ProjectionStore } from './ports.js';
import type { Projection } from './projection.js';
import { followsStream, type Incoming, incomingOfCommit, NO_MARKS } from './subscription.js';

/** One member of a service's subscription: a projection, a policy, a process. Its `projection` says what it follows; one that only acts has no rows. */
export interface Subscriber extends Retryable {
  readonly name: string;
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

/**
 * Keeps one read model up to date (G6): each event of a stream exactly once and in order, or its stream is parked and visible.
 * Duplicates are dropped and gaps found by the version marks of the stream; offsets and positions are no proof of anything here.
 */
export class Projector<Row extends object> implements Subscriber {
  readonly name: string;

  constructor(
    readonly projection: Projection<Row>,
    private readonly store: ProjectionStore,
    private readonly tools: SubscriberTools,
  ) {
    this.name = projection.name;
  }

  async apply(partition: string, events: readonly Incoming[]): Promise<void> {
    const mine = events.filter((event) => followsStream(this.projection.follows, event));
    if (mine.length === 0) return;
    const streams = [...new Set(mine.map((event) => event.streamId))];
    const marks = await this.store.marks(this.projection, streams);
    const fresh = await withoutGaps(this.projection.name, mine, marks, this.tools);
    if (fresh.length === 0) return;
    const touched = fresh.map((event) => this.touches(event));
    let parked: readonly DeadLetter[] = [];
    await this.store.transact(
      this.projection,
      { partition, streams: [...new Set(fresh.map((event) => event.streamId))], rows: [...new Set(touched.flatMap((rows) => rows ?? []))] },
      (state) => {
        const write = this.foldBatch(fresh, touched, state);
        ({ parked } = write);
        return write;
      },
    );
    await report(this.projection.name, fresh.length - parked.length, parked, this.tools);
  }

  /**
   * Builds a new generation beside the serving one from the owners' feeds and switches to it. What was appended meanwhile is replayed once more
   * after the switch: the marks of the new generation drop what it has, and the live subscription goes on from there.
   */
  async rebuild(progress: (done: number, total: number) => void): Promise<void> {
    const { store, promote, discard } = await this.store.newGeneration(this.projection);
    try {
      await replay(new Projector(this.projection, store, this.tools), this.tools, progress);
      await promote();
    } catch (error) {
      await discard();
      throw error;
    }
    await replay(this, this.tools);
  }

  /** What a retry of a parked event does to the rows. */
  async reapply(event: RecordedEvent): Promise<RowChanges> {
    const rows = this.projection.rowsOf(event);
    return { rows, fold: (before) => new Map(rows.map((id) => [id, this.projection.fold((before.get(id) as Row | undefined) ?? null, event, id)] as const)) };
  }

  /** Null when the event cannot be read or placed: the fold will park it. */
  private touches(incoming: Incoming): readonly string[] | null {
    try {
      return this.tools.registry.knows(incoming.type) ? this.projection.rowsOf(incoming.read()) : [];
    } catch {
      return null;
    }
  }

  private foldBatch(fresh: readonly Incoming[], touched: readonly (readonly string[] | null)[], state: BatchState<Row>): BatchWrite<Row> {
    const marks = new Map<string, Marks>();
    const rows = new Map<string, Row | null>();
    const parked: DeadLetter[] = [];
    const parkedAt = this.tools.clock.now().toISOString();
    fresh.forEach((incoming, i) => {
      const mark = marks.get(incoming.streamId) ?? state.marks.get(incoming.streamId) ?? NO_MARKS;
      if (incoming.version <= mark.accepted) return; // another member of the group was faster
      // A new generation was promoted since the marks were read: the batch comes again and is checked against its marks.
      if (incoming.version > mark.accepted + 1) throw new Error(`${incoming.streamId}: version ${incoming.version} does not follow ${mark.accepted}`);
      const obstacle = isParked(mark) ? QUEUED : this.foldOne(incoming, touched[i]!, rows, state.rows);
      if (obstacle === null) marks.set(incoming.streamId, { accepted: incoming.version, applied: incoming.version });
      else {
        marks.set(incoming.streamId, { accepted: incoming.version, applied: mark.applied });
        parked.push(letterOf(this.name, incoming, obstacle, parkedAt));
      }
    });
    return { marks, rows, parked };
  }

  /** Folds one event into the rows of the batch; returns why it could not. */
  private foldOne(incoming: Incoming, touched: readonly string[] | null, rows: Map<string, Row | null>, before: ReadonlyMap<string, Row>): Obstacle | null {
    try {
      if (touched === null) this.projection.rowsOf(incoming.read());
      const folded = (touched ?? []).map((id) => {
        const row = rows.has(id) ? rows.get(id)! : (before.get(id) ?? null);
        return [id, this.projection.fold(row, incoming.read(), id)] as const;
      });
      for (const [id, row] of folded) rows.set(id, row);
      return null;
    } catch (error) {
      if (isOutage(error)) throw error;
      return obstacleOf(error);
    }
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
