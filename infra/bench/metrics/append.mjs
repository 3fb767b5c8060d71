// M1, M2: appends of one commit of two events each, on streams of their own.
import { mustBeWhole, openStore, someCommit } from '../contenders/keyfold.mjs';
import { DURABLE, openDatabase, toDocument } from '../contenders/raw.mjs';
import { closedLoop, controlOf, cpuOf, interleave, withControl } from '../lib/harness.mjs';
import { ratioOf } from '../lib/statistics.mjs';
import { idOf } from '../lib/workload.mjs';

const PER_STREAM = 4;
const PER_COMMIT = 2;

/** So many that two appends to one stream are never under way at once. */
const streamsFor = (count) => Math.max(256, Math.ceil(count / PER_STREAM));

/** `count` commits, four to a stream; those of one stream are far apart from each other. */
function commitsOf(context, count) {
  const streams = streamsFor(count);
  return Array.from({ length: count }, (_, i) =>
    someCommit(`ledger-${idOf(i % streams)}`, Math.floor(i / streams) * PER_COMMIT, [context.data[i % 256], context.data[(i + 1) % 256]]),
  );
}

const keyfold = (context, count, concurrency) => ({
  name: 'keyfold',
  async prepare() {
    const opened = await openStore(context, 'bench_keyfold');
    const commits = commitsOf(context, count);
    return {
      async run() {
        await closedLoop(count, concurrency, (i) => opened.store.append(commits[i]));
        return { ops: count };
      },
      verify: () => mustBeWhole(opened, count * PER_COMMIT),
      close: opened.close,
    };
  },
});

/** `batch` null: one insert per commit. */
const raw = (context, count, concurrency, batch) => ({
  name: batch ? `raw insertMany(${batch})` : 'raw insertOne',
  async prepare() {
    const database = await openDatabase(context, 'bench_raw');
    const documents = commitsOf(context, count).map(toDocument);
    const batches = batch ? Array.from({ length: Math.ceil(count / batch) }, (_, i) => documents.slice(i * batch, (i + 1) * batch)) : [];
    return {
      async run() {
        if (!batch) await closedLoop(count, concurrency, (i) => database.commits.insertOne(documents[i], { writeConcern: DURABLE }));
        for (const part of batches) await database.commits.insertMany(part, { ordered: false, writeConcern: DURABLE });
        return { ops: count };
      },
      verify: () => mustBeWhole(database, count * PER_COMMIT),
      close: database.close,
    };
  },
});

const peerAppends = (context, peer, count, concurrency) => ({
  name: peer.name,
  async prepare() {
    const store = await peer.open(context, 'bench_peer');
    const streams = streamsFor(count);
    return {
      async run() {
        await closedLoop(count, concurrency, (i) =>
          store.append(i % streams, Math.floor(i / streams) * PER_COMMIT, [context.data[i % 256], context.data[(i + 1) % 256]]),
        );
        return { ops: count };
      },
      async verify() {
        const versions = await store.versions(0);
        if (versions.length !== Math.ceil(count / streams) * PER_COMMIT) throw new Error(`${peer.name}: ${versions.length} events in a stream`);
      },
      close: store.close,
    };
  },
});

export const M1 = {
  title: 'append, one at a time',
  async run(context) {
    const count = context.size(1_500, 400);
    const contenders = withControl([keyfold(context, count, 1), raw(context, count, 1, null)], 'keyfold');
    const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M1' });
    return {
      control: controlOf(rounds, 'keyfold'),
      samples,
      discarded,
      results: [{ what: 'against a raw insertOne loop', ...ratioOf(rounds, 'keyfold', 'raw insertOne'), floor: 0.8, target: 0.9, moonshot: 0.97, cpu: cpuOf(samples, 'keyfold') }],
    };
  },
};

export const M2 = {
  title: 'append, 64 at a time, streams of their own',
  async run(context) {
    const count = context.size(24_000, 2_400);
    const slower = context.size(6_000, 600);
    const contenders = withControl(
      [
        keyfold(context, count, 64),
        raw(context, slower, 64, null),
        raw(context, count, 1, 32),
        ...context.peers.map((peer) => peerAppends(context, peer, context.size(2_000, 250), 64)),
      ],
      'keyfold',
    );
    const { rounds, samples, discarded } = await interleave({ contenders, rounds: context.rounds, context, metric: 'M2' });
    const cpu = cpuOf(samples, 'keyfold');
    return {
      control: controlOf(rounds, 'keyfold'),
      samples,
      discarded,
      results: [
        { what: 'against 64 raw insertOne loops', ...ratioOf(rounds, 'keyfold', 'raw insertOne'), floor: 1.5, target: 4, moonshot: 8, cpu },
        { what: 'against raw insertMany(32)', ...ratioOf(rounds, 'keyfold', 'raw insertMany(32)'), floor: 0.5, target: 0.75, moonshot: 0.9, cpu },
        ...context.peers.map((peer) => ({ what: `against ${peer.label}`, ...ratioOf(rounds, 'keyfold', peer.name), cpu: cpuOf(samples, peer.name) })),
      ],
    };
  },
};
