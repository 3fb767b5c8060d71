import { type Actor, type EventRegistry, type RecordedEvent, type SequencedCommit } from './events.js';
import type { Message, PartitionedMessage } from './ports.js';

/** Partitions of every topic. The same everywhere, or the order per key would break between producers. */
export const PARTITIONS = 24;

/** FNV-1a over UTF-16 code units: stable across processes and versions; part of the wire format, never to change for an existing topic. */
export function partitionOf(key: string, partitions: number = PARTITIONS): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % partitions;
}

/**
 * The messages of a commit: CloudEvents 1.0, Kafka binary mode, one per event. The data goes out in the schema version it was written in.
 * Attributes beyond the core ones: streamversion, position, index, recordedtime, schemaversion, partitionkey, commitid, commandid, correlationid,
 * causationid, actor (JSON), supersedes (comma-separated versions), commitsize (events of the commit), prevposition (position of the commit before this one
 * on the same partition, 0 for the first). A reader that finds prevposition beyond what it has had knows that messages were lost.
 */
export function toMessages(service: string, commit: SequencedCommit, partitions: number = PARTITIONS, previous = 0): PartitionedMessage[] {
  const partition = partitionOf(commit.partitionKey, partitions);
  return commit.events.map((event, index) => ({
    partition,
    key: commit.partitionKey,
    headers: {
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_type: event.type,
      ce_source: `/keyfold/${service}`,
      ce_subject: commit.streamId,
      ce_time: event.occurredAt,
      ce_recordedtime: commit.recordedAt,
      ce_schemaversion: String(event.schemaVersion),
      ce_streamversion: String(commit.expectedVersion + index + 1),
      ce_position: String(commit.position),
      ce_index: String(index),
      ce_commitsize: String(commit.events.length),
      ce_prevposition: String(previous),
      ce_partitionkey: commit.partitionKey,
      ce_commitid: commit.commitId,
      ce_commandid: commit.commandId,
      ce_correlationid: commit.correlationId,
      ...(commit.causationId && { ce_causationid: commit.causationId }),
      ce_actor: JSON.stringify(commit.actor),
      ...(event.supersedes?.length && { ce_supersedes: event.supersedes.join(',') }),
      ...(commit.traceparent && { traceparent: commit.traceparent }),
      'content-type': 'application/json',
    },
    value: JSON.stringify(event.data),
  }));
}

const MARKER = 'keyfold.marker';

/**
 * Says on an idle partition how far it goes: `previous` is the last position that was published on it, and everything of the partition that was recorded before
 * `recordedAt` has been published. It belongs to no stream; `id` is unlike every other message's.
 */
export const markerOf = (service: string, partition: number, { id, at, previous, recordedAt }: { id: string; at: string; previous: number; recordedAt: string }): PartitionedMessage => ({
  partition,
  key: '',
  headers: {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: MARKER,
    ce_source: `/keyfold/${service}`,
    ce_time: at,
    ce_recordedtime: recordedAt,
    ce_prevposition: String(previous),
    'content-type': 'application/json',
  },
  value: '{}',
});

/** What a message says of its partition. Null when it says nothing: it was written before messages did. */
export interface Progress {
  /** Position of the commit before, on the same partition. */
  readonly previous: number;
  /** With this message the partition is complete up to here. */
  readonly upTo: number;
  /** Everything on the partition recorded before this time comes no later than this message. */
  readonly recordedAt: string;
}

export function progressOf(message: Message): Progress | null {
  const { headers } = message;
  const { ce_prevposition: previous, ce_recordedtime: recordedAt } = headers;
  if (previous === undefined || recordedAt === undefined) return null;
  const isLastOfCommit = !isMarker(message) && Number(headers['ce_index']) + 1 === Number(headers['ce_commitsize']);
  const progress = { previous: Number(previous), upTo: Number(isLastOfCommit ? headers['ce_position'] : previous), recordedAt };
  return Number.isSafeInteger(progress.previous) && Number.isSafeInteger(progress.upTo) ? progress : null;
}

export const isMarker = ({ headers }: Message): boolean => headers['ce_type'] === MARKER;

/** What can be said of a message without reading its data: enough to find its stream and to skip it. Null when even that is missing. */
export interface MessageEnvelope {
  readonly type: string;
  readonly streamId: string;
  readonly version: number;
}

export function envelopeOf(message: Message): MessageEnvelope | null {
  const { ce_type: type, ce_subject: streamId, ce_streamversion: version } = message.headers;
  const number = Number(version);
  return type && streamId && Number.isInteger(number) && number > 0 ? { type, streamId, version: number } : null;
}

/** The event of a message, upcast. Throws UnknownEventVersion, or SyntaxError/TypeError for a malformed message. */
export function toRecordedEvent(message: Message, registry: EventRegistry): RecordedEvent {
  const header = (name: string): string => {
    const value = message.headers[`ce_${name}`];
    if (value === undefined) throw new TypeError(`header ce_${name} is missing`);
    return value;
  };
  const data: unknown = JSON.parse(message.value);
  if (typeof data !== 'object' || data === null) throw new TypeError('the data is not an object');
  return {
    eventId: header('id'),
    type: header('type'),
    data: registry.upcast(header('type'), Number(header('schemaversion')), data),
    service: header('source').replace('/keyfold/', ''),
    streamId: header('subject'),
    version: Number(header('streamversion')),
    position: Number(header('position')),
    index: Number(header('index')),
    occurredAt: header('time'),
    recordedAt: header('recordedtime'),
    supersedes: (message.headers['ce_supersedes'] ?? '').split(',').filter(Boolean).map(Number),
    partitionKey: header('partitionkey'),
    commitId: header('commitid'),
    commandId: header('commandid'),
    correlationId: header('correlationid'),
    causationId: message.headers['ce_causationid'] ?? null,
    actor: JSON.parse(header('actor')) as Actor,
    traceparent: message.headers['traceparent'] ?? null,
  };
}
