import { envelopeOf, toRecordedEvent } from './cloudevents.js';
import type { AggregateContract, EventRegistry, RecordedEvent, SequencedCommit } from './events.js';
import { isStreamOf, recordedEvent } from './events.js';
import type { Feeds, Marks, Message } from './ports.js';

/** One event on its way to a subscriber. Reading its data may fail, and only those who follow its stream need to know. */
export interface Incoming {
  readonly service: string;
  readonly streamId: string;
  readonly version: number;
  /** The same for all events of a stream. */
  readonly partitionKey: string;
  readonly type: string;
  /** The event, upcast. Throws when it cannot be read. */
  read(): RecordedEvent;
  /** The data as received, for a dead letter. */
  readonly raw: string;
}

/** Null for a message whose envelope cannot be read: it belongs to no stream. */
export function incomingOfMessage(service: string, message: Message, registry: EventRegistry): Incoming | null {
  const envelope = envelopeOf(message);
  return envelope && { service, ...envelope, partitionKey: message.key, raw: message.value, read: once(() => toRecordedEvent(message, registry)) };
}

export const incomingOfCommit = (service: string, commit: SequencedCommit, registry: EventRegistry): Incoming[] =>
  commit.events.map((_event, index) => new EventOfCommit(service, commit, index, registry));

/** A class, because a rebuild makes one for each event of a log: it needs no closures. */
class EventOfCommit implements Incoming {
  readonly streamId: string;
  readonly version: number;
  private event: RecordedEvent | null = null;

  constructor(
    readonly service: string,
    private readonly commit: SequencedCommit,
    private readonly index: number,
    private readonly registry: EventRegistry,
  ) {
    this.streamId = commit.streamId;
    this.version = commit.expectedVersion + index + 1;
  }

  get partitionKey(): string {
    return this.commit.partitionKey;
  }

  get type(): string {
    return this.commit.events[this.index]!.type;
  }

  get raw(): string {
    return JSON.stringify(this.commit.events[this.index]!.data);
  }

  read(): RecordedEvent {
    return (this.event ??= recordedEvent(this.service, this.commit, this.index, this.registry));
  }
}

/** Whether an event belongs to a stream of one of these aggregates. Judged by the stream, so that an unknown event type still moves the marks. */
export const followsStream = (contracts: readonly AggregateContract[], incoming: Incoming): boolean =>
  contracts.some((contract) => contract.service === incoming.service && isStreamOf(contract, incoming.streamId));

/** The services of which one may own a stream, by its name: where one prefix begins another there may be several. */
export const servicesOf = ({ follows }: { readonly follows: readonly AggregateContract[] }, streamId: string): string[] => [
  ...new Set(follows.filter((contract) => isStreamOf(contract, streamId)).map(({ service }) => service)),
];

export const NO_MARKS: Marks = { accepted: 0, applied: 0 };

/** For each stream the lowest of the versions that are told of it. */
export function earliest(versions: Iterable<readonly [streamId: string, version: number]>): Map<string, number> {
  const lowest = new Map<string, number>();
  for (const [streamId, version] of versions) lowest.set(streamId, Math.min(version, lowest.get(streamId) ?? Infinity));
  return lowest;
}

/** For each stream the version before its first event. */
export const versionsBefore = (events: readonly Incoming[]): Map<string, number> => earliest(events.map(({ streamId, version }) => [streamId, version - 1]));

/**
 * What of `incoming` is new, per stream in version order and without a hole: duplicates are dropped by the accepted mark,
 * missing versions are fetched from the owner's feed. A stream whose hole the feed cannot fill yet is an error: the batch comes again.
 */
export async function gapless(
  incoming: readonly Incoming[],
  marks: ReadonlyMap<string, Marks>,
  { feeds, registry }: { feeds: Feeds; registry: EventRegistry },
  onGap: (streamId: string, after: number) => void,
): Promise<Incoming[]> {
  const streams = new Map<string, Incoming[]>();
  for (const event of incoming) {
    const accepted = (marks.get(event.streamId) ?? NO_MARKS).accepted;
    if (event.version <= accepted) continue;
    const events = streams.get(event.streamId);
    if (!events) streams.set(event.streamId, [event]);
    else if (event.version > events[events.length - 1]!.version) events.push(event);
  }
  const complete: Incoming[] = [];
  for (const [streamId, events] of streams) {
    const accepted = (marks.get(streamId) ?? NO_MARKS).accepted;
    if (isGapless(events, accepted)) {
      complete.push(...events);
      continue;
    }
    onGap(streamId, accepted);
    const { service } = events[0]!;
    const commits = await feeds.stream(service, streamId, accepted);
    const repaired = commits.flatMap((commit) => incomingOfCommit(service, commit, registry)).filter((event) => event.version > accepted);
    if (!isGapless(repaired, accepted) || repaired.length < events.length) throw new Error(`${streamId}: the feed has no events after version ${accepted} yet`);
    complete.push(...repaired);
  }
  return complete;
}

const isGapless = (events: readonly Incoming[], after: number): boolean => events.every((event, i) => event.version === after + 1 + i);

function once<T>(make: () => T): () => T {
  let result: { value: T } | undefined;
  return () => (result ??= { value: make() }).value;
}
