import type { Clock, CommitCollection, CommitKeys, InsertOutcome, LastCommit, NewCommitKeys, StreamVersion } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { atMost, type CommitDocument, COMMITS, LARGEST_COMMIT } from './commit-document.js';
import { lastCommitsBefore } from './commit-ends.js';
import { DURABLE, isOutage, MAJORITY, READ_MS, within } from './connection.js';

const STORE = 'the event store';
const ATTEMPT_MS = 2_000;
/** DURABLE as the server spells it. */
const ON_JOURNALS = { w: DURABLE.w, j: DURABLE.journal, wtimeout: DURABLE.wtimeoutMS };

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

interface Refusal {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

/** What became of each document: the same of all but those that were refused. */
function outcomesOf(documents: readonly CommitDocument[], others: 'stored' | 'unknown', refusals: readonly Refusal[] = []): InsertOutcome[] {
  const outcomes: InsertOutcome[] = documents.map(() => others);
  for (const { index, code, errmsg } of refusals) outcomes[index] = code === 11000 ? 'duplicate' : new mongo.MongoServerError({ message: errmsg, code });
  return outcomes;
}

/** A request is one BSON document: as many commits as surely fit into it, and at least one. */
function requestsOf(commits: readonly CommitToAppend[]): CommitDocument[][] {
  const requests: CommitDocument[][] = [];
  let bytes = Infinity;
  for (const { document } of commits) {
    bytes += atMost(document);
    if (bytes > LARGEST_COMMIT) {
      requests.push([]);
      bytes = atMost(document);
    }
    requests.at(-1)!.push(document);
  }
  return requests;
}

/** The commits of one service as the appender needs them: one insert, and majority reads. */
export class MongoCommits implements CommitCollection<CommitToAppend> {
  private readonly commits: mongo.Collection<CommitDocument>;

  constructor(
    private readonly db: mongo.Db,
    private readonly clock: Clock,
  ) {
    this.commits = db.collection(COMMITS);
  }

  async insert(commits: readonly CommitToAppend[], inOrder: boolean): Promise<InsertOutcome[]> {
    const outcomes: InsertOutcome[] = [];
    for (const documents of requestsOf(commits)) {
      const isBehind = inOrder && outcomes.some((outcome) => outcome !== 'stored');
      outcomes.push(...(isBehind ? documents.map(() => 'unknown' as const) : await this.insertTogether(documents, inOrder)));
    }
    return outcomes;
  }

  /**
   * The command itself, not the driver's insertMany: that makes a retryable write of it, for which the server keeps a record in a collection of its own, once per request.
   * What became of a broken request is read back by commit id, so nothing need be retried below. An ordered one ends at the first refusal, and whatever a
   * change of primary takes back of it is taken back from its end.
   */
  private async insertTogether(documents: readonly CommitDocument[], ordered: boolean): Promise<InsertOutcome[]> {
    const insert = { insert: COMMITS, documents, ordered, writeConcern: ON_JOURNALS };
    try {
      const answer = await within(this.clock, STORE, ATTEMPT_MS, this.db.command(insert, { ignoreUndefined: true }));
      const refusals = answer['writeErrors'] as Refusal[] | undefined;
      return outcomesOf(documents, ordered && refusals ? 'unknown' : 'stored', refusals);
    } catch (error) {
      // Refused is refused, but without the write concern nothing says that the others are durable.
      if (error instanceof mongo.MongoWriteConcernError) return outcomesOf(documents, 'unknown', error.result['writeErrors'] as Refusal[] | undefined);
      if (isOutage(error)) return outcomesOf(documents, 'unknown');
      throw error;
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
