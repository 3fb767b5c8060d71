import {
  type Consumer,
  type Message,
  type OnBatch,
  PARTITIONS,
  type PartitionedMessage,
  type Place,
  type Transport,
  Unavailable,
} from '@keyfold/event-sourcing';
import type { KafkaSettings } from './client.js';
import { DEFAULT_TUNING, GroupMember, type MemberHealth, type MemberTuning } from './group-member.js';
import { OrderedProducer } from './producer.js';
import { recordsAt } from './record-reader.js';
import { TopicCheck } from './topic-check.js';
import { lagOf } from './topics.js';

/**
 * Kafka as a Transport. Nothing connects before it is used and no outage stops the process (G11): publishing throws Unavailable, consuming goes on by itself.
 * Topics are made by `createTopics`; one that is missing or has the wrong partitions is reported in the log, with what to do, until it is mended.
 */
export class KafkaTransport implements Transport {
  readonly partitions = PARTITIONS;
  private readonly topics: TopicCheck;
  private readonly producer: OrderedProducer;
  private readonly members = new Set<GroupMember>();
  private readonly tuning: MemberTuning;

  constructor(
    private readonly settings: KafkaSettings,
    tuning: Partial<MemberTuning> = {},
  ) {
    this.topics = new TopicCheck(settings);
    this.producer = new OrderedProducer(settings, this.topics);
    this.tuning = { ...DEFAULT_TUNING, ...tuning };
  }

  publish(topic: string, messages: readonly PartitionedMessage[]): Promise<readonly Place[]> {
    return this.producer.publish(this.settings.topicPrefix + topic, messages);
  }

  async readBack(topic: string, places: readonly Place[]): Promise<ReadonlyMap<number, Message | null>> {
    const name = this.settings.topicPrefix + topic;
    try {
      await this.topics.admit([name]);
      return await recordsAt(this.settings, name, places);
    } catch (error) {
      this.topics.forget([name]);
      throw new Unavailable(`Kafka topic ${name}`, { cause: error });
    }
  }

  /** Resolves at once; the member joins as soon as the cluster is there. A batch has at most 500 messages. */
  consume({ group, topics, onBatch }: { group: string; topics: readonly string[]; onBatch: OnBatch }): Promise<Consumer> {
    const { topicPrefix } = this.settings;
    const member = new GroupMember(this.settings, {
      group: topicPrefix + group,
      topics: topics.map((topic) => topicPrefix + topic),
      tuning: this.tuning,
      check: this.topics,
      onBatch,
    });
    this.members.add(member);
    return Promise.resolve({
      stop: async () => {
        this.members.delete(member);
        await member.stop();
      },
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.close(), ...[...this.members].map((member) => member.stop())]);
    this.members.clear();
  }

  /** The members of this process, for metrics and alerts. Readiness must not look at them. */
  health(): MemberHealth[] {
    return [...this.members].map((member) => member.health);
  }

  /** Messages a group has still to consume, per topic and partition. Throws Unavailable. */
  async lag(group: string, topics: readonly string[]): Promise<{ topic: string; partition: number; lag: number }[]> {
    const { topicPrefix } = this.settings;
    try {
      const lag = await lagOf(
        this.settings,
        topicPrefix + group,
        topics.map((topic) => topicPrefix + topic),
      );
      return lag.map((entry) => ({ ...entry, topic: entry.topic.slice(topicPrefix.length) }));
    } catch (error) {
      throw new Unavailable('Kafka', { cause: error });
    }
  }
}
