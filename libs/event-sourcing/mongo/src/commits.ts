import type { Clock, CommitCollection, CommitKeys, InsertOutcome, LastCommit, NewCommitKeys, StreamVersion } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { type CommitDocument, COMMITS } from './commit-document.js';
import { lastCommitsBefore } from './commit-ends.js';
import { DURABLE, isOutage, MAJORITY, READ_MS, within } from './connection.js';

const STORE = 'the event store';
const ATTEMPT_MS = 2_000;

/** A commit as the appender sees it, with the document that is sent: made once, so that every attempt sends the same. */
export interface CommitToAppend extends NewCommitKeys {
  readonly document: CommitDocument;
}

export const toAppend = (document: CommitDocument): CommitToAppend => ({
  commitId: document._id,
  commandId: document.commandId,
  streamId: document.streamId,
  expectedVersion: document.expectedVersion,
  toVersion: document.toVersion,
  document,
});

/** The commits of one service as the appender needs them: one unordered insert, and majority reads. */
export class MongoCommits implements CommitCollection<CommitToAppend> {
  private readonly commits: mongo.Collection<CommitDocument>;

  constructor(
    private readonly db: mongo.Db,
    private readonly clock: Clock,
  ) {
    this.commits = db.collection(COMMITS);
  }

  async insert(commits: readonly CommitToAppend[]): Promise<InsertOutcome[]> {
    const options = { ordered: false, writeConcern: DURABLE, ignoreUndefined: true };
    const documents = commits.map((commit) => commit.document);
    try {
      await within(this.clock, STORE, ATTEMPT_MS, this.commits.insertMany(documents, options));
      return documents.map(() => 'stored');
    } catch (error) {
      if (!(error instanceof mongo.MongoBulkWriteError) && !isOutage(error)) throw error;
      const refusals = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
      // Only a list of refused documents without a write concern error says that the others are stored; anything else leaves them open.
      const notDurable = error instanceof mongo.MongoBulkWriteError && error.result.getWriteConcernError() !== undefined;
      const sure = refusals.length > 0 && !notDurable;
      if (!sure && !notDurable && !isOutage(error)) throw error;
      const outcomes: InsertOutcome[] = documents.map(() => (sure ? 'stored' : 'unknown'));
      for (const { index, code, errmsg } of refusals)
        outcomes[index] = code === 11000 ? 'duplicate' : new mongo.MongoServerError({ message: errmsg, code });
      return outcomes;
    }
  }

  /** Majority: what is found here the caller's next read will find as well, so that whoever lost a race sees the winner. */
  async readBack(commits: readonly CommitKeys[]): Promise<CommitKeys[]> {
    const filter = {
      $or: [
        { _id: { $in: commits.map((commit) => commit.commitId) } },
        { commandId: { $in: commits.map((commit) => commit.commandId) } },
        ...commits.map(({ streamId, expectedVersion }) => ({ streamId, expectedVersion })),
      ],
    };
    const options = { readConcern: MAJORITY, maxTimeMS: ATTEMPT_MS, projection: { _id: 1, commandId: 1, streamId: 1, expectedVersion: 1 } };
    const found = await within(this.clock, STORE, ATTEMPT_MS, this.commits.find(filter, options).toArray());
    return found.map(({ _id: commitId, commandId, streamId, expectedVersion }) => ({ commitId, commandId, streamId, expectedVersion }));
  }

  lastCommitsBefore(pairs: readonly StreamVersion[]): Promise<LastCommit[]> {
    return within(this.clock, STORE, READ_MS, lastCommitsBefore(this.db, pairs));
  }
}
