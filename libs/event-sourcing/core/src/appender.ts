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
  /**
   * Stores each commit or not, whatever becomes of the others; `inOrder`: each only where those before it are stored, so that what it follows from is never missing.
   * `stored` means durable; `unknown` that it may be there, now or later, or was not tried. An outcome per commit, in order.
   */
  insert(commits: readonly C[], inOrder: boolean): Promise<readonly InsertOutcome[]>;
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
 * (or the expected version is 0, or such a commit goes before it in the same ordered insert), which stays true for ever; and the unique index {streamId, expectedVersion} lets
 * each commit have one successor. So the commits of a stream form one chain. A version inside a commit is no commit's end and is refused; a version before the head has
 * its successor already and collides.
 */
export class CommitAppender<C extends NewCommitKeys> {
  constructor(
    private readonly collection: CommitCollection<C>,
    private readonly ends: KnownEnds,
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {}

  /**
   * Stores the commits of each write in their order, each only where those before it are stored; no write waits for another one, and those of one commit share an insert. Writes of
   * one batch have no stream in common. A result per write: nothing, or why the first commit that is missing was not stored.
   */
  async append(writes: readonly (readonly C[])[]): Promise<(Error | undefined)[]> {
    const verdicts = new Map<C, Error | undefined>();
    const alone = writes.flatMap((commits) => (commits.length === 1 ? commits : []));
    const works = writes.filter((commits) => commits.length > 1).map((commits) => this.settle(commits, true, verdicts));
    if (alone.length > 0) works.push(this.settle(alone, false, verdicts));
    await Promise.all(works);
    return writes.map((commits) => commits.map((commit) => verdicts.get(commit)).find((verdict) => verdict !== undefined));
  }

  /** Leaves a verdict for each: undefined where it is stored, and durable for ever. */
  private async settle(commits: readonly C[], inOrder: boolean, verdicts: Map<C, Error | undefined>): Promise<void> {
    const until = this.clock.now().getTime() + this.deadlineMs;
    let open = commits;
    let failure: Error = new Unavailable(STORE);
    for (let attempt = 0; open.length > 0; attempt++) {
      if (attempt > 0) await this.clock.wait(Math.min(FIRST_BACK_OFF_MS * 2 ** attempt, LONGEST_BACK_OFF_MS));
      if (attempt > 0 && this.clock.now().getTime() >= until) break;
      try {
        await this.attempt(open, inOrder, verdicts);
      } catch (error) {
        failure = error instanceof Unavailable ? new Unavailable(STORE, { cause: error }) : (error as Error);
        if (!(error instanceof Unavailable)) break;
      }
      // Behind one that will never be stored nothing is stored either: it was in every insert that they were in, before them. What goes before it is settled for itself.
      const lost = inOrder ? open.findIndex((commit) => verdicts.get(commit)) : -1;
      open = open.slice(0, lost < 0 ? undefined : lost).filter((commit) => !verdicts.has(commit));
    }
    for (const commit of open) verdicts.set(commit, failure);
  }

  /** Settles what can be settled now. The commits stay the same in every attempt, so the unique indexes make sending them again harmless. */
  private async attempt(commits: readonly C[], inOrder: boolean, verdicts: Map<C, Error | undefined>): Promise<void> {
    const atEnd = await this.atCommitEnd(commits, inOrder);
    const off = commits.findIndex((commit) => !atEnd.has(commit));
    const outcomes = await this.insert(inOrder && off >= 0 ? commits.slice(0, off) : commits.filter((commit) => atEnd.has(commit)), inOrder);
    const stored = (commit: C): void => {
      verdicts.set(commit, undefined);
      this.ends.add(commit.streamId, commit.toVersion);
    };
    const doubtful: C[] = [];
    for (const commit of commits) {
      const outcome = outcomes.get(commit);
      if (outcome === 'stored') stored(commit);
      else if (outcome instanceof Error) verdicts.set(commit, outcome);
      else doubtful.push(commit);
    }
    if (doubtful.length === 0) return;
    const found = await this.collection.readBack(doubtful);
    for (const commit of doubtful) {
      const lost = found.some((other) => other.streamId === commit.streamId && other.expectedVersion === commit.expectedVersion);
      if (found.some((other) => other.commitId === commit.commitId)) stored(commit);
      // The command id comes first: its owner wants the first result, whatever version it asked for.
      else if (found.some((other) => other.commandId === commit.commandId))
        verdicts.set(commit, new CommandAlreadyAppended(commit.commandId));
      else if (lost || !atEnd.has(commit)) verdicts.set(commit, new WrongExpectedVersion(commit.streamId, commit.expectedVersion));
      // Otherwise it was not stored, or what it collided with is not yet durable: sent again until either is certain.
    }
  }

  private async atCommitEnd(commits: readonly C[], inOrder: boolean): Promise<Set<C>> {
    const isEndOfOneBefore = (commit: C, i: number): boolean =>
      inOrder && commits.slice(0, i).some((before) => before.streamId === commit.streamId && before.toVersion === commit.expectedVersion);
    const unseen = commits.filter((commit, i) => !this.ends.has(commit.streamId, commit.expectedVersion) && !isEndOfOneBefore(commit, i));
    if (unseen.length === 0) return new Set(commits);
    const ends = await this.collection.lastCommitsBefore(
      unseen.map(({ streamId, expectedVersion }) => ({ streamId, version: expectedVersion })),
    );
    for (const end of ends) if (end.toVersion === end.version) this.ends.add(end.streamId, end.version);
    const confirmed = new Set(ends.filter((end) => end.toVersion === end.version).map((end) => end.streamId));
    return new Set(commits.filter((commit) => !unseen.includes(commit) || confirmed.has(commit.streamId)));
  }

  private async insert(commits: readonly C[], inOrder: boolean): Promise<Map<C, InsertOutcome>> {
    const outcomes = commits.length === 0 ? [] : await this.collection.insert(commits, inOrder);
    return new Map(commits.map((commit, i) => [commit, outcomes[i]!]));
  }
}
