import { Unavailable, type PartitionedMessage } from '@keyfold/event-sourcing';
import type { Message, Producer } from 'kafkajs';
import { kafkaClient, type KafkaSettings } from './client.js';
import { inRequests } from './messages.js';
import { checkTopics, TopicMisconfigured } from './topics.js';

const MAX_REQUEST_BYTES = 900 * 1024;
const MAX_WAITING = 100;

/**
 * Sends to Kafka in order, one request at a time.
 *
 * kafkajs gives a failed request's sequence numbers to the next one. With a second send in flight, or with other messages in the next send, the broker
 * takes the new messages for a repetition of the old and acknowledges them without writing. So there is exactly one send in flight, and a producer
 * that has given up on a send is never used again: its successor has a new producer id, and what was written twice is dropped by consumers.
 */
export class OrderedProducer {
  private producer: Producer | null = null;
  private readonly checked = new Set<string>();
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private closed = false;

  constructor(private readonly settings: KafkaSettings) {}

  /** Resolves when all messages are on all in-sync replicas. Throws Unavailable after bounded retries (a minute at most); some may have been written. */
  publish(topic: string, messages: readonly PartitionedMessage[]): Promise<void> {
    if (this.closed || this.waiting >= MAX_WAITING) return Promise.reject(new Unavailable(`Kafka topic ${topic}`));
    this.waiting += 1;
    const turn = this.last.then(() => this.send(topic, messages)).finally(() => (this.waiting -= 1));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.last;
    await this.discard();
  }

  private async send(topic: string, messages: readonly PartitionedMessage[]): Promise<void> {
    try {
      await this.check(topic);
      const producer = (this.producer ??= await this.connect());
      for (const request of inRequests(messages, MAX_REQUEST_BYTES))
        await producer.send({ topic, acks: -1, messages: request as Message[] });
    } catch (error) {
      await this.discard();
      if (error instanceof TopicMisconfigured || refused(error))
        this.settings.log.error('Kafka does not take the events; commands are not affected', { topic, error: String(error) });
      throw new Unavailable(`Kafka topic ${topic}`, { cause: error });
    }
  }

  private async connect(): Promise<Producer> {
    const producer = kafkaClient(this.settings).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { retries: 3 },
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  private async check(topic: string): Promise<void> {
    if (this.checked.has(topic)) return;
    await checkTopics(this.settings, [topic]);
    this.checked.add(topic);
  }

  /** After any failure: what the cluster looks like now is for the next send to find out. */
  private async discard(): Promise<void> {
    const { producer } = this;
    this.producer = null;
    this.checked.clear();
    await producer?.disconnect().catch(() => undefined);
  }
}

/** The broker said no, and would again: too large a message, no permission, a sequence it does not know. Outages are not refusals. */
function refused(error: unknown): boolean {
  const { name, retriable, cause } = error as { name?: string; retriable?: boolean; cause?: unknown };
  return name === 'KafkaJSProtocolError' ? retriable === false : cause instanceof Error && cause !== error && refused(cause);
}
