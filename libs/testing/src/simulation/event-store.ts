import {
  Batcher,
  Bell,
  type Commit,
  CommitAppender,
  type CommitCollection,
  type CommitKeys,
  type EventStore,
  type InsertOutcome,
  isStreamOf,
  KnownEnds,
  type LastCommit,
  type NewCommit,
  type NewCommitKeys,
  type SequencedCommit,
  type StreamVersion,
  Unavailable,
} from '@keyfold/event-sourcing';
import type { Reply, SimulatedProcess } from './process.js';
import type { SimulatedServer } from './server.js';

export const COMMITS = 'commits';
export const LEASES = 'leases';

/** A commit as the simulated server keeps it. */
export interface StoredCommit extends NewCommitKeys {
  readonly commit: NewCommit;
  readonly position: number | null;
  readonly recordedAt: Date | null;
}

export const uniqueKeysOf = (collection: string, document: object): string[] => {
  if (collection !== COMMITS) return [];
  const { commandId, streamId, expectedVersion, position } = document as StoredCommit;
  return [`command ${commandId}`, `place ${expectedVersion}@${streamId}`, ...(position === null ? [] : [`position ${position}`])];
};

const STORE = 'the event store';
const READ_MS = 5_000;
const ATTEMPT_MS = 2_000;
const APPEND_DEADLINE_MS = 5_000;
const KNOWN_STREAMS = 3;
/** A page of the feed is small, so that a short run has many. */
const LARGEST_PAGE = 12;

/** The log of one service on a simulated server, for one process: the core's own append path, with the reads that an adapter has to bring. */
export class SimulatedEventStore implements EventStore, CommitCollection<StoredCommit> {
  /** Rings when something was appended, or numbered, as far as this process hears of it. */
  readonly appended = new Bell();
  readonly numbered = new Bell();
  /** What the sequencer of this process numbered last, for the relay beside it. */
  justNumbered: readonly SequencedCommit[] = [];
  private readonly ends = new KnownEnds(KNOWN_STREAMS);
  private readonly appends: Batcher<readonly StoredCommit[], undefined>;

  constructor(
    readonly service: string,
    readonly server: SimulatedServer,
    readonly process: SimulatedProcess,
  ) {
    const appender = new CommitAppender(this, this.ends, process.clock, APPEND_DEADLINE_MS);
    this.appends = new Batcher({
      name: 'append',
      run: (batch) => appender.append(batch),
      maxBatch: 16,
      maxWaiting: 500,
      exclusiveBy: (commits) => commits.map(({ streamId }) => streamId),
    });
    process.onCrash(
      server.listen((changes) => {
        if (process.world.random.chance(0.3)) return; // a wake-up may get lost: whoever waits looks for himself from time to time
        const hears = changes.filter((change) => change.collection === COMMITS).map((change) => change.document as StoredCommit);
        if (hears.length === 0) return;
        process.deliver(1, '', () => {
          if (hears.some((commit) => commit.position === null)) this.appended.ring();
          if (hears.some((commit) => commit.position !== null)) this.numbered.ring();
        });
      }),
    );
  }

  async append(...commits: readonly NewCommit[]): Promise<void> {
    await this.appends.add(commits.map(toStored));
    this.appended.ring();
  }

  async load(streamId: string, afterVersion = 0): Promise<Commit[]> {
    return this.seen(await this.read(`load ${streamId}`, () => this.stream(streamId).filter((commit) => commit.toVersion > afterVersion)));
  }

  async tail(streamId: string, limit: number): Promise<Commit[]> {
    return this.seen(await this.read(`tail of ${streamId}`, () => this.stream(streamId).slice(-limit)));
  }

  private seen(commits: readonly StoredCommit[]): Commit[] {
    const last = commits[commits.length - 1];
    if (last) this.ends.add(last.streamId, last.toVersion);
    return commits.map(toCommit);
  }

  head(streamId: string): Promise<number> {
    return this.read(`head ${streamId}`, () => this.stream(streamId).at(-1)?.toVersion ?? 0);
  }

  findCommand(commandId: string): Promise<Commit | null> {
    return this.read(`find command ${commandId}`, () => {
      const found = this.all().find((commit) => commit.commandId === commandId);
      return found ? toCommit(found) : null;
    });
  }

  feed(position: number, limit: number): Promise<SequencedCommit[]> {
    const most = Math.min(limit, 1 + this.process.world.random.int(LARGEST_PAGE));
    return this.read(`feed ${this.service} after ${position}`, () => dense(this.all(), position).slice(0, most));
  }

  atHand(position: number, limit: number): readonly SequencedCommit[] {
    const beyond = this.justNumbered.filter((commit) => commit.position > position);
    return beyond[0]?.position === position + 1 ? beyond.slice(0, limit) : [];
  }

  lastPosition(): Promise<number> {
    return this.read(`last position of ${this.service}`, () => dense(this.all(), 0).length);
  }

  streamsOf(partitionKey: string, streamPrefix: string): Promise<string[]> {
    return this.read(`streams of ${partitionKey}`, () => {
      const first = this.all().filter(({ commit, expectedVersion }) => expectedVersion === 0 && commit.partitionKey === partitionKey);
      return first
        .map(({ streamId }) => streamId)
        .filter((streamId) => isStreamOf({ streamPrefix }, streamId))
        .sort();
    });
  }

  changed(_position: number, ms: number, signal?: AbortSignal): Promise<void> {
    return this.numbered.wait(this.numbered.rings, this.process.clock, ms, signal);
  }

  async insert(commits: readonly StoredCommit[], inOrder: boolean): Promise<readonly InsertOutcome[]> {
    try {
      return await this.ask(`insert ${commits.map(keysOf).join(inOrder ? ', then ' : ', ')}`, ATTEMPT_MS, (reply) => {
        const outcomes: InsertOutcome[] = [];
        let number = 0;
        for (const commit of commits) {
          const isBehind = inOrder && outcomes.some((outcome) => outcome !== 'stored');
          const isNew = !isBehind && this.server.accepts(COMMITS, commit.commitId, commit);
          outcomes.push(isNew ? 'stored' : isBehind ? 'unknown' : 'duplicate');
          if (isNew) number = this.server.write([{ collection: COMMITS, id: commit.commitId, document: commit }]);
        }
        this.server.whenDurable(number, reply, outcomes);
      });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return commits.map(() => 'unknown');
    }
  }

  readBack(commits: readonly CommitKeys[]): Promise<CommitKeys[]> {
    const shares = (a: CommitKeys, b: CommitKeys): boolean =>
      a.commitId === b.commitId || a.commandId === b.commandId || (a.streamId === b.streamId && a.expectedVersion === b.expectedVersion);
    return this.read('read back', () => this.all().filter((stored) => commits.some((commit) => shares(stored, commit))));
  }

  lastCommitsBefore(pairs: readonly StreamVersion[]): Promise<LastCommit[]> {
    return this.read('commit ends', () =>
      pairs.flatMap(({ streamId, version }) => {
        const last = this.stream(streamId)
          .filter((commit) => commit.expectedVersion < version)
          .at(-1);
        return last ? [{ streamId, version, toVersion: last.toVersion, sequenced: last.position !== null }] : [];
      }),
    );
  }

  /** A majority read. */
  private read<T>(what: string, answer: () => T): Promise<T> {
    return this.ask(what, READ_MS, (reply) => reply.answer(answer()));
  }

  private ask<T>(what: string, deadlineMs: number, work: (reply: Reply<T>) => void): Promise<T> {
    return this.process.request<T>(`${STORE}: ${what}`, deadlineMs, (reply) => this.server.serve(reply, () => work(reply)));
  }

  private all(): StoredCommit[] {
    return [...this.server.durable<StoredCommit>(COMMITS).values()];
  }

  private stream(streamId: string): StoredCommit[] {
    return this.all()
      .filter((commit) => commit.streamId === streamId)
      .sort((a, b) => a.expectedVersion - b.expectedVersion);
  }
}

const toStored = (commit: NewCommit): StoredCommit => ({
  commitId: commit.commitId,
  commandId: commit.commandId,
  streamId: commit.streamId,
  expectedVersion: commit.expectedVersion,
  toVersion: commit.expectedVersion + commit.events.length,
  commit,
  position: null,
  recordedAt: null,
});

const keysOf = ({ streamId, expectedVersion, toVersion }: NewCommitKeys): string => `${streamId}@${expectedVersion}-${toVersion}`;

export const toCommit = ({ commit, position, recordedAt }: StoredCommit): Commit => ({
  ...commit,
  position,
  recordedAt: recordedAt?.toISOString() ?? null,
});

/** Every reader of positions stops at the first hole: a lower one may still come. */
function dense(commits: readonly StoredCommit[], after: number): SequencedCommit[] {
  const beyond = commits.filter(({ position }) => position !== null && position > after).sort((a, b) => a.position! - b.position!);
  return beyond.filter(({ position }, i) => position === after + i + 1).map((stored) => toCommit(stored) as SequencedCommit);
}
