import { type Clock, PARTITIONS, topicOf, Unavailable } from '@keyfold/event-sourcing';
import kafkajs, { type Admin, type ITopicConfig } from 'kafkajs';
import { type KafkaSettings, withAdmin } from './client.js';

/** The log lives in the event stores, but a topic keeps all of it too: a new consumer group starts at the beginning. */
const HISTORY_FOR_EVER = [
  { name: 'retention.ms', value: '-1' },
  { name: 'retention.bytes', value: '-1' },
  { name: 'cleanup.policy', value: 'delete' },
];
/** One event may be larger than the 1 MB of a request, never than this. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

const KNOWN_CHECK_MS = 100;
const KNOWN_WITHIN_MS = 20_000;

/** A topic is not as the deployment job makes it. The message says what to do. */
export class TopicMisconfigured extends Error {
  override readonly name = 'TopicMisconfigured';
}

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
      await checkRetention(admin, topic);
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

/** Asks the cluster whether these topics (with prefix) are there and have the partitions the partition key counts on. Throws TopicMisconfigured. */
export async function checkTopics(settings: KafkaSettings, topics: readonly string[]): Promise<void> {
  await withAdmin(settings, async (admin) => {
    for (const topic of topics) await checkPartitions(admin, topic);
  });
}

async function checkPartitions(admin: Admin, topic: string): Promise<void> {
  const count = await partitionCount(admin, topic);
  if (count === null)
    throw new TopicMisconfigured(
      `topic ${topic} does not exist: create it with ${PARTITIONS} partitions (the setup job does), its users go on by themselves`,
    );
  if (count !== PARTITIONS)
    throw new TopicMisconfigured(
      `topic ${topic} has ${count} partitions and needs ${PARTITIONS}, or events of one account would lose their order: delete it and let the setup job create it, it is filled again from the event store`,
    );
}

async function partitionCount(admin: Admin, topic: string): Promise<number | null> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]!.partitions.length;
  } catch (error) {
    if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') return null;
    throw error;
  }
}

async function checkRetention(admin: Admin, topic: string): Promise<void> {
  const names = HISTORY_FOR_EVER.map(({ name }) => name);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: names }],
  });
  for (const { name, value } of HISTORY_FOR_EVER) {
    const actual = resources[0]?.configEntries.find((entry) => entry.configName === name)?.configValue;
    if (actual !== value)
      throw new TopicMisconfigured(
        `topic ${topic} has ${name}=${actual} and needs ${value}, or its history would be lost: set it with kafka-configs`,
      );
  }
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
