import { type PartitionedMessage, type Place, Unavailable } from '@keyfold/event-sourcing';
import type { Message, Producer, RecordMetadata } from 'kafkajs';
import { kafkaClient, type KafkaSettings } from './client.js';
import { inRequests } from './messages.js';
import { endsOf } from './record-reader.js';
import { Seldom } from './seldom.js';
import { type TopicCheck, TopicMisconfigured } from './topic-check.js';

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
  private readonly seldom: Seldom;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private closed = false;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly topics: TopicCheck,
  ) {
    this.seldom = new Seldom(settings.clock);
  }

  /**
   * Resolves when all messages are on all in-sync replicas, with the place of the last one on each partition.
   * Throws Unavailable after bounded retries (a minute at most); some may have been written.
   */
  publish(topic: string, messages: readonly PartitionedMessage[]): Promise<readonly Place[]> {
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

  private async send(topic: string, messages: readonly PartitionedMessage[]): Promise<readonly Place[]> {
    const last = new Map<number, string>();
    try {
      await this.topics.admit([topic]);
      const producer = (this.producer ??= await this.connect());
      for (const request of inRequests(messages, MAX_REQUEST_BYTES)) {
        const answers = await producer.send({ topic, acks: -1, messages: request as Message[] });
        for (const { partition, offset } of await this.placesOf(topic, request, answers)) last.set(partition, offset);
      }
      return [...last].map(([partition, offset]) => ({ partition, offset }));
    } catch (error) {
      await this.discard();
      this.topics.forget([topic]);
      if (!(error instanceof TopicMisconfigured) && refused(error) && this.seldom.may(String(error)))
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

  /** A broker that recognises a repetition may not know any more where it has put it: then its last record is taken, which lies behind it or is it. */
  private async placesOf(topic: string, request: readonly PartitionedMessage[], answers: readonly RecordMetadata[]): Promise<Place[]> {
    const counts = Map.groupBy(request, ({ partition }) => partition);
    const isKnown = ({ baseOffset }: RecordMetadata): boolean => baseOffset !== undefined && BigInt(baseOffset) >= 0n;
    const unknown = answers.filter((answer) => !isKnown(answer)).map(({ partition }) => partition);
    const ends = unknown.length > 0 ? await endsOf(this.settings, topic, unknown) : new Map<number, bigint>();
    return answers.map(({ partition, baseOffset }) => {
      const end = ends.get(partition) ?? BigInt(baseOffset!) + BigInt(counts.get(partition)!.length);
      return { partition, offset: String(end - 1n) };
    });
  }

  /** After any failure: what the cluster looks like now is for the next send to find out. */
  private async discard(): Promise<void> {
    const { producer } = this;
    this.producer = null;
    await producer?.disconnect().catch(() => undefined);
  }
}

/** The broker said no, and would again: too large a message, no permission, a sequence it does not know. Outages are not refusals. */
function refused(error: unknown): boolean {
  const { name, retriable, cause } = error as { name?: string; retriable?: boolean; cause?: unknown };
  return name === 'KafkaJSProtocolError' ? retriable === false : cause instanceof Error && cause !== error && refused(cause);
}
