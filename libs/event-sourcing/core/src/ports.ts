import type { Commit, NewCommit, RecordedEvent, SequencedCommit } from './events.js';
import type { Generations } from './generations.js';
import type { Projection } from './projection.js';

export * from './observation.js';
export type * from './transport.js';

/** Time comes from here and nowhere else. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Ids come from here and nowhere else. */
export interface Ids {
  /** A fresh random id. */
  next(): string;
  /** The same id for the same parts, for ever (uuid5 over the parts). */
  derive(...parts: readonly string[]): string;
}

/** Named places at which a test may stop, fail or kill the process. In production every call is a no-op. */
export type Failpoint = (name: string) => Promise<void> | void;

export interface Logger {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/**
 * The log of one service.
 * G1: an append is all or nothing, versions of a stream are 1..n. G2: what was acknowledged survives any crash.
 * G4: positions are dense and unique and extend each stream's order.
 */
export interface EventStore {
  readonly service: string;

  /**
   * Appends one commit at exactly `expectedVersion`, which must be the stream's head. Several, each on the head that those before it leave: in their order, each only where
   * those before it are stored, so that a crash or a refusal leaves the first ones, or none, and never a later one without an earlier. All or none is not promised.
   * Throws, for the first that is not stored, WrongExpectedVersion, CommandAlreadyAppended (the command id is taken), Unavailable (outcome unknown at the deadline);
   * before anything is stored EventTooLarge, CommitTooLarge.
   */
  append(...commits: readonly NewCommit[]): Promise<void>;

  /** The commits of a stream whose events go beyond `afterVersion`, in order. */
  load(streamId: string, afterVersion?: number): Promise<Commit[]>;

  /** The last commits of a stream, at most `limit`, in order. */
  tail(streamId: string, limit: number): Promise<Commit[]>;

  /** Version of the stream's last event, 0 if there is none. */
  head(streamId: string): Promise<number>;

  /** The commit that a command produced. */
  findCommand(commandId: string): Promise<Commit | null>;

  /** Numbered commits with positions after `position`, in order and without a hole, at most `limit`. */
  feed(position: number, limit: number): Promise<SequencedCommit[]>;

  /**
   * As `feed`, from what this process has just numbered and still has in memory; none where it has not. Saves the relay a read.
   */
  atHand(position: number, limit: number): readonly SequencedCommit[];

  /** The last dense position, 0 for an empty log. */
  lastPosition(): Promise<number>;

  /** Streams with this partition key whose name starts with `<streamPrefix>-`, from the log itself, not from a projection. */
  streamsOf(partitionKey: string, streamPrefix: string): Promise<string[]>;

  /** Resolves when the sequencer of this process may have numbered commits after `position`, or after `ms`. Only a wake-up: a caller must look for itself. */
  changed(position: number, ms: number, signal?: AbortSignal): Promise<void>;
}

/** The state of a stream at one version, folded before. Only a cache: whoever reads it checks it against the log. */
export interface Snapshot {
  readonly streamId: string;
  /** Hash of all that the state follows from but the events. */
  readonly shape: string;
  readonly version: number;
  /** The commit that ends at `version`. */
  readonly tip: { readonly commitId: string; readonly expectedVersion: number };
  /** The state as JSON. Folded from stored events, so personal fields are ciphertext in it as well. */
  readonly state: string;
  /** Over all other fields. */
  readonly checksum: string;
}

/** One snapshot per stream, the last that was saved. May forget at any time; nothing is lost with it. */
export interface SnapshotStore {
  /** Null when there is none of this shape. May throw: the caller folds from the log then. */
  load(streamId: string, shape: string): Promise<Snapshot | null>;
  /** Each in the place of the stream's former one, whatever its shape. May throw. */
  save(snapshots: readonly Snapshot[]): Promise<void>;
}

/** The logs of the services, as their owners give them (`GET /ops/feed` with the service credential; in process when embedded). */
export interface Feeds {
  /** Numbered commits of a service after `position`, without a hole. */
  after(service: string, position: number, limit: number): Promise<SequencedCommit[]>;
  /** Numbered commits of one stream with versions beyond `afterVersion`. */
  stream(service: string, streamId: string, afterVersion: number): Promise<SequencedCommit[]>;
  lastPosition(service: string): Promise<number>;
}

/** How far one projection is with one stream. `accepted` = received or parked, `applied` = in the row. */
export interface Marks {
  readonly accepted: number;
  readonly applied: number;
}

/**
 * `poison`: it cannot be applied. `unknown-version`: it waits for a process that knows its schema version. `queued`: it waits for one before it in its stream.
 * `discarded`: an operator has passed over it; kept as long as the rows are that it is missing from.
 */
export type DeadLetterKind = 'poison' | 'unknown-version' | 'queued' | 'discarded';

/** An event that could not be applied, and those of its stream that queue behind it. */
export interface DeadLetter {
  readonly projection: string;
  readonly streamId: string;
  readonly version: number;
  readonly kind: DeadLetterKind;
  /** The event as received; null data where it could not be read. */
  readonly event: RecordedEvent | null;
  readonly raw: string | null;
  readonly cause: string;
  readonly parkedAt: string;
}

export interface BatchState<Row> {
  readonly marks: ReadonlyMap<string, Marks>;
  readonly rows: ReadonlyMap<string, Row>;
}

export interface BatchWrite<Row> {
  readonly marks: ReadonlyMap<string, Marks>;
  /** null deletes the row. */
  readonly rows: ReadonlyMap<string, Row | null>;
  /** One of the same stream and version takes the place of the former. */
  readonly parked: readonly DeadLetter[];
  /** Stream -> version up to which its dead letters leave the queue; the discarded ones stay. */
  readonly drained?: ReadonlyMap<string, number>;
}

export interface DeadLetterQuery {
  /** All streams when absent. */
  readonly streamId?: string;
  /** All but `discarded` when absent. */
  readonly kind?: DeadLetterKind;
  /** Those behind this one in the order of the answer. */
  readonly after?: { readonly streamId: string; readonly version: number };
  readonly limit: number;
}

/** What a partition batch reads and writes. */
export interface BatchKeys {
  /** The source partition ("<topic>/<n>"), for the stamps of mirrored views. */
  readonly partition: string;
  readonly streams: readonly string[];
  readonly rows: readonly string[];
  /**
   * For each of `streams` the version before its first event in the batch, which is up to where it has most likely been applied. Given by batches that write nothing of a stream without
   * moving its marks: the store may take the marks for that, and rows for what they were when it wrote them last, and let the move tell.
   */
  readonly after?: ReadonlyMap<string, number>;
}

/** Where projections write. One call = one partition batch = one atomic write of rows, marks and dead letters. */
export interface ProjectionStore {
  /** Streams of a batch up to which it is written with those of other read models that come at the same time; absent where none is: then it is for nothing that they come at once. */
  readonly sharesUpTo?: number;

  /** Makes collections and indexes; idempotent. */
  prepare(projection: Projection): Promise<void>;

  marks(projection: Projection, streamIds: readonly string[]): Promise<Map<string, Marks>>;

  /**
   * Reads the marks of `streams` and the rows `rows`, lets the pure `fold` decide, writes its result atomically and conditionally on what was read.
   * On a conflict it reads and folds again. Throws RowRefused, and what `fold` throws.
   */
  transact<Row extends object>(projection: Projection<Row>, keys: BatchKeys, fold: (state: BatchState<Row>) => BatchWrite<Row>): Promise<void>;

  /** Dead letters of a projection by stream and version, at most `limit`. */
  deadLetters(projection: Projection, query: DeadLetterQuery): Promise<DeadLetter[]>;
  /** Those of a stream, or of all; without the discarded ones. */
  countDeadLetters(projection: Projection, streamId?: string): Promise<number>;

  /** Rows by id behind `afterId` ('' from the first), at most `limit`: a walk over all of them, which sees what does not change meanwhile. */
  scanRows(projection: Projection, afterId: string, limit: number): Promise<{ readonly id: string; readonly row: object }[]>;
  /** Marks by stream behind `afterStreamId`, likewise. */
  scanMarks(projection: Projection, afterStreamId: string, limit: number): Promise<{ readonly streamId: string; readonly marks: Marks }[]>;

  /** Whether this projection version has been built from the feeds at least once. */
  built(projection: Projection): Promise<boolean>;
  setBuilt(projection: Projection): Promise<void>;

  readonly generations: Generations;

  view<Row extends object>(projection: Projection<Row>): View<Row>;
}

/** Comparison operators that MongoDB 6.0, 8.0 and mingo agree on. */
export type Condition = string | number | boolean | null | { $in?: readonly unknown[]; $nin?: readonly unknown[]; $gt?: unknown; $gte?: unknown; $lt?: unknown; $lte?: unknown; $ne?: unknown; $exists?: boolean };
export type Filter = { readonly [field: string]: Condition } | { readonly $and: readonly Filter[] } | { readonly $or: readonly Filter[] };

export interface RowQuery {
  readonly filter?: Filter;
  /** Field -> direction; the row id is always the last key, in the direction of the one before, so that the order is total. */
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly limit: number;
  /** Sort key values and id of the last row of the page before. */
  readonly after?: readonly unknown[];
}

/** The read side of a projection. Rows carry their id in `id`. */
export interface View<Row extends object> {
  get(id: string): Promise<Row | null>;
  find(query: RowQuery): Promise<Row[]>;
  count(filter?: Filter): Promise<number>;
  /** Every row, held in memory by the reader and refreshed by partition. Only for projections with `mirrored: true`. */
  all(): Promise<readonly Row[]>;
  /** True when the stream's applied mark has reached `version`, false when it has not within `ms`. */
  waitFor(streamId: string, version: number, ms: number): Promise<boolean>;
}

/** Sends a command to an aggregate of the own service, as if it had come in at the edge. */
export interface CommandSender {
  send(command: OutgoingCommand): Promise<{ id: string; version: number }>;
}

export interface OutgoingCommand {
  /** `<aggregate-plural>/<command>`, as in the path: `tasks/raise`. */
  readonly name: string;
  readonly id: string;
  readonly body: object;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly traceparent: string | null;
}
