import { CommandAlreadyAppended, Unavailable, WrongExpectedVersion } from './errors.js';
import type { KnownEnds } from './known-ends.js';
import type { Clock } from './ports.js';

/** What makes a commit unique, three times over: its id, its command, its place in its stream. */
export interface CommitKeys {
  readonly commitId: string;
  readonly commandId: string;
  readonly streamId: string;
  readonly expectedVersion: number;
}

export interface NewCommitKeys extends CommitKeys {
  readonly toVersion: number;
}

export interface StreamVersion {
  readonly streamId: string;
  readonly version: number;
}

/** The last commit of a stream that starts before `version`. */
export interface LastCommit extends StreamVersion {
  readonly toVersion: number;
  readonly sequenced: boolean;
}

/** What one insert said about one commit. A duplicate key error names only one of the indexes that it hit, so what it means is read back. */
export type InsertOutcome = 'stored' | 'duplicate' | 'unknown' | Error;

/**
 * Where commits are kept, with a unique index each on commitId, commandId and {streamId, expectedVersion}. Its calls throw Unavailable when there was no answer in time,
 * and whatever they read is durable for ever (a majority read).
 */
export interface CommitCollection<C extends NewCommitKeys> {
  /** Stores each commit or not, whatever becomes of the others. `stored` means durable; `unknown` that it may be there, now or later. An outcome per commit, in order. */
  insert(commits: readonly C[]): Promise<readonly InsertOutcome[]>;
  /** The commits that share a key with one of these. */
  readBack(commits: readonly CommitKeys[]): Promise<readonly CommitKeys[]>;
  /** For each pair the last commit of the stream that starts before the version. Pairs without one are left out. */
  lastCommitsBefore(pairs: readonly StreamVersion[]): Promise<readonly LastCommit[]>;
}

const STORE = 'the event store';
const FIRST_BACK_OFF_MS = 10;
const LONGEST_BACK_OFF_MS = 250;

/**
 * Inserts the commits of one group commit and finds out, for each alone, what became of it.
 *
 * Why one insert proves that the expected version was the head: a commit is sent only when a commit that ends at its expected version has been read with majority
 * (or the expected version is 0), which stays true for ever; and the unique index {streamId, expectedVersion} lets each commit have one successor. So the commits of a
 * stream form one chain. A version inside a commit is no commit's end and is refused; a version before the head has its successor already and collides.
 */
export class CommitAppender<C extends NewCommitKeys> {
  constructor(
    private readonly collection: CommitCollection<C>,
    private readonly ends: KnownEnds,
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {}

  /** At most one commit per stream. A result per commit: nothing, or why it was not stored. */
  async append(commits: readonly C[]): Promise<(Error | undefined)[]> {
    const until = this.clock.now().getTime() + this.deadlineMs;
    const verdicts = new Map<C, Error | undefined>();
    let cause: unknown;
    for (let attempt = 0, open = commits; open.length > 0; attempt++) {
      if (attempt > 0) await this.clock.wait(Math.min(FIRST_BACK_OFF_MS * 2 ** attempt, LONGEST_BACK_OFF_MS));
      if (attempt > 0 && this.clock.now().getTime() >= until) break;
      try {
        await this.attempt(open, verdicts);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        cause = error;
      }
      open = open.filter((commit) => !verdicts.has(commit));
    }
    for (const commit of commits)
      if (verdicts.get(commit) === undefined && verdicts.has(commit)) this.ends.add(commit.streamId, commit.toVersion);
    return commits.map((commit) => (verdicts.has(commit) ? verdicts.get(commit) : new Unavailable(STORE, { cause })));
  }

  /** Settles what can be settled now. The commits stay the same in every attempt, so the unique indexes make sending them again harmless. */
  private async attempt(commits: readonly C[], verdicts: Map<C, Error | undefined>): Promise<void> {
    const atEnd = await this.atCommitEnd(commits);
    const outcomes = await this.insert(commits.filter((commit) => atEnd.has(commit)));
    const doubtful: C[] = [];
    for (const commit of commits) {
      const outcome = outcomes.get(commit);
      if (outcome === 'stored') verdicts.set(commit, undefined);
      else if (outcome instanceof Error) verdicts.set(commit, outcome);
      else doubtful.push(commit);
    }
    if (doubtful.length === 0) return;
    const found = await this.collection.readBack(doubtful);
    for (const commit of doubtful) {
      const lost = found.some((other) => other.streamId === commit.streamId && other.expectedVersion === commit.expectedVersion);
      if (found.some((other) => other.commitId === commit.commitId)) verdicts.set(commit, undefined);
      // The command id comes first: its owner wants the first result, whatever version it asked for.
      else if (found.some((other) => other.commandId === commit.commandId))
        verdicts.set(commit, new CommandAlreadyAppended(commit.commandId));
      else if (lost || !atEnd.has(commit)) verdicts.set(commit, new WrongExpectedVersion(commit.streamId, commit.expectedVersion));
      // Otherwise it was not stored, or what it collided with is not yet durable: sent again until either is certain.
    }
  }

  private async atCommitEnd(commits: readonly C[]): Promise<Set<C>> {
    const unseen = commits.filter(({ streamId, expectedVersion }) => !this.ends.has(streamId, expectedVersion));
    if (unseen.length === 0) return new Set(commits);
    const ends = await this.collection.lastCommitsBefore(
      unseen.map(({ streamId, expectedVersion }) => ({ streamId, version: expectedVersion })),
    );
    for (const end of ends) if (end.toVersion === end.version) this.ends.add(end.streamId, end.version);
    const confirmed = new Set(ends.filter((end) => end.toVersion === end.version).map((end) => end.streamId));
    return new Set(commits.filter((commit) => !unseen.includes(commit) || confirmed.has(commit.streamId)));
  }

  private async insert(commits: readonly C[]): Promise<Map<C, InsertOutcome>> {
    const outcomes = commits.length === 0 ? [] : await this.collection.insert(commits);
    return new Map(commits.map((commit, i) => [commit, outcomes[i]!]));
  }
}
