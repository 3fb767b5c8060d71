// M3, M4, M5, M14: whole commands, that is load or cache, fold, decide, append.
import mongoose from 'mongoose';
import { command, mustBeWhole, openStore, someCommit } from '../contenders/keyfold.mjs';
import { DURABLE, openDatabase, toDocument } from '../contenders/raw.mjs';
import { closedLoop, controlOf, cpuOf, interleave, withControl } from '../lib/harness.mjs';
import { percentile, ratioOf } from '../lib/statistics.mjs';
import { idOf, ledger, ledgerWithSnapshots } from '../lib/workload.mjs';

const WRITERS = 32;
const STREAMS = 64;
const LENGTH = 100;

/** Streams of one-event commits, put into the log as they are stored. */
async function grow(opened, context, numbers, length) {
  const commitsOf = (number) => Array.from({ length }, (_, version) => toDocument(someCommit(`ledger-${idOf(number)}`, version, [context.data[version % 256]])));
  for (const number of numbers) await opened.commits.insertMany(commitsOf(number), { ordered: false });
}

const firstStreams = (count) => Array.from({ length: count }, (_, number) => number);

const COLD = { cacheBytes: 0 };

/** Each writer has two streams of its own, so that nobody loses a race: what is compared is the path, not the retries. */
const streamOf = (i, lane) => lane * 2 + (i % 2);

const keyfoldCommands = (context, count, { name, decider = ledger, options, warm = false }) => ({
  name,
  async prepare() {
    const opened = await openStore(context, 'bench_keyfold');
    const aggregates = opened.aggregates({ ...options, ...(decider.snapshotVersion && { snapshots: opened.snapshots() }) });
    await grow(opened, context, firstStreams(STREAMS), LENGTH);
    if (warm || decider.snapshotVersion) await Promise.all(firstStreams(STREAMS).map((number) => aggregates.load(decider, idOf(number))));
    return {
      async run() {
        await closedLoop(count, WRITERS, (i, lane) => command(aggregates, idOf(streamOf(i, lane)), context.data[i % 256], decider));
        return { ops: count };
      },
      verify: () => mustBeWhole(opened, STREAMS * LENGTH + count),
      close: opened.close,
    };
  },
});

const peerCommands = (context, peer, count) => ({
  name: peer.name,
  async prepare() {
    const store = await peer.open(context, 'bench_peer');
    await closedLoop(STREAMS, 16, (number) => store.append(number, 0, context.data.slice(0, LENGTH)));
    return {
      async run() {
        await closedLoop(count, WRITERS, async (i, lane) => {
          const number = streamOf(i, lane);
          const { version } = await store.load(number);
          await store.append(number, version, [context.data[i % 256]]);
        });
        return { ops: count };
      },
      async verify() {
        let events = 0;
        for (let number = 0; number < STREAMS; number++) events += (await store.versions(number)).length;
        if (events !== STREAMS * LENGTH + count) throw new Error(`${peer.name}: ${events} events instead of ${STREAMS * LENGTH + count}`);
      },
      close: store.close,
    };
  },
});

export const M3 = {
  title: 'command on a stream of 100 events, 32 at a time',
  async run(context) {
    const count = context.size(4_000, 320);
    const variants = [
      keyfoldCommands(context, count, { name: 'keyfold cold', options: COLD }),
      keyfoldCommands(context, count, { name: 'keyfold cold, snapshots', options: COLD, decider: ledgerWithSnapshots }),
      keyfoldCommands(context, count * 3, { name: 'keyfold hot', warm: true }),
    ];
    const contenders = withControl([...variants, ...context.peers.map((peer) => peerCommands(context, peer, context.size(1_200, 160)))], 'keyfold hot');
    const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M3' });
    const against = (name, peer, bounds) => ({ what: `${name} against ${peer.label}`, ...ratioOf(rounds, name, peer.name), ...bounds, cpu: cpuOf(samples, name) });
    const bounds = (name, peer) => {
      if (peer.name !== 'emmett') return name === 'keyfold hot' ? { floor: 3, target: 8, moonshot: 20 } : {};
      return name === 'keyfold hot' ? { floor: 3, target: 8, moonshot: 20 } : { floor: 1, target: 1.5, moonshot: 2.5 };
    };
    return {
      control: controlOf(rounds, 'keyfold hot'),
      samples,
      discarded,
      results: variants.flatMap(({ name }) => context.peers.map((peer) => against(name, peer, bounds(name, peer)))),
    };
  },
};

export const M4 = {
  title: 'cold load and fold of 100 events, CPU against bare BSON decode of the same bytes',
  async run(context) {
    const loads = context.size(1_500, 200);
    const opened = await openStore(context, 'bench_keyfold');
    await grow(opened, context, firstStreams(STREAMS), LENGTH);
    const stored = await opened.commits.find({ streamId: `ledger-${idOf(0)}` }).toArray();
    const bytes = stored.map((document) => mongoose.mongo.BSON.serialize(document));
    const cpuUs = (work) => async () => {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      return { ops: loads, value: (user + system) / loads };
    };
    const ours = cpuUs(async () => {
      const aggregates = opened.aggregates(COLD);
      await closedLoop(loads, WRITERS, async (i) => {
        const { state } = await aggregates.load(ledger, idOf(i % STREAMS));
        if (state.count !== LENGTH) throw new Error(`folded ${state.count} events instead of ${LENGTH}`);
      });
    });
    const bare = cpuUs(async () => {
      for (let i = 0; i < loads; i++) for (const document of bytes) mongoose.mongo.BSON.deserialize(document);
    });
    const contenders = withControl([{ name: 'keyfold', prepare: async () => ({ run: ours }) }, { name: 'bare decode', prepare: async () => ({ run: bare }) }], 'keyfold');
    try {
      const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M4' });
      return {
        control: controlOf(rounds, 'keyfold'),
        samples,
        discarded,
        results: [{ what: 'CPU of the client', ...ratioOf(rounds, 'keyfold', 'bare decode'), floor: 3, target: 1.6, moonshot: 1.2, lowerIsBetter: true, cpu: cpuOf(samples, 'keyfold') }],
      };
    } finally {
      await opened.close();
    }
  },
};

export const M5 = {
  title: 'command at version 10 000 against version 10',
  async run(context) {
    const length = context.size(10_000, 2_000);
    const count = context.size(400, 60);
    const opened = await openStore(context, 'bench_keyfold');
    try {
      const snapshots = opened.snapshots();
      const hot = opened.aggregates({ snapshots });
      const long = idOf(999_999);
      await grow(opened, context, [999_999], length - 100);
      for (let i = 0; i < 100; i++) await command(hot, long, context.data[i], ledgerWithSnapshots);
      let short = 0;
      await grow(opened, context, firstStreams((context.rounds * 2 + 1) * 3 * Math.ceil(count / 10)), 10);
      /** Latencies in ms. A short stream takes ten commands from version 10 on, then comes the next. */
      const latencies = async (aggregates, pick) => {
        const times = [];
        for (let i = 0; i < count; i++) {
          const id = pick(i);
          if (aggregates === hot) await aggregates.load(ledgerWithSnapshots, id);
          const begun = performance.now();
          await command(aggregates, id, context.data[i % 256], ledgerWithSnapshots);
          times.push(performance.now() - begun);
        }
        return { ops: count, value: percentile(times, 0.5), p99: percentile(times, 0.99) };
      };
      const contender = (name, aggregates, pick) => ({ name, prepare: async () => ({ run: () => latencies(aggregates(), pick) }) });
      const young = (i) => idOf(i % 10 === 0 ? short++ : short - 1);
      const cold = () => opened.aggregates({ ...COLD, snapshots });
      const contenders = [
        contender('hot, long', () => hot, () => long),
        contender('hot, short', () => hot, young),
        contender('hot, short again', () => hot, young),
        contender('cold, long', cold, () => long),
        contender('cold, short', cold, young),
      ];
      const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M5' });
      await mustBeWholeStream(opened, long);
      const bounds = { floor: 1.5, target: 1.15, moonshot: 1.05, lowerIsBetter: true };
      return {
        control: controlOf(rounds, 'hot, short'),
        samples,
        discarded,
        results: [
          { what: 'p50, state in the cache', ...ratioOf(rounds, 'hot, long', 'hot, short'), ...bounds, cpu: cpuOf(samples, 'hot, long') },
          { what: 'p50, state from snapshot and log', ...ratioOf(rounds, 'cold, long', 'cold, short'), ...bounds, cpu: cpuOf(samples, 'cold, long') },
        ],
      };
    } finally {
      await opened.close();
    }
  },
};

async function mustBeWholeStream(opened, id) {
  const [fromSnapshot, fromLog] = await Promise.all([
    opened.aggregates({ snapshots: opened.snapshots() }).load(ledgerWithSnapshots, id),
    opened.aggregates().load(ledger, id),
  ]);
  if (JSON.stringify(fromSnapshot.state) !== JSON.stringify(fromLog.state)) throw new Error('the snapshot and the log give different states');
}

const ONE = 7;

export const M14 = {
  title: '64 writers on one stream',
  async run(context) {
    const count = context.size(4_000, 320);
    const raceMs = context.size(6_000, 3_000);
    let wasted = 0;
    const keyfold = {
      name: 'keyfold',
      async prepare() {
        const opened = await openStore(context, 'bench_keyfold');
        const aggregates = opened.aggregates();
        let decisions = 0;
        return {
          async run() {
            await closedLoop(count, 64, (i) => command({ execute: (decider, id, of, decide) => aggregates.execute(decider, id, of, (...state) => ((decisions += 1), decide(...state))) }, idOf(ONE), context.data[i % 256]));
            return { ops: count };
          },
          async verify() {
            await mustBeWhole(opened, count);
            wasted = Math.max(wasted, (decisions - count) / decisions);
          },
          close: opened.close,
        };
      },
    };
    const raw = {
      name: 'raw findOneAndUpdate',
      async prepare() {
        const database = await openDatabase(context, 'bench_raw', { indexes: false });
        const ledgers = database.db.collection('ledgers');
        return {
          async run() {
            for (let i = 0; i < count; i++) {
              const { amount, stage } = context.data[i % 256];
              await ledgers.findOneAndUpdate({ _id: idOf(ONE) }, { $inc: { count: 1, balance: amount.amountMinor }, $set: { stage } }, { upsert: true, writeConcern: DURABLE });
            }
            return { ops: count };
          },
          async verify() {
            const { count: found } = await ledgers.findOne({ _id: idOf(ONE) });
            if (found !== count) throw new Error(`${found} updates instead of ${count}`);
          },
          close: database.close,
        };
      },
    };
    const contenders = withControl([keyfold, raw, ...context.peers.map((peer) => racing(context, peer, raceMs))], 'keyfold');
    const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M14' });
    const cpu = cpuOf(samples, 'keyfold');
    return {
      control: controlOf(rounds, 'keyfold'),
      samples,
      discarded,
      results: [
        { what: 'against serial raw findOneAndUpdate', ...ratioOf(rounds, 'keyfold', 'raw findOneAndUpdate'), floor: 0.5, target: 1, moonshot: 4, cpu },
        { what: 'share of decisions that were wasted', ratio: wasted, interval: [wasted, wasted], rounds: rounds.length, floor: 0.3, target: 0.05, moonshot: 0, lowerIsBetter: true },
        ...context.peers.map((peer) => ({ what: `against ${peer.label}`, ...ratioOf(rounds, 'keyfold', peer.name), cpu: cpuOf(samples, peer.name) })),
      ],
    };
  },
};

/** The peers retry on any refusal until they are through, as W5 has it. They waste so much that a count of commands has no end in sight: so long, then. */
const racing = (context, peer, ms) => ({
  name: peer.name,
  async prepare() {
    const store = await peer.open(context, 'bench_peer');
    let through = 0;
    return {
      async run() {
        const until = performance.now() + ms;
        const writer = async (number) => {
          while (performance.now() < until)
            try {
              const { version } = await store.load(ONE);
              await store.append(ONE, version, [context.data[number]]);
              through += 1;
            } catch {
              // lost the race
            }
        };
        await Promise.all(Array.from({ length: 64 }, (_, number) => writer(number)));
        if (through === 0) throw new Error(`${peer.name}: none of 64 writers came through in ${ms / 1_000} s`);
        return { ops: through };
      },
      async verify() {
        if (peer.failure) return;
        const versions = await store.versions(ONE);
        if (versions.length !== through || versions.some((version, i) => version !== i + 1)) throw new Error(`${peer.name}: versions are not 1..${through}`);
      },
      close: store.close,
    };
  },
});
