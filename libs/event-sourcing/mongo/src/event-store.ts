import {
  Batcher,
  type Clock,
  type Commit,
  CommitAppender,
  CommitsAtHand,
  countedAppend,
  type EventStore,
  KnownEnds,
  type Logger,
  type Metrics,
  type NewCommit,
  type SequencedCommit,
} from '@keyfold/event-sourcing';
import { type Connection, mongo } from 'mongoose';
import { type CommitToAppend, MongoCommits, toAppend } from './commits.js';
import { commitOf } from './commit-bytes.js';
import { checkIndexes, type CommitDocument, COMMITS, LARGEST_COMMIT, textOf, toCommit, toDocument } from './commit-document.js';
import { lastCommitsBefore } from './commit-ends.js';
import { databaseOf, MAJORITY, READ_MS, within } from './connection.js';
import { leasesOf } from './lease-document.js';
import { Wakeups } from './wakeups.js';

export interface MongoEventStoreTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** Largest commit in bytes; 15 MB at most and unless told. */
  readonly maxCommitBytes?: number;
  /** How long an append tries to find out what became of it, in ms; 5 s unless told. */
  readonly appendDeadlineMs?: number;
}

/** What is asked of a stream. */
interface Part {
  readonly streamId: string;
  readonly afterVersion: number;
}

interface Tail {
  readonly streamId: string;
  readonly limit: number;
}

const KNOWN_STREAMS = 100_000;
/** A page of the feed ends after about so many bytes, whatever its limit. */
const FEED_BYTES = 8_000_000;

const read = { readConcern: MAJORITY, maxTimeMS: READ_MS };

const endOf = (commit: Commit): number => commit.expectedVersion + commit.events.length;

/**
 * The log of one service in its own MongoDB database, on the driver's collections. Appends of one process share an insert (group commit);
 * positions come later, from the Sequencer of the leading process. Every read is a majority read: nothing is seen that could be rolled back.
 */
export class MongoEventStore implements EventStore {
  readonly db: mongo.Db;
  readonly wakeups: Wakeups;
  /** Filled by the sequencer of this process. */
  readonly justNumbered = new CommitsAtHand<CommitDocument & { readonly position: number }>({ commitOf: (document) => toCommit(document) as SequencedCommit, textOf });
  private readonly commits: mongo.Collection<CommitDocument>;
  private readonly ends = new KnownEnds(KNOWN_STREAMS);
  private readonly clock: Clock;
  private readonly metrics: Metrics | undefined;
  private readonly maxCommitBytes: number;
  private readonly appends: Batcher<readonly CommitToAppend[], undefined>;
  private readonly lookups: Batcher<string, Commit | null>;
  private readonly loads: Batcher<Part, Commit[]>;
  private readonly tails: Batcher<Tail, Commit[]>;
  private readonly heads: Batcher<string, number>;
  private dense = 0;
  private wokenAt = -1;

  constructor(
    connection: Connection,
    readonly service: string,
    tools: MongoEventStoreTools,
  ) {
    this.db = databaseOf(connection);
    this.clock = tools.clock;
    this.metrics = tools.metrics;
    this.commits = this.db.collection(COMMITS);
    this.wakeups = new Wakeups(this.db, service, tools.clock, tools.log);
    this.maxCommitBytes = Math.min(tools.maxCommitBytes ?? LARGEST_COMMIT, LARGEST_COMMIT);
    const appender = new CommitAppender(new MongoCommits(this.db, tools.clock), this.ends, tools.clock, tools.appendDeadlineMs ?? 5_000);
    // One write per stream and batch: the second of two was decided on the first, which may still fail.
    const exclusiveBy = (commits: readonly CommitToAppend[]): string[] => commits.map(({ streamId }) => streamId);
    this.appends = new Batcher({ name: 'append', run: (batch) => this.insert(appender, batch), maxBatch: 256, maxWaiting: 5_000, exclusiveBy });
    this.lookups = new Batcher({ name: 'find command', run: (ids) => this.findCommands(ids), maxBatch: 500, maxWaiting: 10_000 });
    // Streams that are loaded at the same time share a query: an import loads thousands, and a query of its own costs each ten times as much.
    this.loads = new Batcher({ name: 'load', run: (parts) => this.loadParts(parts), maxBatch: 100, maxWaiting: 10_000 });
    this.tails = new Batcher({ name: 'load the end', run: (tails) => this.loadTails(tails), maxBatch: 100, maxWaiting: 10_000 });
    this.heads = new Batcher({ name: 'head', run: (streams) => this.headsOf(streams), maxBatch: 200, maxWaiting: 10_000 });
  }

  /** Refuses to work on a database without the indexes that the guarantees rest on. Call it before the service takes commands. */
  checkIndexes(): Promise<void> {
    return this.ask(checkIndexes(this.db));
  }

  async append(...commits: readonly NewCommit[]): Promise<void> {
    await countedAppend(this.metrics, this.service, commits.length, () => this.appends.add(commits.map((commit) => toAppend(toDocument(commit, this.maxCommitBytes)))));
    // The answer to the command leaves before the sequencer asks for what there is.
    setImmediate(() => this.wakeups.wasAppended());
  }

  private insert(appender: CommitAppender<CommitToAppend>, batch: readonly (readonly CommitToAppend[])[]): Promise<(Error | undefined)[]> {
    this.metrics?.count('event_store_append_batches_total', { service: this.service });
    return appender.append(batch);
  }

  async load(streamId: string, afterVersion = 0): Promise<Commit[]> {
    const commits = await this.loads.add({ streamId, afterVersion });
    if (afterVersion > 0 && commits[0]?.expectedVersion !== afterVersion) {
      const before = await this.lastCommit({ streamId, expectedVersion: { $lt: afterVersion } });
      if (before && endOf(before) > afterVersion) commits.unshift(before); // the version lies inside a commit
    }
    return this.seen(streamId, commits);
  }

  async tail(streamId: string, limit: number): Promise<Commit[]> {
    return this.seen(streamId, await this.tails.add({ streamId, limit }));
  }

  private seen(streamId: string, commits: Commit[]): Commit[] {
    const last = commits[commits.length - 1];
    if (last) this.ends.add(streamId, endOf(last));
    return commits;
  }

  head(streamId: string): Promise<number> {
    return this.heads.add(streamId);
  }

  findCommand(commandId: string): Promise<Commit | null> {
    return this.lookups.add(commandId);
  }

  async feed(position: number, limit: number): Promise<SequencedCommit[]> {
    const cursor = this.whole({ position: { $gt: position } }, { sort: { position: 1 }, limit, batchSize: limit });
    const page: SequencedCommit[] = [];
    const collect = async (): Promise<SequencedCommit[]> => {
      let bytes = 0;
      for await (const first of cursor)
        // What has come with it is there at once, and need not be awaited one by one.
        for (const document of [first, ...cursor.readBufferedDocuments()]) {
          const commit = commitOf(document);
          // The numbers of a batch do not appear in their order: behind a hole a lower one may still come.
          if (commit.position !== position + page.length + 1) return page;
          page.push(commit as SequencedCommit);
          bytes += document.length;
          if (bytes > FEED_BYTES) return page;
        }
      return page;
    };
    return this.ask(collect());
  }

  atHand(position: number, limit: number): readonly SequencedCommit[] {
    return this.justNumbered.after(position, limit);
  }

  async lastPosition(): Promise<number> {
    const lease = await this.ask(leasesOf(this.db).findOne({ _id: this.service }, { ...read, projection: { numbered: 1 } }));
    this.dense = Math.max(this.dense, lease?.numbered ?? 0);
    const beyond = this.commits.find({ position: { $gt: this.dense } }, { ...read, sort: { position: 1 }, projection: { _id: 0, position: 1 } });
    const walk = async (): Promise<number> => {
      let last = this.dense;
      for await (const { position } of beyond) if (position === last + 1) last += 1;
        else break;
      return last;
    };
    this.dense = Math.max(this.dense, await this.ask(walk()));
    return this.dense;
  }

  async streamsOf(partitionKey: string, streamPrefix: string): Promise<string[]> {
    const named = { $gte: `${streamPrefix}-`, $lt: `${streamPrefix}.` }; // '.' follows '-'
    const streams = await this.ask(this.commits.distinct('streamId', { partitionKey, expectedVersion: 0, streamId: named }, read));
    return streams.sort();
  }

  async changed(position: number, ms: number, signal?: AbortSignal): Promise<void> {
    const { numbered, numberedUpTo } = this.wakeups;
    const missed = numberedUpTo > position;
    if (missed && this.wokenAt !== position) {
      this.wokenAt = position;
      return;
    }
    // Woken twice at one position: something holds the reader back that another look will not change.
    await numbered.wait(numbered.rings, this.clock, missed ? Math.min(ms, 50) : ms, signal);
  }

  /** Stops listening to the database; the connection stays with its owner. */
  close(): Promise<void> {
    return this.wakeups.close();
  }

  private async loadParts(parts: readonly Part[]): Promise<Commit[][]> {
    const whole = new Set(parts.filter(({ afterVersion }) => afterVersion === 0).map(({ streamId }) => streamId));
    const tails = parts.filter(({ streamId }) => !whole.has(streamId)).map(({ streamId, afterVersion }) => ({ streamId, expectedVersion: { $gte: afterVersion } }));
    const clauses = [...(whole.size > 0 ? [{ streamId: { $in: [...whole] } }] : []), ...tails];
    const filter = clauses.length === 1 ? clauses[0]! : { $or: clauses };
    const found = await this.ask(this.whole(filter, { sort: { streamId: 1, expectedVersion: 1 }, batchSize: 1_000 }).toArray());
    const streams = Map.groupBy(found.map(commitOf), (commit) => commit.streamId);
    return parts.map(({ streamId, afterVersion }) => (streams.get(streamId) ?? []).filter((commit) => commit.expectedVersion >= afterVersion));
  }

  /** One index scan each, in one request. */
  private async loadTails(tails: readonly Tail[]): Promise<Commit[][]> {
    const limits = new Map<string, number>();
    for (const { streamId, limit } of tails) limits.set(streamId, Math.max(limit, limits.get(streamId) ?? 0));
    const [first, ...others] = [...limits].map(([streamId, limit]) => [{ $match: { streamId } }, { $sort: { streamId: -1, expectedVersion: -1 } }, { $limit: limit }] as const);
    const together = [...first!, ...others.map((pipeline) => ({ $unionWith: { coll: COMMITS, pipeline: [...pipeline] } }))];
    const cursor = this.commits.aggregate(together, { ...read, raw: true, batchSize: 1_000 }) as mongo.AggregationCursor<unknown> as mongo.AggregationCursor<Buffer>;
    const streams = Map.groupBy((await this.ask(cursor.toArray())).map(commitOf), (commit) => commit.streamId);
    return tails.map(({ streamId, limit }) => (streams.get(streamId) ?? []).slice(0, limit).reverse());
  }

  private async headsOf(streamIds: readonly string[]): Promise<number[]> {
    const distinct = [...new Set(streamIds)].map((streamId) => ({ streamId, version: Number.MAX_SAFE_INTEGER }));
    const last = new Map((await this.ask(lastCommitsBefore(this.db, distinct))).map(({ streamId, toVersion }) => [streamId, toVersion]));
    return streamIds.map((streamId) => last.get(streamId) ?? 0);
  }

  private async findCommands(ids: readonly string[]): Promise<(Commit | null)[]> {
    const found = await this.ask(this.whole({ commandId: { $in: [...ids] } }).toArray());
    const commits = new Map(found.map(commitOf).map((commit) => [commit.commandId, commit]));
    return ids.map((id) => commits.get(id) ?? null);
  }

  private async lastCommit(filter: mongo.Filter<CommitDocument>): Promise<Commit | null> {
    const [last] = await this.ask(this.whole(filter, { sort: { streamId: -1, expectedVersion: -1 }, limit: 1 }).toArray());
    return last ? commitOf(last) : null;
  }

  /** Documents of commits as they come from the server, for commitOf. */
  private whole(filter: mongo.Filter<CommitDocument>, options: mongo.FindOptions = {}): mongo.FindCursor<Buffer> {
    return this.commits.find(filter, { ...read, ...options, raw: true }) as mongo.FindCursor<unknown> as mongo.FindCursor<Buffer>;
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.clock, 'the event store', READ_MS, work);
  }
}
