// M11, M12: what events take of memory and disk.
import { Aggregates, decider, recordedEvents } from '@keyfold/event-sourcing';
import { command, failpoint, openStore, registry, someCommit, tools } from '../contenders/keyfold.mjs';
import { closedLoop } from '../lib/harness.mjs';
import { contract, idOf } from '../lib/workload.mjs';

const fixed = (ratio) => ({ ratio, interval: [ratio, ratio], rounds: 1 });

const used = () => {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage();
};

/** Slope of a least-squares line. */
const slopeOf = (points) => {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point[0]), mean((point) => point[1])];
  return points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
};

async function rssSlope(context) {
  const chunk = context.size(25_000, 1_500);
  const opened = await openStore(context, 'bench_keyfold', { sequencer: true });
  const aggregates = opened.aggregates();
  const points = [];
  try {
    for (let round = 0; round < 12; round++) {
      await closedLoop(chunk, 64, (i) => command(aggregates, idOf(i % 1_000), context.data[i % 256]));
      await opened.numbered((round + 1) * chunk);
      if (round >= 4) points.push([(round + 1) * chunk, used().rss]);
    }
    return slopeOf(points); // bytes per event are MB per million events
  } finally {
    await opened.close();
  }
}

/** A state as aggregates of a CRM have it: twelve fields, texts and ids among them. */
const account = decider({
  contract,
  initial: null,
  evolve: (_state, { data, occurredAt, version }) => ({
    name: `Account ${data.reference.slice(0, 12)}`,
    sector: data.stage,
    tier: 'A',
    status: 'active',
    ownerId: data.counterparty,
    parentId: null,
    closureId: null,
    revenue: data.amount.amountMinor,
    currency: 'EUR',
    probability: data.probability,
    since: occurredAt,
    version,
  }),
});

/** Heap of the cache of so many aggregates, against a Map of the same states under the same names. */
async function cacheAgainstMap(context) {
  const count = context.size(200_000, 20_000);
  const at = '2026-01-01T00:00:00.000Z';
  const dataOf = (i) => ({ ...context.data[i % 256], reference: idOf(i), counterparty: `${idOf(i)}-owner` });
  const log = { load: async (streamId) => [someCommit(streamId, 0, [dataOf(Number.parseInt(streamId.slice(-24), 16))])] };
  const vault = { encrypt: async (_person, text) => text, decrypt: async (text) => text };
  const heapOf = async (fill) => {
    const before = used().heapUsed;
    const kept = await fill();
    const bytes = used().heapUsed - before;
    if (!kept) throw new Error('nothing was kept');
    return bytes;
  };
  const map = await heapOf(async () => {
    const states = new Map();
    for (let i = 0; i < count; i++) states.set(`ledger-${idOf(i)}`, account.evolve(null, { data: structuredClone(dataOf(i)), occurredAt: at, version: 1 }));
    return states;
  });
  const cache = await heapOf(async () => {
    const aggregates = new Aggregates(log, registry, { ...tools, vault, failpoint, cacheBytes: Number.MAX_SAFE_INTEGER });
    for (let i = 0; i < count; i++) await aggregates.load(account, idOf(i));
    return aggregates;
  });
  return cache / map;
}

export const M11 = {
  title: 'memory',
  async run(context) {
    const slope = await rssSlope(context);
    const cache = await cacheAgainstMap(context);
    return {
      control: null,
      samples: [],
      discarded: [],
      results: [
        { what: 'MB of RSS per million events appended and numbered', ...fixed(slope), floor: 50, target: 10, moonshot: 0, lowerIsBetter: true },
        { what: 'cached aggregates against a Map of the same states', ...fixed(cache), floor: 2, target: 1.3, moonshot: 1, lowerIsBetter: true },
      ],
    };
  },
};

export const M12 = {
  title: 'disk, data and indexes, against the events as JSON',
  async run(context) {
    const count = context.size(60_000, 6_000);
    const opened = await openStore(context, 'bench_keyfold', { sequencer: true });
    try {
      const streams = count / 10;
      await closedLoop(count, 256, (i) => opened.store.append(someCommit(`ledger-${idOf(i % streams)}`, Math.floor(i / streams), [context.data[i % 256]])));
      await opened.numbered(count);
      await opened.connection.getClient().db('admin').command({ fsync: 1 });
      const { storageSize, totalIndexSize } = await opened.connection.db.command({ collStats: 'commits' });
      const events = (await opened.store.feed(0, 1_000)).flatMap((commit) => recordedEvents('bench', commit, registry));
      const json = events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0) / events.length;
      return {
        control: null,
        samples: [],
        discarded: [],
        details: { bytesPerEvent: (storageSize + totalIndexSize) / count, data: storageSize / count, indexes: totalIndexSize / count, json },
        results: [{ what: 'bytes per event', ...fixed((storageSize + totalIndexSize) / count / json), floor: 0.8, target: 0.45, moonshot: 0.3, lowerIsBetter: true }],
      };
    } finally {
      await opened.close();
    }
  },
};
