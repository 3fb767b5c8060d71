import { createRequire } from 'node:module';
import type { Clock, Logger, Metrics } from '@keyfold/event-sourcing';
import kafkajs, { type Admin, type Kafka, type KafkaConfig, type LogEntry } from 'kafkajs';
import { Seldom } from './seldom.js';

export interface KafkaSettings {
  readonly brokers: readonly string[];
  /** Names this process in the broker's logs and quotas. */
  readonly clientId: string;
  /** Put before every topic and group name, so that several deployments can share one cluster. Nothing above this library sees it. */
  readonly topicPrefix: string;
  /** How the brokers are reached: encryption, credentials, and for tests the sockets. */
  readonly connection?: Pick<KafkaConfig, 'ssl' | 'sasl' | 'socketFactory'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
}

/**
 * A client of its own for every producer, consumer and admin: kafkajs shares a group's committed offsets among the consumers of one client,
 * so two members of a group in one client would forget each other's.
 */
export function kafkaClient(settings: KafkaSettings): Kafka {
  return new kafkajs.Kafka({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    ...settings.connection,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, factor: 0.2, retries: 3 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => logOf(settings),
  });
}

/** Admin work is rare and may meet a broker that has just come back: it gets a fresh connection each time. */
export async function withAdmin<T>(settings: KafkaSettings, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafkaClient(settings).admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** A producer that gave up is thrown away, so a bound on its retries endangers nothing. */
const IRRELEVANT = 'Limiting retries for the idempotent producer';

const logs = new WeakMap<KafkaSettings, (entry: LogEntry) => void>();

/** One memory of what was said for all clients of a transport. */
function logOf(settings: KafkaSettings): (entry: LogEntry) => void {
  const log = logs.get(settings) ?? quietly(settings);
  logs.set(settings, log);
  return log;
}

/** kafkajs reports every attempt of every retry. What an outage means is logged by those it stops; this is the detail, each line once a minute. */
function quietly({ clock, log }: KafkaSettings): (entry: LogEntry) => void {
  const seldom = new Seldom(clock);
  return ({ namespace, log: entry }) => {
    if (entry.message.startsWith(IRRELEVANT)) return;
    const line = `${namespace}: ${entry.message}`;
    if (seldom.may(line)) log.warn(`kafkajs ${line}`, { broker: entry['broker'], group: entry['groupId'], error: entry['error'] });
  };
}

interface RequestQueue {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 sets a timer with a negative delay after every request; Node 24 prints a TimeoutNegativeWarning for it (kafkajs #1751).
 * The same method with the delay bounded: nothing else about the warning is silenced.
 */
const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.throttleCheckTimeoutId) return;
  const throttled = this.throttledUntil - Date.now();
  const delay = throttled <= 0 && this.pending.length > 0 ? 10 : Math.max(throttled, 1);
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, delay);
};
