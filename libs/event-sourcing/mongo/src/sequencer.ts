import type { Clock, Failpoint, Logger } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { type CommitDocument, COMMITS } from './commit-document.js';
import { lastCommitsBefore } from './commit-ends.js';
import { DURABLE, READ_MS, within } from './connection.js';
import type { MongoEventStore } from './event-store.js';
import { type LeaseDocument, leasesOf } from './lease-document.js';
import { cutOff, numberable, type UnnumberedCommit } from './numberable.js';

const SEQUENCER = 'the sequencer';
const SCAN = 5_000;
const BULK = 500;
const IDLE_MS = 1_000;
const LONGEST_REST_MS = 25;
const LONGEST_BACK_OFF_MS = 5_000;

type Turn = Pick<LeaseDocument, 'assigned' | 'redo' | 'recordedAt'>;

/** One leader's time on one session. */
interface Term {
  readonly session: mongo.ClientSession;
  readonly epoch: number;
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
  private readonly commits: mongo.Collection<CommitDocument>;
  private readonly leases: mongo.Collection<LeaseDocument>;
  private readonly service: string;

  constructor(
    private readonly store: MongoEventStore,
    private readonly tools: { clock: Clock; log: Logger; failpoint: Failpoint },
  ) {
    this.service = store.service;
    this.commits = store.db.collection(COMMITS);
    this.leases = leasesOf(store.db);
  }

  /** Numbers commits until the signal is aborted or another leader has taken over. Never rejects for an outage: it begins again from the lease document. */
  async run(epoch: number, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.tools;
    const { wakeups } = this.store;
    wakeups.listen();
    signal.addEventListener('abort', () => (wakeups.sequencing = false), { once: true });
    wakeups.sequencing = !signal.aborted;
    for (let failures = 0; !signal.aborted; ) {
      const session = this.store.db.client.startSession({ causalConsistency: true });
      try {
        await this.work({ session, epoch }, signal, () => (failures = 0));
      } catch (error) {
        if (error instanceof Superseded) break;
        failures += 1;
        if (failures === 1) log.warn('sequencer: will begin again', { service: this.service, epoch, error: String(error) });
        await clock.wait(Math.min(25 * 2 ** failures, LONGEST_BACK_OFF_MS), signal);
      } finally {
        await session.endSession(); // after an error an answer may still be under way on it: the next attempt takes a fresh one
      }
    }
    wakeups.sequencing = false;
  }

  private async work(term: Term, signal: AbortSignal, progress: () => void): Promise<void> {
    const { appended } = this.store.wakeups;
    let turn = await this.writeOut(term, await this.recover(term));
    while (!signal.aborted) {
      const seen = appended.rings;
      const began = this.tools.clock.now().getTime();
      const { order, complete } = await this.scan(term);
      await this.tools.failpoint('sequencer-scanned');
      for (let from = 0; from < order.length && !signal.aborted; from += BULK) {
        turn = await this.give(term, turn, order.slice(from, from + BULK));
        await this.tools.failpoint('sequencer-given');
        turn = await this.writeOut(term, turn);
        await this.tools.failpoint('sequencer-numbered');
      }
      progress();
      // Under load it leaves the server to the appends for as long as it has worked, and then finds more to do at once: few and large writes.
      if (complete && appended.rings !== seen) await this.tools.clock.wait(Math.min(this.tools.clock.now().getTime() - began, LONGEST_REST_MS), signal);
      else if (complete) await appended.wait(seen, this.tools.clock, IDLE_MS, signal);
    }
  }

  /** The lease document as it is on the primary, durably: by a write, for a read could miss a redo record that is not majority-committed yet. */
  private async recover(term: Term): Promise<Turn> {
    const touch = [{ $set: { assigned: '$assigned', seenBy: term.epoch } }];
    const options = { session: term.session, writeConcern: DURABLE, returnDocument: 'after', projection: { assigned: 1, redo: 1, recordedAt: 1 } } as const;
    const lease = await this.ask(this.leases.findOneAndUpdate({ _id: this.service, epoch: term.epoch }, touch, options));
    if (!lease) throw new Superseded();
    return lease;
  }

  private async scan(term: Term): Promise<{ order: UnnumberedCommit[]; complete: boolean }> {
    for (let limit = SCAN; ; limit *= 4) {
      // Snapshot: a plain majority scan could pass by a commit before it becomes visible and still meet its successor.
      // In the driver's causal session it is taken after everything this session has written.
      const options = { session: term.session, readConcern: { level: 'snapshot' }, maxTimeMS: READ_MS, batchSize: limit } as const;
      const unnumbered = this.commits.find({ sequenced: false }, { ...options, hint: 'commit_unsequenced', limit, projection: { streamId: 1, expectedVersion: 1, toVersion: 1 } });
      const scan: UnnumberedCommit[] = await this.ask(unnumbered.toArray());
      const complete = scan.length < limit;
      // In a complete snapshot a predecessor that is not among the unnumbered is numbered. In a part of it that has to be looked up.
      const order = numberable(scan, complete ? new Set() : await this.predecessorOpen(cutOff(scan)));
      if (order.length > 0 || complete) return { order, complete };
    }
  }

  private async predecessorOpen(commits: readonly UnnumberedCommit[]): Promise<Set<UnnumberedCommit>> {
    const pairs = commits.map(({ streamId, expectedVersion }) => ({ streamId, version: expectedVersion }));
    const predecessors = await this.ask(lastCommitsBefore(this.store.db, pairs));
    const numbered = new Set(predecessors.filter((commit) => commit.sequenced).map((commit) => commit.streamId));
    return new Set(commits.filter((commit) => !numbered.has(commit.streamId)));
  }

  /** First write. Conditional on the epoch and on what this leader believes was given last, so that no redo record is ever overwritten before it is written out. */
  private async give(term: Term, turn: Turn, commits: readonly UnnumberedCommit[]): Promise<Turn> {
    const record = [
      {
        $set: {
          redo: { from: '$assigned', commitIds: { $literal: commits.map((commit) => commit._id) } },
          assigned: { $add: ['$assigned', commits.length] },
          recordedAt: { $max: ['$recordedAt', '$$NOW'] },
        },
      },
    ];
    const unchanged = { _id: this.service, epoch: term.epoch, assigned: turn.assigned };
    const options = { session: term.session, writeConcern: DURABLE, returnDocument: 'after', projection: { assigned: 1, redo: 1, recordedAt: 1 } } as const;
    const given = await this.ask(this.leases.findOneAndUpdate(unchanged, record, options));
    if (given) return given;
    await this.recover(term); // tells a lost epoch from a record of ours whose answer was lost
    throw new Error('the lease document has moved on');
  }

  /** Second write, and again after any doubt about it. Durable before it returns: the next record may then replace this one. */
  private async writeOut(term: Term, turn: Turn): Promise<Turn> {
    const { redo, recordedAt } = turn;
    if (!redo) return turn;
    const updates = redo.commitIds.map((_id, i) => ({
      updateOne: { filter: { _id, sequenced: false }, hint: '_id_', update: { $set: { sequenced: true, position: redo.from + i + 1, recordedAt } } },
    }));
    await this.ask(this.commits.bulkWrite(updates, { ordered: false, session: term.session, writeConcern: DURABLE }));
    this.store.wakeups.wasNumbered(turn.assigned);
    // For readers in other processes only; the next batch brings it if this is lost.
    await this.ask(this.leases.updateOne({ _id: this.service, epoch: term.epoch }, { $max: { numbered: turn.assigned } }, { writeConcern: { w: 1 } }));
    return turn;
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.tools.clock, SEQUENCER, READ_MS, work);
  }
}
