import type { Message, Place } from '@keyfold/event-sourcing';
import type { KafkaMessage } from 'kafkajs';
import { kafkaClient, type KafkaSettings } from './client.js';
import { toMessage } from './messages.js';

/** What of kafkajs's inner parts reads a record without a consumer group: joining one would take seconds, and leave a group behind. */
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  findBroker(query: { nodeId: string }): Promise<Broker>;
  fetchTopicsOffset(
    topics: { topic: string; fromBeginning: boolean; partitions: { partition: number }[] }[],
  ): Promise<{ partitions: Place[] }[]>;
}
interface Broker {
  fetch(request: {
    isolationLevel: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }): Promise<{ responses: { partitions: { messages: KafkaMessage[] }[] }[] }>;
}
type CreateCluster = (options: { allowAutoTopicCreation: boolean }) => Cluster;

const READ_COMMITTED = 1;
/** A broker gives the whole batch in which an offset lies, however little is asked for (KIP-74). */
const ONE_BATCH = { maxWaitTime: 1_000, minBytes: 1, maxBytes: 1 };

/** The records at these places of a topic (with prefix), by partition; null beyond the partition's ends. */
export function recordsAt(settings: KafkaSettings, topic: string, places: readonly Place[]): Promise<Map<number, Message | null>> {
  return withCluster(settings, topic, async (cluster) => {
    const partitions = places.map(({ partition }) => partition);
    const begin = await offsetsOf(cluster, topic, partitions, true);
    const end = await offsetsOf(cluster, topic, partitions, false);
    const records = new Map<number, Message | null>();
    // One after the other: requests that open a connection at the same time open several, and kafkajs closes one.
    for (const place of places) {
      const offset = BigInt(place.offset);
      const isThere = offset >= begin.get(place.partition)! && offset < end.get(place.partition)!;
      records.set(place.partition, isThere ? await recordAt(cluster, topic, place) : null);
    }
    return records;
  });
}

/** The offset that the next record of each of these partitions will have. */
export const endsOf = (settings: KafkaSettings, topic: string, partitions: readonly number[]): Promise<Map<number, bigint>> =>
  withCluster(settings, topic, (cluster) => offsetsOf(cluster, topic, partitions, false));

async function recordAt(cluster: Cluster, topic: string, { partition, offset }: Place): Promise<Message | null> {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  const broker = await cluster.findBroker({ nodeId: nodeId! });
  const wanted = { topic, partitions: [{ partition, fetchOffset: offset, maxBytes: ONE_BATCH.maxBytes }] };
  const { responses } = await broker.fetch({ ...ONE_BATCH, isolationLevel: READ_COMMITTED, topics: [wanted] });
  const record = responses[0]?.partitions[0]?.messages.find((message) => message.offset === offset);
  if (!record) return null;
  const { key, headers, value } = toMessage(record);
  return { key, headers, value };
}

async function offsetsOf(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  fromBeginning: boolean,
): Promise<Map<number, bigint>> {
  const [found] = await cluster.fetchTopicsOffset([{ topic, fromBeginning, partitions: partitions.map((partition) => ({ partition })) }]);
  return new Map(found!.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
}

async function withCluster<T>(settings: KafkaSettings, topic: string, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const kafka = kafkaClient(settings) as unknown as Record<symbol, CreateCluster>;
  const create = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  const cluster = kafka[create!]!({ allowAutoTopicCreation: false });
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    return await work(cluster);
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
}
