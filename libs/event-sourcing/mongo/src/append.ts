import { type Clock, CommandAlreadyAppended, Unavailable, WrongExpectedVersion } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { type CommitDocument, COMMITS } from './commit-document.js';
import { type KnownEnds, lastCommitsBefore } from './commit-ends.js';
import { DURABLE, isOutage, MAJORITY, READ_MS, within } from './connection.js';

/** What one insert said about one document. A duplicate key error names only one of the indexes that it hit, so what it means is read back. */
type Outcome = 'stored' | 'duplicate' | 'unknown' | Error;

const STORE = 'the event store';
const ATTEMPT_MS = 2_000;
const FIRST_BACK_OFF_MS = 10;
const LONGEST_BACK_OFF_MS = 250;

/**
 * Inserts the commits of one group commit and finds out, for each alone, what became of it.
 *
 * Why one insert proves that the expected version was the head: a commit is sent only when a commit that ends at its expected version has been read with majority
 * (or the expected version is 0), which stays true for ever; and the unique index {streamId, expectedVersion} lets each commit have one successor. So the commits of a
 * stream form one chain. A version inside a commit is no commit's end and is refused; a version before the head has its successor already and collides.
 */
export class CommitAppender {
  private readonly commits: mongo.Collection<CommitDocument>;

  constructor(
    private readonly db: mongo.Db,
    private readonly ends: KnownEnds,
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {
    this.commits = db.collection(COMMITS);
  }

  /** At most one commit per stream. A result per document: nothing, or why it was not stored. */
  async append(documents: readonly CommitDocument[]): Promise<(Error | undefined)[]> {
    const until = this.clock.now().getTime() + this.deadlineMs;
    const verdicts = new Map<CommitDocument, Error | undefined>();
    let cause: unknown;
    for (let attempt = 0, open = documents; open.length > 0; attempt++) {
      if (attempt > 0) await this.clock.wait(Math.min(FIRST_BACK_OFF_MS * 2 ** attempt, LONGEST_BACK_OFF_MS));
      if (attempt > 0 && this.clock.now().getTime() >= until) break;
      try {
        await this.attempt(open, verdicts);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        cause = error;
      }
      open = open.filter((document) => !verdicts.has(document));
    }
    for (const document of documents) if (verdicts.get(document) === undefined && verdicts.has(document)) this.ends.add(document.streamId, document.toVersion);
    return documents.map((document) => (verdicts.has(document) ? verdicts.get(document) : new Unavailable(STORE, { cause })));
  }

  /** Settles what can be settled now. The documents stay the same in every attempt, so the unique indexes make sending them again harmless. */
  private async attempt(documents: readonly CommitDocument[], verdicts: Map<CommitDocument, Error | undefined>): Promise<void> {
    const atEnd = await this.atCommitEnd(documents);
    const outcomes = await this.insert(documents.filter((document) => atEnd.has(document)));
    const doubtful: CommitDocument[] = [];
    for (const document of documents) {
      const outcome = outcomes.get(document);
      if (outcome === 'stored') verdicts.set(document, undefined);
      else if (outcome instanceof Error) verdicts.set(document, outcome);
      else doubtful.push(document);
    }
    if (doubtful.length === 0) return;
    const found = await this.readBack(doubtful);
    for (const document of doubtful) {
      const lost = found.some((commit) => commit.streamId === document.streamId && commit.expectedVersion === document.expectedVersion);
      if (found.some((commit) => commit._id === document._id)) verdicts.set(document, undefined);
      // The command id comes first: its owner wants the first result, whatever version it asked for.
      else if (found.some((commit) => commit.commandId === document.commandId)) verdicts.set(document, new CommandAlreadyAppended(document.commandId));
      else if (lost || !atEnd.has(document)) verdicts.set(document, new WrongExpectedVersion(document.streamId, document.expectedVersion));
      // Otherwise it was not stored, or what it collided with is not yet durable: sent again until either is certain.
    }
  }

  private async atCommitEnd(documents: readonly CommitDocument[]): Promise<Set<CommitDocument>> {
    const unseen = documents.filter(({ streamId, expectedVersion }) => !this.ends.has(streamId, expectedVersion));
    if (unseen.length === 0) return new Set(documents);
    const pairs = unseen.map(({ streamId, expectedVersion }) => ({ streamId, version: expectedVersion }));
    const ends = await within(this.clock, STORE, READ_MS, lastCommitsBefore(this.db, pairs));
    for (const end of ends) if (end.toVersion === end.version) this.ends.add(end.streamId, end.version);
    const confirmed = new Set(ends.filter((end) => end.toVersion === end.version).map((end) => end.streamId));
    return new Set(documents.filter((document) => !unseen.includes(document) || confirmed.has(document.streamId)));
  }

  private async insert(documents: readonly CommitDocument[]): Promise<Map<CommitDocument, Outcome>> {
    const outcomes = new Map<CommitDocument, Outcome>(documents.map((document) => [document, 'stored']));
    if (documents.length === 0) return outcomes;
    try {
      const options = { ordered: false, writeConcern: DURABLE, ignoreUndefined: true };
      await within(this.clock, STORE, ATTEMPT_MS, this.commits.insertMany([...documents], options));
    } catch (error) {
      if (!(error instanceof mongo.MongoBulkWriteError) && !isOutage(error)) throw error;
      const refusals = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
      // Only a list of refused documents without a write concern error says that the others are stored; anything else leaves them open.
      const notDurable = error instanceof mongo.MongoBulkWriteError && error.result.getWriteConcernError() !== undefined;
      const sure = refusals.length > 0 && !notDurable;
      if (!sure && !notDurable && !isOutage(error)) throw error;
      if (!sure) for (const document of documents) outcomes.set(document, 'unknown');
      for (const { index, code, errmsg } of refusals)
        outcomes.set(documents[index]!, code === 11000 ? 'duplicate' : new mongo.MongoServerError({ message: errmsg, code }));
    }
    return outcomes;
  }

  /** Majority: what is found here the caller's next read will find as well, so that whoever lost a race sees the winner. */
  private readBack(documents: readonly CommitDocument[]): Promise<Pick<CommitDocument, '_id' | 'commandId' | 'streamId' | 'expectedVersion'>[]> {
    const filter = {
      $or: [
        { _id: { $in: documents.map((document) => document._id) } },
        { commandId: { $in: documents.map((document) => document.commandId) } },
        ...documents.map(({ streamId, expectedVersion }) => ({ streamId, expectedVersion })),
      ],
    };
    const options = { readConcern: MAJORITY, maxTimeMS: ATTEMPT_MS, projection: { _id: 1, commandId: 1, streamId: 1, expectedVersion: 1 } };
    return within(this.clock, STORE, ATTEMPT_MS, this.commits.find(filter, options).toArray());
  }
}
