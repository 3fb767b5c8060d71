// M7, M8: from the topic and from the log into a read model.
import { deliver, Projector, Rebuilder, topicOf } from '@keyfold/event-sourcing';
import { openStore, registry, tools } from '../contenders/keyfold.mjs';
import { DURABLE, kafkaOf, openDatabase } from '../contenders/raw.mjs';
import { controlOf, cpuOf, interleave, withControl } from '../lib/harness.mjs';
import { balances, logOf, mustBeFolded, publishedTopic, storedLog } from '../lib/logs.mjs';
import { ratioOf } from '../lib/statistics.mjs';
import { idOf, streamNumbers } from '../lib/workload.mjs';

/** Counts what is through; `all` resolves with events per second from the first batch to the last. */
function counting(total) {
  let seen = 0;
  let begun = 0;
  const all = Promise.withResolvers();
  return {
    all: all.promise,
    begin: () => void (begun ||= performance.now()),
    add(count) {
      seen += count;
      if (seen >= total) all.resolve((total / (performance.now() - begun)) * 1_000);
    },
  };
}

let groups = 0;

/** The topic into the read model, by Keyfold's runner. */
const liveKeyfold = (context, { name, feed, total, expected }) => ({
  name,
  async prepare() {
    const opened = await openStore(context, 'bench_keyfold');
    const projections = opened.projections();
    await projections.prepare(balances);
    const feeds = { after: async () => [], stream: async () => [], lastPosition: async () => 0 };
    const options = { ...tools, registry, feeds };
    const subscribers = [new Projector(balances, projections, options)];
    const count = counting(total);
    let consumer = null;
    return {
      async run() {
        consumer = await feed.transport.consume({
          group: `bench-${process.pid}-${++groups}`,
          topics: [topicOf('bench')],
          async onBatch(batch) {
            count.begin();
            const note = await deliver(batch, subscribers, options);
            count.add(batch.messages.length);
            return note;
          },
        });
        return { ops: total, value: await count.all };
      },
      verify: () => mustBeFolded(expected, async (number) => projections.view(balances).get(idOf(number))),
      async close() {
        await consumer?.stop();
        await opened.close();
      },
    };
  },
});

/** The same by hand: eachBatch, JSON.parse, one update per event in one unordered bulk per batch. */
const liveRaw = (context, topic, total, expected) => ({
  name: 'raw eachBatch',
  async prepare() {
    const database = await openDatabase(context, 'bench_raw', { indexes: false });
    const rows = database.db.collection('balances');
    await database.db.createCollection('balances');
    const consumer = kafkaOf(context, 'bench-raw').consumer({ groupId: `bench-${process.pid}-${++groups}`, maxBytes: 10_485_760, maxBytesPerPartition: 1_048_576, maxWaitTimeInMs: 100 });
    const count = counting(total);
    const update = (message) => {
      const { amount, stage } = JSON.parse(message.value.toString());
      const version = Number(message.headers.ce_streamversion.toString());
      const change = { $inc: { count: 1, balance: amount.amountMinor }, $set: { stage, lastAt: message.headers.ce_time.toString(), version } };
      return { updateOne: { filter: { _id: message.headers.ce_subject.toString() }, update: change, upsert: true } };
    };
    return {
      async run() {
        await consumer.connect();
        await consumer.subscribe({ topics: [topic], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: 4,
          async eachBatch({ batch, resolveOffset, heartbeat }) {
            count.begin();
            await rows.bulkWrite(batch.messages.map(update), { ordered: false, writeConcern: DURABLE });
            resolveOffset(batch.lastOffset());
            await consumer.commitOffsets([{ topic, partition: batch.partition, offset: String(BigInt(batch.lastOffset()) + 1n) }]);
            await heartbeat();
            count.add(batch.messages.length);
          },
        });
        return { ops: total, value: await count.all };
      },
      verify: () => mustBeFolded(expected, (number) => rows.findOne({ _id: `ledger-${idOf(number)}` })),
      async close() {
        await consumer.disconnect();
        await database.close();
      },
    };
  },
});

async function catchUp(context, exponent, bounds) {
  const total = context.size(100_000, 6_000);
  const { commits, expected } = logOf(context, streamNumbers(total, total / 10, exponent));
  const feed = await publishedTopic(context, `bench-m7-${exponent ?? 'uniform'}`, commits);
  try {
    const contenders = withControl([liveKeyfold(context, { name: 'keyfold', feed, total, expected }), liveRaw(context, feed.topic, total, expected)], 'keyfold');
    const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M7' });
    const what = exponent ? `Zipf ${exponent} over ${total / 10} streams` : `uniform over ${total / 10} streams`;
    return {
      control: controlOf(rounds, 'keyfold'),
      samples,
      discarded,
      results: [{ what, ...ratioOf(rounds, 'keyfold', 'raw eachBatch'), ...bounds, cpu: cpuOf(samples, 'keyfold') }],
    };
  } finally {
    await feed.remove();
  }
}

export const M7 = {
  title: 'catch-up of a read model, against eachBatch and bulkWrite by hand',
  async run(context) {
    const parts = [await catchUp(context, null, { floor: 0.7, target: 0.85, moonshot: 1 }), await catchUp(context, 1.1, { floor: 1, target: 2, moonshot: 5 })];
    return {
      control: parts.map(({ control }) => control).find(({ holds }) => !holds) ?? parts[0].control,
      samples: parts.flatMap(({ samples }) => samples),
      discarded: parts.flatMap(({ discarded }) => discarded),
      results: parts.flatMap(({ results }) => results),
    };
  },
};

export const M8 = {
  title: 'rebuild of a read model',
  async run(context) {
    const total = context.size(1_000_000, 150_000);
    const numbers = streamNumbers(total, total / 10, null);
    const { opened, expected, close } = await storedLog(context, numbers);
    const some = logOf(context, numbers.slice(0, context.size(100_000, 20_000)));
    const feed = await publishedTopic(context, 'bench-m8', some.commits);
    const rebuild = {
      name: 'keyfold rebuild',
      async prepare() {
        const projections = opened.projections();
        await projections.prepare(balances);
        const rebuilder = new Rebuilder(balances, projections, { ...tools, registry, feeds: opened.feeds });
        return {
          async run() {
            await rebuilder.start('bench');
            await rebuilder.work(new AbortController().signal);
            const { built, rebuild } = await rebuilder.status();
            if (!built || rebuild?.state !== 'switched') throw new Error(`not rebuilt: ${rebuild?.error}`);
            return { ops: total };
          },
          verify: () => mustBeFolded(expected, (number) => projections.view(balances).get(idOf(number))),
        };
      },
    };
    const scan = {
      name: 'scan and decode',
      prepare: async () => ({
        async run() {
          let events = 0;
          for await (const document of opened.commits.find({ position: { $gt: 0 } }, { sort: { position: 1 }, batchSize: 1_000 }))
            for (const event of document.events) events += JSON.parse(event.data) ? 1 : 0;
          if (events !== total) throw new Error(`${events} events scanned instead of ${total}`);
          return { ops: total };
        },
      }),
    };
    try {
      const contenders = withControl([rebuild, scan, liveKeyfold(context, { name: 'keyfold live', feed, total: some.commits.length, expected: some.expected })], 'scan and decode');
      const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M8' });
      const cpu = cpuOf(samples, 'keyfold rebuild');
      return {
        control: controlOf(rounds, 'scan and decode'),
        samples,
        discarded,
        results: [
          { what: 'against scan and decode without writes', ...ratioOf(rounds, 'keyfold rebuild', 'scan and decode'), floor: 0.35, target: 0.6, moonshot: 0.8, cpu },
          { what: 'against the live path', ...ratioOf(rounds, 'keyfold rebuild', 'keyfold live'), floor: 2, target: 5, moonshot: 10, cpu },
        ],
      };
    } finally {
      await feed.remove();
      await close();
    }
  },
};
