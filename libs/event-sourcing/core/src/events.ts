import { UnknownEventVersion } from './errors.js';

/** What a decision returns: one fact of the business, in the past tense. */
export interface DomainEvent<Type extends string = string, Data extends object = object> {
  readonly type: Type;
  readonly data: Data;
  /** Business time, RFC 3339 in UTC; may lie in the past. Absent: the time of the command. */
  readonly occurredAt?: string;
  /** Versions of the same stream that this event corrects: history leaves them out once this event is known. */
  readonly supersedes?: readonly number[];
}

/** An event as a fold sees it: the fact, its place in its stream and its business time. */
export type Fact<E extends DomainEvent = DomainEvent> = E extends DomainEvent<infer T, infer D>
  ? { readonly type: T; readonly data: D; readonly version: number; readonly occurredAt: string; readonly supersedes: readonly number[] }
  : never;

/** Who caused a commit. `memberId` is the TeamMember that the token names, `subject` the token's subject. No names: ids are opaque. */
export interface Actor {
  readonly subject: string;
  readonly memberId: string | null;
  readonly roles: readonly string[];
}

/** One event inside a commit, as stored. */
export interface CommittedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly occurredAt: string;
  readonly supersedes?: readonly number[];
  readonly data: object;
}

/** Bytes that the data of one event may have as JSON: with its envelope it fits into one request to Kafka. */
export const LARGEST_EVENT = 900_000;

/** One append = one command's events = one document. */
export interface NewCommit {
  readonly commitId: string;
  readonly streamId: string;
  /** The stream's head before this commit; 0 for a new stream. The events take the versions expectedVersion+1 ... */
  readonly expectedVersion: number;
  readonly partitionKey: string;
  readonly events: readonly CommittedEvent[];
  readonly commandId: string;
  /** Hash of (actor, command, target, body): tells the same command from another one under the same id. */
  readonly commandHash: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
}

/** A stored commit. `position` and `recordedAt` are given by the sequencer, after the commit: null until then. */
export interface Commit extends NewCommit {
  readonly position: number | null;
  readonly recordedAt: string | null;
}

/** A commit that has its place in the order of its service. */
export interface SequencedCommit extends Commit {
  readonly position: number;
  /** Log time, RFC 3339 in UTC; never decreases with position. */
  readonly recordedAt: string;
}

/** An event as consumers see it: upcast to the current schema version, with both times and all metadata. */
export interface RecordedEvent<E extends DomainEvent = DomainEvent> {
  readonly eventId: string;
  readonly type: E['type'];
  readonly data: E['data'];
  readonly service: string;
  readonly streamId: string;
  readonly version: number;
  readonly position: number;
  /** Index of the event inside its commit, from 0. */
  readonly index: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly supersedes: readonly number[];
  readonly partitionKey: string;
  readonly commitId: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: Actor;
  readonly traceparent: string | null;
}

/** Turns the data of schema version n into that of version n + 1. */
export type Upcaster = (data: never) => object;

/**
 * The chain of one event type from version 1 to `Current`: `upcastFrom<MovedV1>().to<MovedV2>((old) => ...).to((old) => ...)`.
 * Each step takes what the one before gives, and a contract accepts only a chain that ends in the event's own data: a wrong one does not compile.
 */
export class Upcasters<Current extends object = object> {
  /** Exists for the compiler alone. */
  declare readonly current: Current;

  constructor(readonly steps: readonly Upcaster[] = []) {}

  to<Next extends object>(step: (data: Current) => Next): Upcasters<Next> {
    return new Upcasters<Next>([...this.steps, step]);
  }
}

export const upcastFrom = <V1 extends object>(): Upcasters<V1> => new Upcasters<V1>();

export interface EventSpec<Data extends object = object> {
  /** Current schema version; the one written. */
  readonly version: number;
  /** From version 1 to the current one, a step for each. */
  readonly upcast?: Upcasters<Data>;
  /** Fields encrypted with the key of the person that the field `of` names (architecture.md 7). */
  readonly personal?: { readonly of: string; readonly fields: readonly string[] };
}

/** What an aggregate publishes: its stream prefix and the current version of each event type. */
export interface AggregateContract<E extends DomainEvent = DomainEvent> {
  readonly service: string;
  readonly name: string;
  /** Streams are `<streamPrefix>-<id>`. */
  readonly streamPrefix: string;
  readonly events: { readonly [Type in E['type']]: EventSpec<Extract<E, { readonly type: Type }>['data']> };
}

export const defineContract = <E extends DomainEvent>(contract: AggregateContract<E>): AggregateContract<E> => contract;

export const streamOf = (contract: { readonly streamPrefix: string }, id: string): string => `${contract.streamPrefix}-${id}`;

/** Whether a stream belongs to an aggregate, by its name. */
export const isStreamOf = ({ streamPrefix }: { readonly streamPrefix: string }, streamId: string): boolean => streamId.startsWith(streamPrefix) && streamId[streamPrefix.length] === '-';

/** The id inside a stream name: `account-42` gives `42`. */
export const idOf = (contract: { readonly streamPrefix: string }, streamId: string): string => streamId.slice(contract.streamPrefix.length + 1);

export const topicOf = (service: string): string => `${service}${TOPIC_SUFFIX}`;

/** The service that writes a topic: the inverse of topicOf. */
export const serviceOf = (topic: string): string => topic.slice(0, -TOPIC_SUFFIX.length);

const TOPIC_SUFFIX = '.events.v1';

/** All event types known to a process, with their upcasters: the one chain that the store's readers and the consumers share. */
export class EventRegistry {
  private readonly types = new Map<string, { contract: AggregateContract; spec: EventSpec }>();

  constructor(contracts: readonly AggregateContract<never>[]) {
    for (const contract of contracts as readonly AggregateContract[])
      for (const [type, spec] of Object.entries(contract.events)) {
        if (this.types.has(type)) throw new Error(`event type ${type} is defined twice`);
        const upcasters = spec.upcast?.steps.length ?? 0;
        if (upcasters < spec.version - 1) throw new Error(`${type}: no upcaster from version ${upcasters + 1}`);
        if (upcasters > spec.version - 1) throw new Error(`${type}: an upcaster to version ${upcasters + 1}, but the version is ${spec.version}`);
        this.types.set(type, { contract, spec });
      }
    // Marks and rows go by the stream's name alone, so two services may not name a stream alike.
    for (const [prefix, sharing] of Map.groupBy(contracts as readonly AggregateContract[], (contract) => contract.streamPrefix))
      if (sharing.length > 1) throw new Error(`the stream prefix ${prefix} is used by ${sharing.map(({ service, name }) => `${service}.${name}`).join(' and ')}`);
    // A stream belongs to the aggregate whose prefix and a hyphen it begins with.
    for (const { streamPrefix: outer } of contracts)
      for (const { streamPrefix: inner } of contracts)
        if (inner.startsWith(`${outer}-`)) throw new Error(`streams with the prefix ${inner} would also be taken for streams with the prefix ${outer}`);
  }

  knows(type: string): boolean {
    return this.types.has(type);
  }

  contractOf(type: string): AggregateContract | null {
    return this.types.get(type)?.contract ?? null;
  }

  spec(type: string): EventSpec {
    const known = this.types.get(type);
    if (!known) throw new Error(`event type ${type} is not in the contracts`);
    return known.spec;
  }

  /** Data in the current version. Throws UnknownEventVersion for a version from the future. Unknown types pass untouched. */
  upcast(type: string, schemaVersion: number, data: object): object {
    const spec = this.types.get(type)?.spec;
    if (!spec) return data;
    if (!Number.isInteger(schemaVersion) || schemaVersion < 1 || schemaVersion > spec.version) throw new UnknownEventVersion(type, schemaVersion);
    return (spec.upcast?.steps ?? []).slice(schemaVersion - 1).reduce<object>((current, step) => step(current as never), data);
  }
}

/** The events of a sequenced commit as consumers see them, upcast. */
export function recordedEvents(service: string, commit: SequencedCommit, registry: EventRegistry): RecordedEvent[] {
  return commit.events.map((_event, index) => recordedEvent(service, commit, index, registry));
}

/** One of them. */
export function recordedEvent(service: string, commit: SequencedCommit, index: number, registry: EventRegistry): RecordedEvent {
  const event = commit.events[index]!;
  return {
    eventId: event.eventId,
    type: event.type,
    data: registry.upcast(event.type, event.schemaVersion, event.data),
    service,
    streamId: commit.streamId,
    version: commit.expectedVersion + index + 1,
    position: commit.position,
    index,
    occurredAt: event.occurredAt,
    recordedAt: commit.recordedAt,
    supersedes: event.supersedes ?? [],
    partitionKey: commit.partitionKey,
    commitId: commit.commitId,
    commandId: commit.commandId,
    correlationId: commit.correlationId,
    causationId: commit.causationId,
    actor: commit.actor,
    traceparent: commit.traceparent,
  };
}
