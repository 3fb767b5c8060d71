import { BatchFold, Gap, type Placed } from './batch-fold.js';
import { type Obstacle, obstacleOf, sourcePartition } from './dead-letters.js';
import { RowRefused } from './errors.js';
import type { SequencedCommit } from './events.js';
import { isEnough, type KeptMarks, type KeptRow, MOST_MARKS, mostRows, trim } from './feed-memory.js';
import type { BehindStream, BuiltRow, BuiltWrite, Claim, Generations, RebuildProgress } from './generations.js';
import { PAGE } from './log-pages.js';
import type { DeadLetter, Failpoint, Marks } from './ports.js';
import type { Projection } from './projection.js';
import type { SubscriberTools } from './projector.js';
import { followsStream, gapless, type Incoming, incomingOfCommit, servicesOf } from './subscription.js';

type Positions = Readonly<Record<string, number>>;

const LONGEST_DIRTY_MS = 8_000;

/**
 * Feeds a generation that does not serve from the owners' logs. It has one writer, the holder of the claim; so rows are folded in memory, over many pages,
 * and written in bulk when they are finished for now. Each write holds rows, marks, dead letters and positions: a crash loses what was folded since, and the next
 * holder begins at the positions. While everything is in memory one write may be under way beside the folding: nothing is read from the store then, so nobody misses it,
 * and where it fails all memory is given up, back to the positions of the last that did not.
 */
export class GenerationFeed {
  private readonly folding: BatchFold<object>;
  private readonly rows = new Map<string, KeptRow>();
  private readonly marks = new Map<string, KeptMarks>();
  private dirtyRows: string[] = [];
  private dirtyMarks: string[] = [];
  private parked: DeadLetter[] = [];
  /** Whatever the generation has is in memory: what is not is not there either. */
  private complete: boolean;
  private flushedAt: number;
  private flushed: Positions;
  /** The write that is under way beside the folding, or that failed so and was not waited for yet. */
  private beside: { readonly write: Promise<void>; hasFailed: boolean } | null = null;

  constructor(
    private readonly projection: Projection,
    private readonly claim: Claim,
    private readonly generations: Generations,
    private readonly tools: SubscriberTools & { readonly failpoint: Failpoint },
  ) {
    this.folding = new BatchFold(projection, tools);
    this.flushed = claim.positions;
    this.complete = claim.isEmpty;
    this.flushedAt = this.now();
  }

  /** Positions up to which everything is written. */
  get positions(): Positions {
    return this.flushed;
  }

  get isDue(): boolean {
    const isMuch = isEnough({ rows: this.rows, dirtyRows: this.dirtyRows, dirtyMarks: this.dirtyMarks }, this.claim.room);
    return isMuch || (this.beside ? this.beside.hasFailed : this.now() - this.flushedAt >= LONGEST_DIRTY_MS);
  }

  /** Folds a page of a log in memory. */
  takeCommits(service: string, commits: readonly SequencedCommit[]): Promise<void> {
    return this.take(commits.flatMap((commit) => this.followed(service, commit)));
  }

  /** Folds the next page of a log and moves `positions` behind it; begins to write where much has come together. */
  async takePage(positions: Record<string, number>, { service, commits }: { service: string; commits: readonly SequencedCommit[] }, noted: () => RebuildProgress): Promise<void> {
    await this.takeCommits(service, commits);
    positions[service] = commits[commits.length - 1]!.position;
    if (this.isDue) await this.flushBeside({ ...positions }, noted());
  }

  /** Folds what is missing of single streams and writes it. Answers where the streams end in the logs. */
  async fill(streams: readonly BehindStream[], progress: RebuildProgress): Promise<ReadonlyMap<string, number>> {
    const heads = new Map<string, number>();
    for (const { streamId, accepted } of streams) {
      heads.set(streamId, accepted);
      for (const service of servicesOf(this.projection, streamId)) {
        const commits = await this.tools.feeds.stream(service, streamId, accepted);
        const last = commits.at(-1);
        if (last) heads.set(streamId, last.expectedVersion + last.events.length);
        await this.writeApart(commits.flatMap((commit) => this.followed(service, commit)), progress);
      }
    }
    return heads;
  }

  /** Writes what was folded. Throws RowRefused; then the memory is empty again, and the positions are those of before. */
  async flush(positions: Positions, progress: RebuildProgress): Promise<void> {
    const write = this.pending(positions);
    this.isBeingWritten();
    try {
      await this.generations.checkpoint(this.projection, this.claim, write, progress);
      this.flushed = positions;
      await this.tools.failpoint('rebuild-checkpoint');
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Like `flush`; where the store refuses a row, the commits since the last flush are folded and written apart, and what the row came of is parked. */
  async flushOrPark(positions: Positions, progress: RebuildProgress): Promise<void> {
    await this.settle(positions, progress);
    await this.orPark(this.flush(positions, progress), positions, progress);
  }

  /** Like `flushOrPark`, and does not wait for the end, where folding can go on: the next flush does. `isDue` tells at once when it has failed. */
  async flushBeside(positions: Positions, progress: RebuildProgress): Promise<void> {
    await this.settle(positions, progress);
    const beside = { write: this.flush(positions, progress), hasFailed: false };
    if (!this.complete) return this.orPark(beside.write, positions, progress);
    this.beside = beside;
    const ended = (): void => void (this.beside === beside && (this.beside = null));
    beside.write.then(ended, () => (beside.hasFailed = true));
  }

  /** Resolves when no write is under way, whatever became of it. */
  async ended(): Promise<void> {
    await this.beside?.write.catch(() => undefined);
    this.beside = null;
  }

  private async settle(positions: Positions, progress: RebuildProgress): Promise<void> {
    const { beside } = this;
    this.beside = null;
    if (beside) await this.orPark(beside.write, positions, progress);
  }

  /** What is to be written to come to `positions`. */
  pending(positions: Positions): BuiltWrite {
    const rows = this.dirtyRows.flatMap((id): [string, BuiltRow][] => {
      const { row, partitions, stored } = this.rows.get(id)!;
      return row === null && !stored ? [] : [[id, { row, partitions: [...partitions], isNew: !stored }]];
    });
    const marks = this.dirtyMarks.map((id) => {
      const { accepted, applied, stored } = this.marks.get(id)!;
      return [id, { accepted, applied, isNew: !stored }] as const;
    });
    return { rows: new Map(rows), marks: new Map(marks), parked: this.parked, positions };
  }

  /** Empties the memory: what was not written is folded again. */
  forget(): void {
    this.rows.clear();
    this.marks.clear();
    this.noneDirty();
    this.complete = false;
  }

  private async orPark(writing: Promise<void>, positions: Positions, progress: RebuildProgress): Promise<void> {
    try {
      await writing;
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      for (const [service, end] of Object.entries(positions)) await this.feedApart(service, end, progress);
      await this.flush(positions, progress);
    }
  }

  private async feedApart(service: string, end: number, progress: RebuildProgress): Promise<void> {
    for (let position = this.flushed[service] ?? 0; position < end; ) {
      const commits = await this.tools.feeds.after(service, position, PAGE);
      if (commits.length === 0) return;
      await this.writeApart(commits.flatMap((commit) => this.followed(service, commit)), progress);
      position = commits[commits.length - 1]!.position;
    }
  }

  /**
   * Folds and writes events in ever smaller parts, until those whose row the store refuses stand alone: they are parked.
   * Live batches do the same (see Projector.write).
   */
  private async writeApart(events: readonly Incoming[], progress: RebuildProgress, refused: Obstacle | null = null): Promise<void> {
    try {
      await this.take(events, refused);
      await this.flush(this.flushed, progress);
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      if (events.length <= 1) return this.writeApart(events, progress, obstacleOf(error));
      const middle = Math.ceil(events.length / 2);
      await this.writeApart(events.slice(0, middle), progress);
      await this.writeApart(events.slice(middle), progress);
    }
  }

  private followed(service: string, commit: SequencedCommit): Incoming[] {
    const events = incomingOfCommit(service, commit, this.tools.registry);
    return events.length > 0 && followsStream(this.projection.follows, events[0]!) ? events : [];
  }

  private async take(events: readonly Incoming[], refused: Obstacle | null = null): Promise<void> {
    if (events.length === 0) return;
    if (!this.complete) await this.load([...new Set(events.map((event) => event.streamId))], []);
    try {
      await this.foldIn(events, refused);
    } catch (error) {
      if (!(error instanceof Gap)) throw error;
      // The generation that served before may lack events of before the switch.
      await this.foldIn(await gapless(events, this.marks, this.tools, () => undefined), refused);
    }
  }

  private async foldIn(events: readonly Incoming[], refused: Obstacle | null): Promise<void> {
    const placed = events.map((event) => this.folding.place(event));
    if (!this.complete) await this.load([], [...new Set(placed.flatMap((event) => event.rows ?? []))]);
    const before = { marks: this.marks, rows: { get: (id: string) => this.rows.get(id)?.row ?? undefined } };
    const { rows, marks, parked } = this.folding.fold(placed, before, refused);
    for (const [id, row] of rows) this.keepRow(id, row);
    for (const [streamId, mark] of marks) this.keepMark(streamId, mark);
    this.parked.push(...parked);
    if (this.projection.mirrored) this.keepPartitions(placed);
  }

  private keepRow(id: string, row: object | null): void {
    const kept = this.rows.get(id) ?? { row, partitions: new Set<string>(), stored: false, isDirty: false };
    if (!kept.isDirty) {
      kept.isDirty = true;
      this.rows.set(id, kept);
      this.dirtyRows.push(id);
    }
    kept.row = row;
  }

  private keepMark(streamId: string, { accepted, applied }: Marks): void {
    const kept = this.marks.get(streamId) ?? { accepted, applied, stored: false, isDirty: false };
    if (!kept.isDirty) {
      kept.isDirty = true;
      this.marks.set(streamId, kept);
      this.dirtyMarks.push(streamId);
    }
    kept.accepted = accepted;
    kept.applied = applied;
  }

  private keepPartitions(events: readonly Placed[]): void {
    for (const { incoming, rows } of events) for (const id of rows ?? []) this.rows.get(id)?.partitions.add(sourcePartition(incoming.service, incoming.read().partitionKey));
  }

  private async load(streams: readonly string[], rows: readonly string[]): Promise<void> {
    const keys = { streams: streams.filter((id) => !this.marks.has(id)), rows: rows.filter((id) => !this.rows.has(id)) };
    if (keys.streams.length + keys.rows.length === 0) return;
    const found = await this.generations.read(this.projection, this.claim, keys);
    for (const id of keys.streams) this.marks.set(id, { ...(found.marks.get(id) ?? { accepted: 0, applied: 0 }), stored: found.marks.has(id), isDirty: false });
    for (const id of keys.rows) {
      const row = found.rows.get(id);
      this.rows.set(id, { row: row?.row ?? null, partitions: new Set(row?.partitions), stored: row !== undefined, isDirty: false });
    }
  }

  /** From here on what is folded belongs to the next write. A write that fails empties the memory, so that what is said here of it is never believed. */
  private isBeingWritten(): void {
    for (const id of this.dirtyRows) {
      const kept = this.rows.get(id)!;
      kept.stored = kept.row !== null;
      kept.isDirty = false;
      this.rows.delete(id); // to the end of the order: the last to be let go
      this.rows.set(id, kept);
    }
    for (const id of this.dirtyMarks) Object.assign(this.marks.get(id)!, { stored: true, isDirty: false });
    this.flushedAt = this.now();
    this.letGo();
    this.noneDirty();
  }

  private noneDirty(): void {
    this.dirtyRows = [];
    this.dirtyMarks = [];
    this.parked = [];
  }

  /** Keeps memory within its bounds. */
  private letGo(): void {
    const most = mostRows(this.rows, this.dirtyRows);
    this.complete &&= this.rows.size <= most && this.marks.size <= MOST_MARKS;
    trim(this.rows, most);
    trim(this.marks, MOST_MARKS);
  }

  private now(): number {
    return this.tools.clock.now().getTime();
  }
}
