// Reads a topic from its first message to its last, as any consumer could.
import { driver } from '../../native/drivers.mjs';

/** Messages that a scenario wrote by hand carry this header: they are its faults, not the relay's work. */
export const BY_HAND = 'chaos-by-hand';

const READ_WITHIN_MS = 120_000;

export function kafkaClient(broker) {
  const { Kafka, logLevel } = driver('kafkajs');
  return new Kafka({
    brokers: [broker],
    clientId: 'keyfold-chaos',
    logLevel: logLevel.NOTHING,
    retry: { retries: 10, initialRetryTime: 200 },
  });
}

export async function withAdmin(broker, work) {
  const admin = kafkaClient(broker).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** `{ partition, offset, stream, version }` of every event that the relay published, in the order of the partitions. Markers and messages by hand are left out. */
export async function readTopic({ broker, topic }) {
  const ends = await withAdmin(broker, (admin) => admin.fetchTopicOffsets(topic));
  const left = new Map(ends.filter(({ high, low }) => Number(high) > Number(low)).map(({ partition, high }) => [partition, Number(high)]));
  const messages = [];
  if (left.size === 0) return messages;
  const consumer = kafkaClient(broker).consumer({
    groupId: `chaos-reader-${process.pid}-${Math.round(performance.now() * 1000)}`,
    sessionTimeout: 30_000,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${topic} could not be read within ${READ_WITHIN_MS / 1000} s`)), READ_WITHIN_MS);
      const eachBatch = async ({ batch }) => {
        for (const message of batch.messages) take(messages, batch.partition, message);
        if (Number(batch.lastOffset()) + 1 >= left.get(batch.partition)) left.delete(batch.partition);
        if (left.size === 0) {
          clearTimeout(late);
          resolve();
        }
      };
      consumer.run({ eachBatch, partitionsConsumedConcurrently: 4 }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return messages.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

function take(messages, partition, { offset, headers }) {
  const text = (name) => headers?.[name]?.toString();
  if (text(BY_HAND) || text('ce_streamversion') === undefined || text('ce_subject') === undefined) return;
  messages.push({ partition, offset: Number(offset), stream: text('ce_subject'), version: Number(text('ce_streamversion')) });
}
