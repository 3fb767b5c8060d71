// M9: from the command to the row, at a fixed rate of arrivals.
import { deliver, Projector, topicOf } from '@keyfold/event-sourcing';
import { command, openStore, openTopic, registry, someCommit, tools } from '../contenders/keyfold.mjs';
import { DURABLE, kafkaOf, openDatabase, toDocument, withAdmin } from '../contenders/raw.mjs';
import { closedLoop, controlOf, cpuOf, interleave, withControl } from '../lib/harness.mjs';
import { balances, mustBeFolded } from '../lib/logs.mjs';
import { percentile, ratioOf } from '../lib/statistics.mjs';
import { idOf, nothing, post, streamNumbers } from '../lib/workload.mjs';

const STREAMS = 500;
const SHARE = 0.3;
const AT = '2026-01-01T00:00:00.000Z';
/** Events through a new pipeline before anything is measured: its connections, the broker's partitions and the code of both sides are warm then. */
const WARM_UP = 500;
const WARM_UP_TOGETHER = 4;

/** Sends at fixed intended times, whatever becomes of the earlier ones; a latency counts from the intended time. */
async function openLoop(count, rate, visible, send) {
  const begun = performance.now() + 50;
  const intended = Array.from({ length: count }, (_, i) => begun + (i * 1_000) / rate);
  const latencies = [];
  const sent = [];
  const done = Promise.withResolvers();
  visible((i) => {
    latencies.push(performance.now() - intended[i]);
    if (latencies.length === count) done.resolve();
  });
  for (let i = 0; i < count; ) {
    for (; i < count && intended[i] <= performance.now(); i++) sent.push(send(i).catch((error) => done.reject(error)));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all([done.promise, ...sent]);
  return { ops: count, value: percentile(latencies, 0.99), p50: percentile(latencies, 0.5) };
}

/** The i-th event of a stream becomes visible: which arrival was that? */
const arrivalsOf = (numbers) => {
  const arrivals = new Map();
  const seen = new Map();
  numbers.forEach((number, i) => {
    const version = (seen.get(number) ?? 0) + 1;
    seen.set(number, version);
    arrivals.set(`${number}@${version}`, i);
  });
  return arrivals;
};

const expectedOf = (context, numbers) => {
  const expected = new Map();
  numbers.forEach((number, i) => expected.set(number, post(expected.get(number) ?? nothing, context.data[i % 256], AT)));
  return expected;
};

const numberOf = (streamId) => Number.parseInt(streamId.slice('ledger-'.length), 16);

const keyfold = (context, numbers, rate, topics) => ({
  name: 'keyfold',
  async prepare() {
    const opened = await openStore(context, 'bench_keyfold', { sequencer: true });
    const feed = await openTopic(context, topics());
    const projections = opened.projections();
    await projections.prepare(balances);
    const subscribers = [new Projector(balances, projections, { ...tools, registry, feeds: opened.feeds })];
    const arrivals = arrivalsOf(numbers);
    let announce = () => undefined;
    const consumer = await feed.transport.consume({
      group: `bench-${feed.topic}`,
      topics: [topicOf('bench')],
      async onBatch(batch) {
        const note = await deliver(batch, subscribers, { ...tools, registry, feeds: opened.feeds });
        for (const { headers } of batch.messages) if (headers.ce_subject) announce(headers.ce_subject, Number(headers.ce_streamversion)); // a marker has none
        return note;
      },
    });
    opened.relay(feed.transport);
    const aggregates = opened.aggregates();
    const send = (i) => command(aggregates, idOf(numbers[i]), context.data[i % 256]);
    await allThrough(
      (told) => (announce = told),
      (i) => command(aggregates, idOf(STREAMS + 1 + i), context.data[i % 256]),
    );
    return {
      run: () =>
        openLoop(numbers.length, rate, (tell) => (announce = (stream, version) => arrivals.has(`${numberOf(stream)}@${version}`) && tell(arrivals.get(`${numberOf(stream)}@${version}`))), send),
      verify: () => mustBeFolded(expectedOf(context, numbers), (number) => projections.view(balances).get(idOf(number))),
      async close() {
        await consumer.stop();
        await opened.close();
        await feed.close();
        await withAdmin(context, (admin) => admin.deleteTopics({ topics: [feed.topic] }));
      },
    };
  },
});

/** Sends a few at a time, each to a stream of its own, and waits until all are visible. */
async function allThrough(announced, send) {
  const through = Promise.withResolvers();
  let seen = 0;
  announced(() => ++seen === WARM_UP && through.resolve());
  await closedLoop(WARM_UP, WARM_UP_TOGETHER, send);
  await through.promise;
}

/** The same way by hand: insert, send, eachBatch, update; nothing is looked up, checked or kept in order. */
async function rawPipeline(context, topics) {
  const database = await openDatabase(context, 'bench_raw');
  const feed = await openTopic(context, topics());
  const rows = database.db.collection('balances');
  const producer = kafkaOf(context, 'bench-raw').producer();
  const consumer = kafkaOf(context, 'bench-raw').consumer({ groupId: `bench-${feed.topic}`, maxWaitTimeInMs: 100 });
  let announce = () => undefined;
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: [feed.topic], fromBeginning: true });
  await consumer.run({
    eachBatchAutoResolve: true,
    partitionsConsumedConcurrently: 4,
    async eachBatch({ batch }) {
      for (const message of batch.messages) {
        const { amount, stage } = JSON.parse(message.value.toString());
        const streamId = message.key.toString();
        await rows.updateOne({ _id: streamId }, { $inc: { count: 1, balance: amount.amountMinor }, $set: { stage } }, { upsert: true, writeConcern: DURABLE });
        announce(streamId, Number(message.headers.version.toString()));
      }
    },
  });
  return {
    rows,
    announced: (told) => (announce = told),
    async send(number, version, data) {
      const commit = someCommit(`ledger-${idOf(number)}`, version - 1, [data]);
      await database.commits.insertOne(toDocument(commit), { writeConcern: DURABLE });
      await producer.send({ topic: feed.topic, acks: -1, messages: [{ key: commit.streamId, value: JSON.stringify(data), headers: { version: String(version) } }] });
    },
    async close() {
      await consumer.disconnect();
      await producer.disconnect();
      await database.close();
      await feed.close();
      await withAdmin(context, (admin) => admin.deleteTopics({ topics: [feed.topic] }));
    },
  };
}

const raw = (context, numbers, rate, topics) => ({
  name: 'raw',
  async prepare() {
    const pipeline = await rawPipeline(context, topics);
    const arrivals = arrivalsOf(numbers);
    const versions = [...arrivals.keys()].map((key) => Number(key.split('@')[1]));
    await warmedUp(pipeline, context);
    return {
      run: () =>
        openLoop(
          numbers.length,
          rate,
          (tell) => pipeline.announced((stream, version) => arrivals.has(`${numberOf(stream)}@${version}`) && tell(arrivals.get(`${numberOf(stream)}@${version}`))),
          (i) => pipeline.send(numbers[i], versions[i], context.data[i % 256]),
        ),
      verify: async () => {
        const [{ count }] = await pipeline.rows.aggregate([{ $match: { _id: { $lt: `ledger-${idOf(STREAMS)}` } } }, { $group: { _id: null, count: { $sum: '$count' } } }]).toArray();
        if (count !== numbers.length) throw new Error(`raw: ${count} events in the rows instead of ${numbers.length}`);
      },
      close: pipeline.close,
    };
  },
});

const warmedUp = (pipeline, context) => allThrough(pipeline.announced, (i) => pipeline.send(STREAMS + 1 + i, 1, context.data[i % 256]));

/** What the raw way does per second when it is pushed. */
async function capacityOf(context, count, topics) {
  const pipeline = await rawPipeline(context, topics);
  try {
    await warmedUp(pipeline, context);
    const through = Promise.withResolvers();
    let seen = 0;
    pipeline.announced(() => ++seen === count && through.resolve());
    const begun = performance.now();
    await closedLoop(count, 32, (i) => pipeline.send(i % STREAMS, Math.floor(i / STREAMS) + 1, context.data[i % 256]));
    await through.promise;
    return (count / (performance.now() - begun)) * 1_000;
  } finally {
    await pipeline.close();
  }
}

export const M9 = {
  title: 'p99 from the command to the visible row, at 30 % of the raw capacity',
  async run(context) {
    let made = 0;
    const topics = () => `bench-m9-${process.pid}-${++made}`;
    const capacity = await capacityOf(context, context.size(2_000, 300), topics);
    const rate = Math.max(20, SHARE * capacity);
    const count = Math.min(context.size(3_000, 500), Math.round(rate * context.size(60, 6))); // a slow machine gets no longer runs, but fewer arrivals
    const numbers = streamNumbers(count, STREAMS, null);
    const contenders = withControl([keyfold(context, numbers, rate, topics), raw(context, numbers, rate, topics)], 'keyfold');
    const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M9' });
    return {
      control: controlOf(rounds, 'keyfold'),
      samples,
      discarded,
      details: { capacity, rate },
      results: [{ what: `p99 at ${Math.round(rate)} commands/s`, ...ratioOf(rounds, 'keyfold', 'raw'), floor: 2.5, target: 1.5, moonshot: 1.2, lowerIsBetter: true, cpu: cpuOf(samples, 'keyfold') }],
    };
  },
};
