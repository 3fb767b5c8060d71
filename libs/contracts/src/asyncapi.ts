import { type AggregateContract, PARTITIONS, topicOf } from '@keyfold/event-sourcing';

/** The JSON Schema of an event's data in one schema version. */
export type SchemaOf = (type: string, version: number) => object;

const text = (description: string, more: object = {}): object => ({ type: 'string', description, ...more });
const whole = (description: string): object => text(`${description} A whole number.`, { pattern: '^[0-9]+$' });

/** Headers of every message, as core's toMessages writes them: CloudEvents 1.0 in Kafka's binary mode. All values are UTF-8 text. */
const HEADERS = {
  type: 'object',
  required: [
    'ce_specversion',
    'ce_id',
    'ce_type',
    'ce_source',
    'ce_subject',
    'ce_time',
    'ce_recordedtime',
    'ce_schemaversion',
    'ce_streamversion',
    'ce_position',
    'ce_index',
    'ce_partitionkey',
    'ce_commitid',
    'ce_commandid',
    'ce_correlationid',
    'ce_actor',
    'content-type',
  ],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: text('Id of the event: the same event always comes under the same id.'),
    ce_type: text('Event type, such as accounts.key-account.qualified.'),
    ce_source: text('Service whose log holds the event: /keyfold/<service>.', { format: 'uri-reference' }),
    ce_subject: text('Stream of the event: <prefix>-<id>.'),
    ce_time: text('Business time, RFC 3339 in UTC; may lie in the past.', { format: 'date-time' }),
    ce_recordedtime: text('Log time, RFC 3339 in UTC; never decreases with the position.', { format: 'date-time' }),
    ce_schemaversion: whole('Schema version of the data, as it was written. Park what you do not know.'),
    ce_streamversion: whole(
      'Version of the stream after this event, 1, 2, ... without a hole. Drop what you have applied; a hole is filled from the feed.',
    ),
    ce_position: whole("Position of the commit in its service's log, dense and unique."),
    ce_index: whole('Index of the event inside its commit, from 0.'),
    ce_partitionkey: text('Key of the message: the account, where there is one.'),
    ce_commitid: text('Commit of the event.'),
    ce_commandid: text('Command that caused it.'),
    ce_correlationid: text('Same for everything that followed from one request.'),
    ce_causationid: text('Event that caused the command; absent for what people do.'),
    ce_actor: text('Who caused it, as JSON: subject, memberId (or null), roles. No names.', { contentMediaType: 'application/json' }),
    ce_supersedes: text('Versions of the stream that this event corrects, separated by commas.', { pattern: '^[0-9]+(,[0-9]+)*$' }),
    ce_commitsize: whole('Events of the commit. Absent on messages written before it was.'),
    ce_prevposition: whole(
      'Position of the commit before this one on the same partition, 0 for the first: beyond what you have had, messages were lost.',
    ),
    traceparent: text('W3C trace context.'),
    'content-type': { const: 'application/json' },
  },
};

/** A message between the events that belongs to no stream: readers of events pass over it. */
const MARKER = {
  name: 'keyfold.marker',
  title: 'Marker of an idle partition',
  summary:
    'Says how far its partition goes: ce_prevposition is the last position published on it, ce_recordedtime the time up to which it is complete. Pass over it, or use it to notice a lost tail.',
  contentType: 'application/json',
  headers: {
    type: 'object',
    required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_recordedtime', 'ce_prevposition', 'content-type'],
    properties: { ...HEADERS.properties, ce_type: { const: 'keyfold.marker' } },
  },
  payload: { type: 'object' },
};

const DESCRIPTION = [
  'Every service writes the events of its log to one topic, which it alone writes.',
  `A topic has ${PARTITIONS} partitions; messages with the same key come in order, at least once.`,
  'A deployment may put a prefix before the topics (KEYFOLD_TOPIC_PREFIX).',
  'Readers ignore fields and event types that they do not know.',
].join(' ');

/** AsyncAPI 3.0 of all topics: a message for each version of each event type, since logs and topics keep events as they were written. */
export function asyncApi(contracts: readonly AggregateContract[], schemaOf: SchemaOf): object {
  const services = Map.groupBy(contracts, (contract) => contract.service);
  const messagesOf = (own: readonly AggregateContract[]) =>
    own.flatMap((contract) => versionsOf(contract).map((event) => [keyOf(event), message(event, schemaOf)] as const));
  const channels = [...services].map(([service, own]) => [
    topicOf(service),
    channel(
      service,
      messagesOf(own).map(([key]) => key),
    ),
  ]);
  const operations = [...services.keys()].map((service) => [
    `publish-${service}`,
    {
      action: 'send',
      channel: { $ref: `#/channels/${topicOf(service)}` },
      summary: `Publishes the log of ${service}, in the order of its positions.`,
    },
  ]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Keyfold events',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: {
      messages: { ...Object.fromEntries(messagesOf(contracts)), 'keyfold.marker': MARKER },
      schemas: { 'cloud-events-headers': HEADERS },
    },
  };
}

/** One schema version of one event type, and where it is found. */
export interface EventVersion {
  readonly type: string;
  readonly version: number;
  /** The version that is written; older ones are in logs and topics only. */
  readonly current: boolean;
  readonly topic: string;
  /** Names of its streams: `account-<id>`. */
  readonly streams: string;
}

/** Every version of every event type of an aggregate, oldest first. */
export const versionsOf = (contract: AggregateContract): EventVersion[] =>
  Object.entries(contract.events).flatMap(([type, spec]) =>
    Array.from({ length: spec.version }, (_, i) => ({
      type,
      version: i + 1,
      current: i + 1 === spec.version,
      topic: topicOf(contract.service),
      streams: `${contract.streamPrefix}-<id>`,
    })),
  );

const keyOf = ({ type, version }: EventVersion): string => `${type}.v${version}`;

const channel = (service: string, messages: readonly string[]): object => ({
  address: topicOf(service),
  title: `Events of ${service}`,
  messages: Object.fromEntries([...messages, 'keyfold.marker'].map((key) => [key, { $ref: `#/components/messages/${key}` }])),
  bindings: { kafka: { topic: topicOf(service), partitions: PARTITIONS, bindingVersion: '0.5.0' } },
});

const message = (event: EventVersion, schemaOf: SchemaOf): object => ({
  name: event.type,
  title: `${event.type}, version ${event.version}`,
  summary: `An event of a stream ${event.streams}. ${event.current ? 'The version that is written now.' : 'No longer written, but still in logs and topics.'}`,
  contentType: 'application/json',
  headers: { $ref: '#/components/schemas/cloud-events-headers' },
  payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema: schemaOf(event.type, event.version) },
  bindings: { kafka: { key: { type: 'string' }, bindingVersion: '0.5.0' } },
});
