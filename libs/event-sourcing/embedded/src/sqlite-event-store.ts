import type { DatabaseSync } from 'node:sqlite';
import {
  Batcher,
  Bell,
  type Clock,
  type Commit,
  CommandAlreadyAppended,
  CommitsAtHand,
  CommitTooLarge,
  countedAppend,
  type EventStore,
  EventTooLarge,
  LARGEST_EVENT,
  type Metrics,
  type NewCommit,
  type SequencedCommit,
  Unavailable,
  WrongExpectedVersion,
} from '@keyfold/event-sourcing';
import { type DatabaseFormat, inTransaction } from './database.js';

/**
 * One row = one commit. `body` is the commit as JSON; the other columns are what it is found by.
 * With WAL and synchronous=FULL the append returns after the log is on the disk: an acknowledged commit survives a crash of the process and of the machine (G2).
 */
export const EVENT_LOG: DatabaseFormat = {
  version: 1,
  synchronous: 'FULL',
  schema: `
    CREATE TABLE commits (
      position INTEGER PRIMARY KEY,
      recorded_at TEXT NOT NULL,
      stream_id TEXT NOT NULL,
      from_version INTEGER NOT NULL,
      to_version INTEGER NOT NULL,
      partition_key TEXT NOT NULL,
      command_id TEXT NOT NULL UNIQUE,
      body TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX commits_by_stream ON commits (stream_id, from_version);
    CREATE INDEX commits_by_partition_key ON commits (partition_key, stream_id);`,
};

interface CommitRow {
  readonly position: number;
  readonly recorded_at: string;
  readonly body: string;
}

interface Place {
  readonly position: number;
  readonly recordedAt: string;
}

interface Draft {
  readonly commit: NewCommit;
  readonly body: string;
}

type Numbered = Draft & Place;

export interface SqliteEventStoreOptions {
  readonly clock: Clock;
  readonly metrics?: Metrics;
  /** Bytes that the events of one commit may have as JSON. */
  readonly maxCommitBytes?: number;
}

/** A page of the feed ends behind about so many characters, whatever its limit. */
const FEED_TEXT = 8_000_000;

/** The log of one service in one SQLite file. This process is the only writer, so a commit gets its position and log time in the append itself. */
export class SqliteEventStore implements EventStore {
  private last: Place;
  private readonly justNumbered = new CommitsAtHand<Numbered>({ commitOf: ({ commit, position, recordedAt }) => ({ ...commit, position, recordedAt }), textOf: ({ body }) => body.length });
  private readonly appended = new Bell();
  private readonly clock: Clock;
  private readonly metrics: Metrics | undefined;
  private readonly maxCommitBytes: number;
  private readonly batcher: Batcher<readonly Draft[], void>;
  private readonly sql;

  constructor(
    readonly service: string,
    private readonly database: DatabaseSync,
    { clock, metrics, maxCommitBytes = 4_000_000 }: SqliteEventStoreOptions,
  ) {
    this.clock = clock;
    this.metrics = metrics;
    this.maxCommitBytes = maxCommitBytes;
    this.sql = statements(database);
    const row = this.sql.last.get() as unknown as CommitRow | undefined;
    this.last = { position: row?.position ?? 0, recordedAt: row?.recorded_at ?? '' };
    this.batcher = new Batcher({ name: `${service} event log`, maxBatch: 500, maxWaiting: 10_000, run: (drafts) => this.appendAll(drafts) });
  }

  async append(...commits: readonly NewCommit[]): Promise<void> {
    const drafts = commits.map((commit) => this.draft(commit));
    await countedAppend(this.metrics, this.service, drafts.length, () => this.batcher.add(drafts));
  }

  private draft(commit: NewCommit): Draft {
    const body = JSON.stringify(commit);
    const bytes = Buffer.byteLength(body);
    if (bytes > LARGEST_EVENT) refuseLargeEvents(commit);
    if (bytes > this.maxCommitBytes) throw new CommitTooLarge(bytes, this.maxCommitBytes);
    return { commit, body };
  }

  /** Group commit: one transaction, one sync to the disk; each write is judged on its own, after those before it. */
  private appendAll(writes: readonly (readonly Draft[])[]): Promise<readonly (void | Error)[]> {
    let { last } = this;
    const numbered: Numbered[] = [];
    this.metrics?.count('event_store_append_batches_total', { service: this.service });
    /** Up to the first that is refused. */
    const write = (drafts: readonly Draft[]): Error | undefined => {
      for (const { commit, body } of drafts) {
        const refusal = this.refusal(commit);
        if (refusal) return refusal;
        last = this.next(last);
        numbered.push({ commit, body, ...last });
        const toVersion = commit.expectedVersion + commit.events.length;
        this.sql.insert.run(last.position, last.recordedAt, commit.streamId, commit.expectedVersion, toVersion, commit.partitionKey, commit.commandId, body);
      }
      return undefined;
    };
    try {
      const results = inTransaction(this.database, () => writes.map(write));
      this.last = last;
      if (numbered.length > 0) this.justNumbered.put(numbered);
      this.appended.ring();
      return Promise.resolve(results);
    } catch (cause) {
      // Rolled back as a whole, so nothing of it is stored and the positions are free again.
      return Promise.reject(new Unavailable(`${this.service} event log`, { cause }));
    }
  }

  private refusal(commit: NewCommit): Error | null {
    if (this.sql.byCommand.get(commit.commandId)) return new CommandAlreadyAppended(commit.commandId);
    return this.headOf(commit.streamId) === commit.expectedVersion ? null : new WrongExpectedVersion(commit.streamId, commit.expectedVersion);
  }

  /** Dense positions; a log time that does not go back, whatever the machine's clock does. */
  private next(last: Place): Place {
    const now = this.clock.now().toISOString();
    return { position: last.position + 1, recordedAt: now > last.recordedAt ? now : last.recordedAt };
  }

  private headOf(streamId: string): number {
    return (this.sql.head.get(streamId) as { to_version: number } | undefined)?.to_version ?? 0;
  }

  async load(streamId: string, afterVersion = 0): Promise<Commit[]> {
    return this.sql.load.all(streamId, afterVersion).map(commitOf);
  }

  async tail(streamId: string, limit: number): Promise<Commit[]> {
    return this.sql.tail.all(streamId, limit).map(commitOf).reverse();
  }

  async head(streamId: string): Promise<number> {
    return this.headOf(streamId);
  }

  async findCommand(commandId: string): Promise<Commit | null> {
    const row = this.sql.byCommand.get(commandId);
    return row ? commitOf(row) : null;
  }

  async feed(position: number, limit: number): Promise<SequencedCommit[]> {
    const page: SequencedCommit[] = [];
    let text = 0;
    for (const row of this.sql.feed.iterate(position, limit) as Iterable<unknown> as Iterable<CommitRow>) {
      page.push(commitOf(row));
      text += row.body.length;
      if (text > FEED_TEXT) break;
    }
    return page;
  }

  atHand(position: number, limit: number): readonly SequencedCommit[] {
    return this.justNumbered.after(position, limit);
  }

  async lastPosition(): Promise<number> {
    return this.last.position;
  }

  /** '.' is the character after '-': the range holds every name that begins with the prefix and a dash. */
  async streamsOf(partitionKey: string, streamPrefix: string): Promise<string[]> {
    return this.sql.streams.all(partitionKey, `${streamPrefix}-`, `${streamPrefix}.`).map((row) => String(row['stream_id']));
  }

  async changed(position: number, ms: number, signal?: AbortSignal): Promise<void> {
    if (this.last.position <= position) await this.appended.wait(this.appended.rings, this.clock, ms, signal);
  }
}

const statements = (database: DatabaseSync) => ({
  last: database.prepare('SELECT position, recorded_at FROM commits ORDER BY position DESC LIMIT 1'),
  insert: database.prepare('INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
  head: database.prepare('SELECT to_version FROM commits WHERE stream_id = ? ORDER BY from_version DESC LIMIT 1'),
  byCommand: database.prepare('SELECT position, recorded_at, body FROM commits WHERE command_id = ?'),
  load: database.prepare('SELECT position, recorded_at, body FROM commits WHERE stream_id = ? AND to_version > ? ORDER BY from_version'),
  tail: database.prepare('SELECT position, recorded_at, body FROM commits WHERE stream_id = ? ORDER BY from_version DESC LIMIT ?'),
  feed: database.prepare('SELECT position, recorded_at, body FROM commits WHERE position > ? ORDER BY position LIMIT ?'),
  streams: database.prepare('SELECT DISTINCT stream_id FROM commits WHERE partition_key = ? AND stream_id > ? AND stream_id < ? ORDER BY stream_id'),
});

function refuseLargeEvents({ events }: NewCommit): void {
  for (const { type, data } of events) {
    const bytes = Buffer.byteLength(JSON.stringify(data));
    if (bytes > LARGEST_EVENT) throw new EventTooLarge(type, bytes, LARGEST_EVENT);
  }
}

function commitOf(row: unknown): SequencedCommit {
  const { position, recorded_at, body } = row as CommitRow;
  return { ...(JSON.parse(body) as NewCommit), position, recordedAt: recorded_at };
}
