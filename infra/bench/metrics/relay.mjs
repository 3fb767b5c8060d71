// M15: from the log to the topic.
import { toMessages } from '@keyfold/event-sourcing';
import { openTopic } from '../contenders/keyfold.mjs';
import { kafkaOf, withAdmin } from '../contenders/raw.mjs';
import { controlOf, cpuOf, interleave, withControl } from '../lib/harness.mjs';
import { logOf, storedLog } from '../lib/logs.mjs';
import { ratioOf } from '../lib/statistics.mjs';
import { streamNumbers } from '../lib/workload.mjs';

export const M15 = {
  title: 'relay, against raw sends of 1 000 messages',
  async run(context) {
    const total = context.size(50_000, 6_000);
    const numbers = streamNumbers(total, total / 10, null);
    const { commits } = logOf(context, numbers);
    let topics = 0;
    const freshTopic = () => openTopic(context, `bench-m15-${process.pid}-${++topics}`);
    const drop = async (feed) => {
      await feed.close();
      await withAdmin(context, (admin) => admin.deleteTopics({ topics: [feed.topic] }));
    };
    const mustHold = async (feed) => {
      const offsets = await withAdmin(context, (admin) => admin.fetchTopicOffsets(feed.topic));
      const found = offsets.reduce((sum, { high }) => sum + Number(high), 0);
      if (found < total) throw new Error(`${found} messages on the topic instead of ${total}`);
    };
    const relay = {
      name: 'keyfold relay',
      async prepare() {
        const { opened, close } = await storedLog(context, numbers);
        const feed = await freshTopic();
        const published = Promise.withResolvers();
        return {
          async run() {
            opened.relay(feed.transport, (position) => position >= total && published.resolve());
            await published.promise;
            return { ops: total };
          },
          verify: () => mustHold(feed),
          async close() {
            await close();
            await drop(feed);
          },
        };
      },
    };
    const raw = {
      name: 'raw send',
      async prepare() {
        const feed = await freshTopic();
        const messages = commits.flatMap((commit) => toMessages('bench', commit));
        const createPartitioner = () => ({ message }) => message.partition;
        const producer = kafkaOf(context, 'bench-raw').producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner });
        await producer.connect();
        return {
          async run() {
            for (let from = 0; from < messages.length; from += 1_000) await producer.send({ topic: feed.topic, acks: -1, messages: messages.slice(from, from + 1_000) });
            return { ops: total };
          },
          verify: () => mustHold(feed),
          async close() {
            await producer.disconnect();
            await drop(feed);
          },
        };
      },
    };
    const { rounds, samples, discarded } = await interleave({ contenders: withControl([relay, raw], 'keyfold relay'), rounds: context.rounds, context, metric: 'M15' });
    return {
      control: controlOf(rounds, 'keyfold relay'),
      samples,
      discarded,
      results: [{ what: 'messages per second, log to topic', ...ratioOf(rounds, 'keyfold relay', 'raw send'), floor: 0.5, target: 0.8, moonshot: 0.95, cpu: cpuOf(samples, 'keyfold relay') }],
    };
  },
};

