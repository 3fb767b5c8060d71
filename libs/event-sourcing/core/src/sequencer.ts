import type { LastCommit, StreamVersion } from './appender.js';
import type { Bell } from './bell.js';
import { cutOff, numberable, type UnnumberedCommit } from './numberable.js';
import type { Clock, Failpoint, Logger } from './ports.js';

const SCAN = 5_000;
const BULK = 500;
const IDLE_MS = 1_000;
const LONGEST_REST_MS = 25;
/** Commits in one scan from which on it is under load: fewer are numbered as they come, so that nobody waits for a rest. */
const MANY = 8;
const LONGEST_BACK_OFF_MS = 5_000;

/** How far the numbering has got, as the lease says. */
export interface Turn {
  /** The last position that was given to a commit, if only in `redo`. */
  readonly assigned: number;
  /** What was given last: the commits take the positions from + 1, from + 2, ... */
  readonly redo: { readonly from: number; readonly commitIds: readonly string[] } | null;
  /** Log time of `redo`, by the server's clock; never decreases. */
  readonly recordedAt: Date;
}

/** The log of one service as the sequencer works on it. */
export interface NumberingLog {
  readonly service: string;
  /** Rings when something may have been appended. Only a wake-up. */
  readonly appended: Bell;
  /** Whether this process numbers: then it need tell no other of its appends. */
  numbersHere(yes: boolean): void;
  begin(epoch: number): NumberingTerm;
}

/** One leader's reads and writes, causally consistent: a read sees what the term has written before. Every call throws Unavailable when there was no answer in time. */
export interface NumberingTerm {
  /** The turn as it is durably, found by a write: a read could miss a redo record that is not majority-committed yet. Null when the epoch is over. */
  recover(): Promise<Turn | null>;
  /** Unnumbered commits in the order of arrival, of one snapshot, at most `limit`. */
  scan(limit: number): Promise<readonly UnnumberedCommit[]>;
  /** For each pair the last commit of the stream that starts before the version. */
  lastCommitsBefore(pairs: readonly StreamVersion[]): Promise<readonly LastCommit[]>;
  /** Replaces the redo record, `assigned` and `recordedAt`, durably, if epoch and `assigned` are what the turn says; null if not. */
  give(turn: Turn, commitIds: readonly string[]): Promise<Turn | null>;
  /** Second write, and again after any doubt about it: numbers those commits of the redo record that are still unnumbered. Durable before it resolves: the next record may then replace this one. */
  writeOut(turn: Turn): Promise<void>;
  end(): Promise<void>;
}

export interface SequencerTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly failpoint: Failpoint;
  /** Commits that it looks at to begin with; 5 000 unless told. */
  readonly scan?: number;
  /** Commits that it numbers at once, at most; 500 unless told. */
  readonly bulk?: number;
}

/** The epoch is over: another leader numbers now. */
class Superseded extends Error {}

/**
 * Gives the commits of one service their positions (G4), after they were committed: dense, unique, extending each stream's order. Run by the leader only.
 *
 * One batch takes two writes: first the lease document, under the epoch, with what will be given (the redo record); then the commits. Every crash is between two writes:
 * - before the first: nothing was given;
 * - after the first, or in the midst of the second: whoever begins next reads the redo record and writes it out again. Updates touch only unnumbered commits, so this is idempotent.
 * A former leader that wakes up late can only write out a redo record that its successor has written out already, and the next first write is refused to it.
 * No commit is ever given two positions: a scan sees everything that was written before it (causal session), so nothing that an earlier record numbered.
 */
export class Sequencer {
  private readonly bulk: number;

  constructor(
    private readonly numbering: NumberingLog,
    private readonly tools: SequencerTools,
  ) {
    this.bulk = tools.bulk ?? BULK;
  }

  /** Numbers commits until the signal is aborted or another leader has taken over. Never rejects for an outage: it begins again from the lease document. */
  async run(epoch: number, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.tools;
    const { numbering } = this;
    signal.addEventListener('abort', () => numbering.numbersHere(false), { once: true });
    numbering.numbersHere(!signal.aborted);
    for (let failures = 0; !signal.aborted;) {
      const term = numbering.begin(epoch);
      try {
        await this.work(term, signal, () => (failures = 0));
      } catch (error) {
        if (error instanceof Superseded) break;
        failures += 1;
        if (failures === 1) log.warn('sequencer: will begin again', { service: numbering.service, epoch, error: String(error) });
        await clock.wait(Math.min(25 * 2 ** failures, LONGEST_BACK_OFF_MS), signal);
      } finally {
        await term.end(); // after an error an answer may still be under way to it: the next attempt takes a fresh one
      }
    }
    numbering.numbersHere(false);
  }

  private async work(term: NumberingTerm, signal: AbortSignal, progress: () => void): Promise<void> {
    const { appended } = this.numbering;
    let turn = await recover(term);
    if (turn.redo) await term.writeOut(turn);
    while (!signal.aborted) {
      const seen = appended.rings;
      const began = this.tools.clock.now().getTime();
      const { order, complete } = await scan(term, this.tools.scan ?? SCAN);
      await this.tools.failpoint('sequencer-scanned');
      for (let from = 0; from < order.length && !signal.aborted; from += this.bulk) {
        turn = await give(term, turn, order.slice(from, from + this.bulk));
        await this.tools.failpoint('sequencer-given');
        await term.writeOut(turn);
        await this.tools.failpoint('sequencer-numbered');
      }
      progress();
      // Under load it leaves the server to the appends for as long as it has worked, and then finds more to do at once: few and large writes.
      if (complete && order.length >= MANY && appended.rings !== seen)
        await this.tools.clock.wait(Math.min(this.tools.clock.now().getTime() - began, LONGEST_REST_MS), signal);
      else if (complete) await appended.wait(seen, this.tools.clock, IDLE_MS, signal);
    }
  }
}

async function recover(term: NumberingTerm): Promise<Turn> {
  const turn = await term.recover();
  if (!turn) throw new Superseded();
  return turn;
}

/** What may be numbered now, and whether nothing lies beyond it. */
async function scan(term: NumberingTerm, first: number): Promise<{ order: UnnumberedCommit[]; complete: boolean }> {
  for (let limit = first; ; limit *= 4) {
    const unnumbered = await term.scan(limit);
    const complete = unnumbered.length < limit;
    // In a complete snapshot a predecessor that is not among the unnumbered is numbered. In a part of it that has to be looked up.
    const order = numberable(unnumbered, complete ? new Set() : await predecessorOpen(term, cutOff(unnumbered)));
    if (order.length > 0 || complete) return { order, complete };
  }
}

async function predecessorOpen(term: NumberingTerm, commits: readonly UnnumberedCommit[]): Promise<Set<UnnumberedCommit>> {
  const predecessors = await term.lastCommitsBefore(
    commits.map(({ streamId, expectedVersion }) => ({ streamId, version: expectedVersion })),
  );
  // By stream and version: a part of a stream may be cut off in two places, and numbered up to one of them.
  const numbered = new Set(predecessors.filter((last) => last.sequenced).map(({ streamId, version }) => `${version}@${streamId}`));
  return new Set(commits.filter(({ streamId, expectedVersion }) => !numbered.has(`${expectedVersion}@${streamId}`)));
}

/** First write. Conditional on the epoch and on what this leader believes was given last, so that no redo record is ever overwritten before it is written out. */
async function give(term: NumberingTerm, turn: Turn, commits: readonly UnnumberedCommit[]): Promise<Turn> {
  const given = await term.give(
    turn,
    commits.map((commit) => commit.commitId),
  );
  if (given) return given;
  await recover(term); // tells a lost epoch from a record of ours whose answer was lost
  throw new Error('the lease document has moved on');
}
