import { DomainError, NotFound } from './errors.js';
import type { EventRegistry, RecordedEvent, SequencedCommit } from './events.js';
import { isStreamOf, topicOf } from './events.js';
import { partitionOf } from './cloudevents.js';
import type { Clock, DeadLetter, DeadLetterKind, Feeds, Logger, Marks, ProjectionStore } from './ports.js';
import type { AnyProjection } from './projection.js';
import { type Incoming, incomingOfCommit, NO_MARKS } from './subscription.js';

/** Rows that an event touches, and what they are after it: written in one with the applied mark. */
export interface RowChanges {
  readonly rows: readonly string[];
  fold(before: ReadonlyMap<string, object>): ReadonlyMap<string, object | null>;
}

export const NO_CHANGES: RowChanges = { rows: [], fold: () => new Map() };

/** Who can be given a parked event once more. */
export interface Retryable {
  /** Under which the marks and the dead letters are kept. */
  readonly projection: AnyProjection;
  /** Deals with the event: effects first (they have their effect once), then the rows. Throws why it still cannot be dealt with. */
  reapply(event: RecordedEvent): Promise<RowChanges>;
}

/** Why an event is parked. */
export interface Obstacle {
  readonly kind: DeadLetterKind;
  readonly cause: string;
}

export const QUEUED: Obstacle = { kind: 'queued', cause: 'queued behind a dead letter' };

const LONGEST_CAUSE = 500;

export const obstacleOf = (error: unknown): Obstacle => ({
  kind: error instanceof Error && error.name === 'UnknownEventVersion' ? 'unknown-version' : 'poison',
  cause: String(error).slice(0, LONGEST_CAUSE),
});

/** Whether an error says nothing about the event: then it is not parked, and the batch comes again for as long as it takes. */
export const isOutage = (error: unknown): boolean => error instanceof Error && ['Unavailable', 'WrongExpectedVersion'].includes(error.name);

export const isParked = (marks: Marks): boolean => marks.applied < marks.accepted;

/** The event is kept as it came: personal fields are ciphertext in it, and stay so. */
export function letterOf(projection: string, incoming: Incoming, { kind, cause }: Obstacle, parkedAt: string): DeadLetter {
  const event = readable(incoming);
  return { projection, streamId: incoming.streamId, version: incoming.version, kind, event, raw: event ? null : incoming.raw, cause, parkedAt };
}

function readable(incoming: Incoming): RecordedEvent | null {
  try {
    return incoming.read();
  } catch {
    return null;
  }
}

export interface Retried {
  readonly applied: number;
  readonly left: number;
  /** Why the one that is now at the head cannot be applied; null when none is left. */
  readonly cause: string | null;
}

export interface DeadLetterTools {
  readonly registry: EventRegistry;
  readonly feeds: Feeds;
  readonly clock: Clock;
  readonly log: Logger;
}

const RETRY_BATCH = 500;
/** Queues that one retry looks at, where generations are switched meanwhile. */
const MOST_SWITCHES = 5;
const DRAIN_BATCH = 100;

/** What was parked before this letter is still to be applied. */
class OutOfTurn extends Error {
  override readonly name = 'OutOfTurn';
  constructor(streamId: string, applied: number) {
    super(`version ${applied + 1} of ${streamId} must come first`);
  }
}

/**
 * The queues of parked events, one per projection and stream. While a queue is not empty (applied < accepted) every new event of its stream joins it, in the
 * transaction that moves the accepted mark. A retry moves the applied mark, in a transaction too: so either the new event sees the queue and a later look of the retry
 * finds it there, or it comes after the last one and flows. None is passed over by another.
 */
export class DeadLetters {
  constructor(
    private readonly store: ProjectionStore,
    private readonly tools: DeadLetterTools,
  ) {}

  /** Applies the queue of a stream again, head first, up to the first that still fails. Throws Unavailable during an outage; what was applied by then is. */
  async retry(subscriber: Retryable, streamId: string): Promise<Retried> {
    const { projection } = subscriber;
    for (let applied = 0, switches = 0; ; ) {
      const letters = await this.store.deadLetters(projection, { streamId, limit: RETRY_BATCH });
      if (letters.length === 0) return { applied, left: 0, cause: null };
      const events = await this.logged(projection, letters);
      for (const letter of letters)
        try {
          if (await this.retryOne(subscriber, letter, events.get(letter.version))) applied += 1;
        } catch (error) {
          if (isOutage(error)) throw error;
          if (error instanceof OutOfTurn && ++switches < MOST_SWITCHES) break; // the queue of another generation: from its head, then
          const obstacle = obstacleOf(error);
          await this.note(projection, letter, obstacle);
          return { applied, left: await this.store.countDeadLetters(projection, streamId), cause: obstacle.cause };
        }
    }
  }

  /**
   * Passes over the event at the head of a queue: its mark moves, its rows do not. Those behind it stay and can be retried. The letter is kept as `discarded`.
   * `record` comes first, so that none is discarded without a trace. Throws NotFound when there is no queue, DomainError `dead-letter-not-head` for any other version.
   */
  async discard({ projection }: Retryable, { streamId, version }: { streamId: string; version: number }, record: (letter: DeadLetter) => Promise<void>): Promise<void> {
    const { applied } = (await this.store.marks(projection, [streamId])).get(streamId) ?? NO_MARKS;
    const head = (await this.store.deadLetters(projection, { streamId, after: { streamId, version: applied }, limit: 1 }))[0];
    if (!head) throw new NotFound('dead letter', `${streamId}@${version}`);
    if (head.version !== version) throw notAtTheHead(version, head.version);
    await record(head);
    await this.store.transact(projection, { partition: topicOf(ownerOf(projection, streamId)), streams: [streamId], rows: [] }, (state) => {
      const marks = state.marks.get(streamId) ?? NO_MARKS;
      if (version !== marks.applied + 1 || !isParked(marks)) throw notAtTheHead(version, marks.applied + 1);
      return { marks: new Map([[streamId, { accepted: marks.accepted, applied: version }]]), rows: new Map(), parked: [{ ...head, kind: 'discarded' }] };
    });
  }

  /** The event of a letter as its owner has it: metadata, and data as stored. Null when the log does not have it. */
  async stored({ projection, streamId, version }: Pick<DeadLetter, 'projection' | 'streamId' | 'version'>, of: Retryable): Promise<object | null> {
    const commits = await this.tools.feeds.stream(ownerOf(of.projection, streamId), streamId, version - 1);
    const commit = commits.find(({ expectedVersion, events }) => expectedVersion < version && version <= expectedVersion + events.length);
    if (!commit) return null;
    const { events, commandHash: _hash, ...metadata } = commit;
    return { projection, ...metadata, ...events[version - commit.expectedVersion - 1]!, version };
  }

  /** Retries the queues that wait for a process which knows a schema version, as after an upgrade this one may. Returns how many events were applied. */
  async drainUnknownVersions(subscriber: Retryable): Promise<number> {
    const { projection } = subscriber;
    let applied = 0;
    let after: { streamId: string; version: number } | undefined;
    for (;;) {
      const letters = await this.store.deadLetters(projection, { kind: 'unknown-version', limit: DRAIN_BATCH, after });
      for (const { streamId } of letters) applied += (await this.retry(subscriber, streamId)).applied;
      after = letters.at(-1);
      if (letters.length < DRAIN_BATCH) break;
    }
    if (applied > 0) this.tools.log.info('events of formerly unknown versions applied', { projection: projection.name, applied });
    return applied;
  }

  /**
   * The letter leaves in the write that moves the mark, so in the generation whose mark it is: one that serves since then has its own queue, and its own letter of
   * this event. False when the mark had passed the event already.
   */
  private async retryOne(subscriber: Retryable, { streamId, version }: DeadLetter, incoming: Incoming | undefined): Promise<boolean> {
    const { projection } = subscriber;
    const { applied } = (await this.store.marks(projection, [streamId])).get(streamId) ?? NO_MARKS;
    if (version <= applied) return this.sweep(projection, { streamId, version });
    if (version !== applied + 1) throw new OutOfTurn(streamId, applied);
    if (!incoming) throw new Error(`${streamId} version ${version} is not in the feed`);
    const event = incoming.read();
    const changes = this.tools.registry.knows(event.type) ? await subscriber.reapply(event) : NO_CHANGES;
    // Under the partition that it came from: mirrors of the view are refreshed by partition.
    const partition = sourcePartition(event.service, event.partitionKey);
    let isNew = true;
    await this.store.transact<object>(projection, { partition, streams: [streamId], rows: changes.rows }, (state) => {
      const marks = state.marks.get(streamId) ?? NO_MARKS;
      // Another generation serves since the marks were read, and its queue begins earlier.
      if (version > marks.applied + 1) throw new OutOfTurn(streamId, marks.applied);
      isNew = version === marks.applied + 1; // no more, when another retry was faster
      if (!isNew) return { marks: new Map(), rows: new Map(), parked: [] };
      const moved = new Map([[streamId, { accepted: marks.accepted, applied: version }]]);
      return { marks: moved, rows: changes.fold(state.rows), parked: [], drained: new Map([[streamId, version]]) };
    });
    return isNew;
  }

  /** Removes the letter of an event that was applied: former releases did that in a step of its own, which a crash could prevent. */
  private async sweep(projection: AnyProjection, { streamId, version }: Pick<DeadLetter, 'streamId' | 'version'>): Promise<false> {
    await this.store.transact(projection, { partition: topicOf(ownerOf(projection, streamId)), streams: [streamId], rows: [] }, ({ marks }) => {
      const { applied } = marks.get(streamId) ?? NO_MARKS;
      return { marks: new Map(), rows: new Map(), parked: [], drained: new Map([[streamId, Math.min(version, applied)]]) };
    });
    return false;
  }

  /** Says of the letter at the head why it failed last: one that was queued behind another may wait for an unknown version. */
  private note(projection: AnyProjection, letter: DeadLetter, obstacle: Obstacle): Promise<void> {
    const { streamId, version } = letter;
    return this.store.transact(projection, { partition: topicOf(ownerOf(projection, streamId)), streams: [streamId], rows: [] }, (state) => {
      const marks = state.marks.get(streamId) ?? NO_MARKS;
      if (version !== marks.applied + 1) return { marks: new Map(), rows: new Map(), parked: [] };
      // The mark is written as it is, so that this and a retry that was faster cannot both succeed.
      return { marks: new Map([[streamId, marks]]), rows: new Map(), parked: [{ ...letter, ...obstacle }] };
    });
  }

  /** The events of letters of one stream from the owner's log: a letter may hold its event as an older process understood it. */
  private async logged(projection: AnyProjection, letters: readonly DeadLetter[]): Promise<Map<number, Incoming>> {
    const { streamId, version } = letters[0]!;
    const service = ownerOf(projection, streamId);
    const commits = await this.tools.feeds.stream(service, streamId, version - 1);
    return new Map(commits.flatMap((commit: SequencedCommit) => incomingOfCommit(service, commit, this.tools.registry)).map((event) => [event.version, event]));
  }
}

const notAtTheHead = (version: number, head: number): DomainError => new DomainError('dead-letter-not-head', { version, head });

/** The service that owns a stream that a projection follows. */
export function ownerOf({ follows }: AnyProjection, streamId: string): string {
  const contract = follows.find((followed) => isStreamOf(followed, streamId));
  if (!contract) throw new NotFound('stream', streamId);
  return contract.service;
}

/** Where an event is on its topic, whichever way it comes: `<topic>/<partition>`. */
export const sourcePartition = (service: string, key: string): string => `${topicOf(service)}/${partitionOf(key)}`;
