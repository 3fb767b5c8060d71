import { BatchFold, type Folded, Gap } from './batch-fold.js';
import { type Obstacle, obstacleOf, type Retryable, type RowChanges } from './dead-letters.js';
import { RowRefused } from './errors.js';
import type { RecordedEvent } from './events.js';
import { report, type SubscriberTools, withoutGaps } from './observed.js';
import type { ProjectionStore } from './ports.js';
import type { Projection } from './projection.js';
import { followsStream, type Incoming, versionsBefore } from './subscription.js';

/** One member of a service's subscription: a projection, a policy, a process. Its `projection` says what it follows; one that only acts has no rows. */
export interface Subscriber extends Retryable {
  readonly name: string;
  /** Keeps a read model and does nothing else: it may be handed a batch while others have it. */
  readonly isReadModel?: true;
  /** Called with the events of one partition batch. Rejecting makes the whole batch come again. */
  apply(partition: string, events: readonly Incoming[]): Promise<void>;
}

export type { SubscriberTools };

/** A batch of more events is one of many, which are likely all new, or all known. */
const FEW = 20;

/**
 * Keeps one read model up to date (G6): each event of a stream exactly once and in order, or its stream is parked and visible.
 * Duplicates are dropped and gaps found by the version marks of the stream; offsets and positions are no proof of anything here.
 */
export class Projector<Row extends object> implements Subscriber {
  readonly name: string;
  readonly isReadModel = true;
  private readonly folding: BatchFold<Row>;
  /**
   * Whether all of the last batch was new: then the next is written on the chance that it is too. Else, as at a start, the marks are looked at before a large batch, so that what is known is
   * neither read nor folded.
   */
  private inStride = false;

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
    const byChance = this.inStride || mine.length <= FEW;
    if (!byChance || !(await this.follows(partition, mine))) await this.writeFresh(partition, mine);
  }

  /** Writes a batch on the chance that it follows what is there, as it does but for a gap; false if not. */
  private async follows(partition: string, events: readonly Incoming[]): Promise<boolean> {
    try {
      await this.write(partition, events);
      return true;
    } catch (error) {
      if (error instanceof Gap) return false;
      throw error;
    }
  }

  /** Looks at the marks first. Should another generation serve before the write, its marks may not fit: then the batch comes again. */
  private async writeFresh(partition: string, events: readonly Incoming[]): Promise<void> {
    const marks = await this.store.marks(this.projection, [...new Set(events.map((event) => event.streamId))]);
    const fresh = await withoutGaps(this.projection.name, events, marks, this.tools);
    if (fresh.length > 0) await this.write(partition, fresh);
    this.inStride = fresh.length === events.length;
  }

  /**
   * One write for the whole batch; what the marks know by then is dropped. Where the store refuses a row of it, the halves are written one after the other, and their halves, until
   * the event is found that the row came of: that one is parked, all others are applied. Throws Gap.
   */
  private async write(partition: string, events: readonly Incoming[], refused: Obstacle | null = null): Promise<void> {
    const placed = events.map((event) => this.folding.place(event));
    const after = versionsBefore(events);
    const rows = refused === null ? [...new Set(placed.flatMap((event) => event.rows ?? []))] : [];
    try {
      let written: Folded<Row> | null = null as Folded<Row> | null;
      await this.store.transact(this.projection, { partition, streams: [...after.keys()], rows, after }, (state) => (written = this.folding.fold(placed, state, refused)));
      this.inStride = written !== null && written.applied + written.parked.length === events.length;
      if (written) await report(this.projection.name, written.applied, written.parked, this.tools);
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
