import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, type Logger, PARTITIONS, type PartitionedMessage, partitionOf, topicOf } from '@keyfold/event-sourcing';
import { createTopics, type KafkaSettings, KafkaTransport, type MemberTuning } from '../src/index.js';

export const SERVICES = ['accounts', 'opportunities'] as const;
export const TOPIC = topicOf('accounts');

export const clock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

export interface Line {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: string;
}

export function recordingLog(): Logger & { readonly lines: Line[] } {
  const lines: Line[] = [];
  const line = (level: keyof Logger) => (message: string, fields?: object) =>
    void lines.push({ level, message, fields: JSON.stringify(fields ?? {}) });
  return { lines, info: line('info'), warn: line('warn'), error: line('error') };
}

export const brokers = (): string[] => {
  const given = process.env['KEYFOLD_KAFKA_BROKERS'];
  if (!given)
    throw new Error('KEYFOLD_KAFKA_BROKERS is not set: run the integration tests with npm test, which provides MongoDB and Kafka');
  return given.split(',');
};

/** Quick to notice that a member has gone, slow to take a busy test machine for a stalled one. */
export const TUNING: Partial<MemberTuning> = { sessionTimeoutMs: 6_000, stallMs: 5_000, graceMs: 500 };

export interface Cluster {
  readonly settings: KafkaSettings;
  readonly log: ReturnType<typeof recordingLog>;
  transport(tuning?: Partial<MemberTuning>): KafkaTransport;
  close(): Promise<void>;
}

/** Topics of their own on the shared broker. */
export async function freshTopics(services: readonly string[] = SERVICES, connection?: KafkaSettings['connection']): Promise<Cluster> {
  const log = recordingLog();
  const settings: KafkaSettings = {
    brokers: brokers(),
    clientId: 'kafka-int-spec',
    topicPrefix: `t-${randomUUID().slice(0, 8)}.`,
    connection,
    clock,
    log,
  };
  const transports: KafkaTransport[] = [];
  if (services.length > 0) await createTopics(settings, services);
  return {
    settings,
    log,
    transport: (tuning) => {
      const transport = new KafkaTransport(settings, { ...TUNING, ...tuning });
      transports.push(transport);
      return transport;
    },
    close: async () => void (await Promise.all(transports.map((transport) => transport.close()))),
  };
}

export const message = (key: string, n: number, value = JSON.stringify({ n })): PartitionedMessage => ({
  key,
  partition: partitionOf(key, PARTITIONS),
  headers: { ce_id: `${key}-${n}`, ce_subject: `thing-${key}`, note: 'Größe 🚀' },
  value,
});

export const numbered = (key: string, from: number, count: number): PartitionedMessage[] =>
  Array.from({ length: count }, (_, i) => message(key, from + i));
