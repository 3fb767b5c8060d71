import { type Clock, PARTITIONS, topicOf, Unavailable } from '@keyfold/event-sourcing';
import type { Admin, ITopicConfig } from 'kafkajs';
import { type KafkaSettings, withAdmin } from './client.js';
import { checkPartitions, checkRetention, HISTORY_FOR_EVER, partitionCount } from './topic-check.js';

/** One event may be larger than the 1 MB of a request, never than this. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

const KNOWN_CHECK_MS = 100;
const KNOWN_WITHIN_MS = 20_000;

/**
 * Makes the topics of these services where they are missing: 24 partitions, kept for ever, three replicas where there are as many brokers.
 * For the deployment job and development. Can be run again at any time; existing topics are checked and never changed.
 * Returns the names of those it made. Throws TopicMisconfigured.
 */
export async function createTopics(settings: KafkaSettings, services: readonly string[]): Promise<string[]> {
  return withAdmin(settings, async (admin) => {
    const { brokers } = await admin.describeCluster();
    const replicationFactor = Math.min(3, brokers.length);
    const durability = [
      { name: 'min.insync.replicas', value: String(Math.max(1, replicationFactor - 1)) },
      { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
    ];
    const created: string[] = [];
    for (const topic of services.map((service) => settings.topicPrefix + topicOf(service))) {
      const configEntries = [...HISTORY_FOR_EVER, ...durability];
      if (await makeTopic(admin, settings.clock, { topic, numPartitions: PARTITIONS, replicationFactor, configEntries }))
        created.push(topic);
      await checkPartitions(admin, topic);
      await checkRetention(admin, topic, settings.brokers);
    }
    return created;
  });
}

/**
 * Makes one topic and waits until the brokers know it; false: it was there. kafkajs's own wait fails when a broker has not heard of
 * the topic yet, which is usual right after its creation.
 */
export async function makeTopic(admin: Admin, clock: Clock, topic: ITopicConfig): Promise<boolean> {
  const isNew = await admin.createTopics({ waitForLeaders: false, topics: [topic] });
  const deadline = clock.now().getTime() + KNOWN_WITHIN_MS;
  while ((await partitionCount(admin, topic.topic)) === null) {
    if (clock.now().getTime() > deadline) throw new Unavailable(`Kafka topic ${topic.topic}`);
    await clock.wait(KNOWN_CHECK_MS);
  }
  return isNew;
}

/** Messages that a group has not committed yet, per topic (with prefix) and partition; partitions without any are left out. */
export async function lagOf(
  settings: KafkaSettings,
  group: string,
  topics: readonly string[],
): Promise<{ topic: string; partition: number; lag: number }[]> {
  return withAdmin(settings, async (admin) => {
    const committed = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
    const behind: { topic: string; partition: number; lag: number }[] = [];
    for (const { topic, partitions } of committed) {
      const done = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        const lag = Number(high) - Math.max(done.get(partition) ?? 0, Number(low));
        if (lag > 0) behind.push({ topic, partition, lag });
      }
    }
    return behind;
  });
}
