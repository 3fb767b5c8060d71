import { type Commit, type CommittedEvent, CommitTooLarge, EventTooLarge, LARGEST_EVENT, type NewCommit } from '@keyfold/event-sourcing';
import { type Connection, mongo } from 'mongoose';
import { databaseOf } from './connection.js';

export const COMMITS = 'commits';

/** In bytes; the server takes 16 MiB. */
export const LARGEST_COMMIT = 15_000_000;

/**
 * One document = one append = one command's events: atomic without a transaction.
 * The data of an event is kept as JSON text: it comes back to the byte, goes to Kafka as it is, and no key or value in it can make
 * the shared insert of a group commit fail. The log is never queried by it.
 */
export interface CommitDocument {
  /** The commit id: an identical document sent again collides with itself and with nothing else. */
  readonly _id: string;
  readonly streamId: string;
  readonly expectedVersion: number;
  readonly toVersion: number;
  readonly partitionKey: string;
  readonly events: readonly (Omit<CommittedEvent, 'data'> & { readonly data: string })[];
  readonly commandId: string;
  readonly commandHash: string;
  readonly actor: Commit['actor'];
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  /** False until the sequencer has given position and recordedAt; the truth about what is still to be numbered. */
  readonly sequenced: boolean;
  readonly position?: number;
  readonly recordedAt?: Date;
}

const INDEXES: readonly mongo.IndexDescription[] = [
  // One successor per commit: together with "a commit ends at the expected version" this makes each stream one chain 1..n (see CommitAppender).
  { name: 'commit_stream', key: { streamId: 1, expectedVersion: 1 }, unique: true },
  { name: 'commit_command', key: { commandId: 1 }, unique: true, partialFilterExpression: { commandId: { $exists: true } } },
  { name: 'commit_position', key: { position: 1 }, unique: true, partialFilterExpression: { position: { $gt: 0 } } },
  // Entries of equal key lie in the order of arrival, so the sequencer's scan is first come, first served.
  { name: 'commit_unsequenced', key: { sequenced: 1 }, partialFilterExpression: { sequenced: false } },
  // The partition key is copied forward from the first commit, so first commits are enough to find the streams.
  { name: 'commit_partition', key: { partitionKey: 1, streamId: 1 }, partialFilterExpression: { expectedVersion: 0 } },
];

/** Makes the collection and its indexes; idempotent. For the deployment's setup job and for development, never for the start of a service. */
export async function createIndexes(connection: Connection): Promise<void> {
  await databaseOf(connection).collection(COMMITS).createIndexes([...INDEXES]);
}

/** Throws when an index of the commits is missing or not what it must be: without it the guarantees of the store do not hold. */
export async function checkIndexes(db: mongo.Db): Promise<void> {
  const found = new Map((await db.collection(COMMITS).listIndexes().toArray().catch(noCollection)).map((index) => [index.name as string, index]));
  const wrong = INDEXES.filter(({ name, key, unique, partialFilterExpression }) => {
    const index = found.get(name!);
    const wanted = [key, unique ?? false, partialFilterExpression ?? null];
    return !index || JSON.stringify([index.key, index.unique ?? false, index.partialFilterExpression ?? null]) !== JSON.stringify(wanted);
  });
  if (wrong.length > 0)
    throw new Error(
      `database ${db.databaseName}: ${COMMITS} lacks ${wrong.map((index) => index.name).join(', ')}; run the setup job, which creates the indexes, before the service starts`,
    );
}

const noCollection = (error: unknown): mongo.Document[] => {
  if (error instanceof mongo.MongoServerError && error.code === 26) return [];
  throw error;
};

function toText({ eventId, type, schemaVersion, occurredAt, supersedes, data }: CommittedEvent): CommitDocument['events'][number] {
  const text = JSON.stringify(data);
  // A character has at most three bytes: hardly any text need be counted.
  const bytes = text.length * 3 > LARGEST_EVENT ? Buffer.byteLength(text) : 0;
  if (bytes > LARGEST_EVENT) throw new EventTooLarge(type, bytes, LARGEST_EVENT);
  return supersedes ? { eventId, type, schemaVersion, occurredAt, supersedes, data: text } : { eventId, type, schemaVersion, occurredAt, data: text };
}

/** In the order of fields in which commits are read (commit-bytes.ts). Throws EventTooLarge and CommitTooLarge before anything is sent, RangeError for a commit that is none. */
export function toDocument(commit: NewCommit, maxBytes: number): CommitDocument {
  if (!Number.isSafeInteger(commit.expectedVersion) || commit.expectedVersion < 0)
    throw new RangeError(`${commit.streamId}: expected version ${commit.expectedVersion} is not a version`);
  if (commit.events.length === 0) throw new RangeError(`${commit.streamId}: a commit has at least one event`);
  const document: CommitDocument = {
    _id: commit.commitId,
    streamId: commit.streamId,
    expectedVersion: commit.expectedVersion,
    toVersion: commit.expectedVersion + commit.events.length,
    partitionKey: commit.partitionKey,
    events: commit.events.map(toText),
    commandId: commit.commandId,
    commandHash: commit.commandHash,
    actor: { subject: commit.actor.subject, memberId: commit.actor.memberId, roles: commit.actor.roles },
    correlationId: commit.correlationId,
    causationId: commit.causationId,
    traceparent: commit.traceparent,
    sequenced: false,
  };
  if (atMost(document) > maxBytes) {
    const bytes = mongo.BSON.calculateObjectSize(document, { ignoreUndefined: true });
    if (bytes > maxBytes) throw new CommitTooLarge(bytes, maxBytes);
  }
  return document;
}

/** More than a document can have in bytes: nearly all are so small that they need not be measured. */
export function atMost({ events, actor }: CommitDocument): number {
  let bytes = 20_000 + 3 * actor.subject.length;
  for (const { data, supersedes } of events) bytes += 3 * data.length + 1_000 + 20 * (supersedes?.length ?? 0);
  return bytes;
}

/** Characters of event data. */
export const textOf = ({ events }: CommitDocument): number => events.reduce((sum, { data }) => sum + data.length, 0);

/** Spelled out, because it is done for each commit of a log: to leave some fields of an object out costs several times as much. */
export function toCommit(document: CommitDocument): Commit {
  return {
    commitId: document._id,
    streamId: document.streamId,
    expectedVersion: document.expectedVersion,
    partitionKey: document.partitionKey,
    events: document.events.map(toEvent),
    commandId: document.commandId,
    commandHash: document.commandHash,
    actor: document.actor,
    correlationId: document.correlationId,
    causationId: document.causationId,
    traceparent: document.traceparent,
    position: document.position ?? null,
    recordedAt: document.recordedAt?.toISOString() ?? null,
  };
}

function toEvent({ eventId, type, schemaVersion, occurredAt, supersedes, data }: CommitDocument['events'][number]): CommittedEvent {
  const event = { eventId, type, schemaVersion, occurredAt, data: JSON.parse(data) as object };
  return supersedes ? { ...event, supersedes } : event;
}
