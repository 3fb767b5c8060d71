import type { Bell, Clock, LastCommit, NumberingLog, NumberingTerm, StreamVersion, Turn, UnnumberedCommit } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { type CommitDocument, COMMITS, textOf } from './commit-document.js';
import { lastCommitsBefore } from './commit-ends.js';
import { DURABLE, READ_MS, within } from './connection.js';
import type { MongoEventStore } from './event-store.js';
import { type LeaseDocument, leasesOf } from './lease-document.js';

const SEQUENCER = 'the sequencer';
/** So many commits, with so much text, are read whole, so that the relay has them at hand. A busy time reads what the order needs alone. */
const FEW = 64;
const LITTLE_TEXT = 4_000_000;
const TURN = { assigned: 1, redo: 1, recordedAt: 1 };

/** The log of one service for its sequencer: the redo record is in the lease document, so that the epoch guards it. */
export class MongoNumbering implements NumberingLog {
  readonly service: string;
  readonly appended: Bell;

  constructor(
    private readonly store: MongoEventStore,
    private readonly clock: Clock,
  ) {
    this.service = store.service;
    this.appended = store.wakeups.appended;
  }

  numbersHere(yes: boolean): void {
    this.store.wakeups.listen();
    this.store.wakeups.sequencing = yes;
  }

  begin(epoch: number): NumberingTerm {
    return new MongoNumberingTerm(this.store, epoch, this.clock);
  }
}

/** One session: in it a snapshot is taken after everything that the session has written. */
class MongoNumberingTerm implements NumberingTerm {
  private readonly session: mongo.ClientSession;
  private readonly commits: mongo.Collection<CommitDocument>;
  private readonly leases: mongo.Collection<LeaseDocument>;
  private isBusy = false;
  /** The commits of the last scan, where they were read whole. */
  private whole = new Map<string, CommitDocument>();

  constructor(
    private readonly store: MongoEventStore,
    private readonly epoch: number,
    private readonly clock: Clock,
  ) {
    this.session = store.db.client.startSession({ causalConsistency: true });
    this.commits = store.db.collection(COMMITS);
    this.leases = leasesOf(store.db);
  }

  recover(): Promise<Turn | null> {
    return this.update({ epoch: this.epoch }, { assigned: '$assigned', seenBy: this.epoch });
  }

  async scan(limit: number): Promise<UnnumberedCommit[]> {
    const most = Math.min(limit, FEW);
    const few = this.isBusy ? [] : await this.ask(this.unsequenced({ limit: most, singleBatch: true }).toArray());
    // An answer that was cut off for its size is longer than that.
    const complete = !this.isBusy && few.length < most && few.reduce((sum, document) => sum + textOf(document), 0) < LITTLE_TEXT;
    this.whole = new Map(complete ? few.map((document) => [document._id, document]) : []);
    if (complete) return few.map(({ _id, streamId, expectedVersion, toVersion }) => ({ commitId: _id, streamId, expectedVersion, toVersion }));
    const projection = { _id: 0, commitId: '$_id', streamId: 1, expectedVersion: 1, toVersion: 1 };
    const unnumbered = await this.ask(this.unsequenced({ limit, batchSize: limit, projection }).toArray() as Promise<unknown> as Promise<UnnumberedCommit[]>);
    this.isBusy = unnumbered.length >= FEW;
    return unnumbered;
  }

  /** Snapshot: a plain majority scan could pass by a commit before it becomes visible and still meet its successor. */
  private unsequenced(options: mongo.FindOptions): mongo.FindCursor<CommitDocument> {
    const snapshot = { session: this.session, readConcern: { level: 'snapshot' }, maxTimeMS: READ_MS, hint: 'commit_unsequenced' } as const;
    return this.commits.find({ sequenced: false }, { ...snapshot, ...options });
  }

  lastCommitsBefore(pairs: readonly StreamVersion[]): Promise<LastCommit[]> {
    return this.ask(lastCommitsBefore(this.store.db, pairs));
  }

  give(turn: Turn, commitIds: readonly string[]): Promise<Turn | null> {
    return this.update(
      { epoch: this.epoch, assigned: turn.assigned },
      {
        redo: { from: '$assigned', commitIds: { $literal: commitIds } },
        assigned: { $add: ['$assigned', commitIds.length] },
        recordedAt: { $max: ['$recordedAt', '$$NOW'] },
        numbered: '$assigned', // what was given before is written out
      },
    );
  }

  async writeOut({ assigned, redo, recordedAt }: Turn): Promise<void> {
    const updates = redo!.commitIds.map((_id, i) => ({
      updateOne: {
        filter: { _id, sequenced: false },
        hint: '_id_',
        update: { $set: { sequenced: true, position: redo!.from + i + 1, recordedAt } },
      },
    }));
    await this.ask(this.commits.bulkWrite(updates, { ordered: false, session: this.session, writeConcern: DURABLE }));
    this.handOver({ assigned, redo, recordedAt });
    this.store.wakeups.wasNumbered(assigned);
  }

  /** A commit of which a former leader had written the number has the same. */
  private handOver({ redo, recordedAt }: Turn): void {
    const documents = redo!.commitIds.flatMap((id) => this.whole.get(id) ?? []);
    if (documents.length === redo!.commitIds.length)
      this.store.justNumbered.put(documents.map((document, i) => ({ ...document, sequenced: true, position: redo!.from + i + 1, recordedAt })));
  }

  end(): Promise<void> {
    return this.session.endSession();
  }

  private update(condition: { epoch: number; assigned?: number }, set: object): Promise<Turn | null> {
    const options = { session: this.session, writeConcern: DURABLE, returnDocument: 'after', projection: TURN } as const;
    return this.ask(this.leases.findOneAndUpdate({ _id: this.store.service, ...condition }, [{ $set: set }], options));
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.clock, SEQUENCER, READ_MS, work);
  }
}
