// npm run bench: how fast Keyfold is beside the bare driver, bare kafkajs and its peers, on servers of its own.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { prepare } from '../../tools/ensure-installed.mjs';
import { buildIfStale } from '../../tools/lib/build.mjs';
import { onStopSignal, stopAll, untilStopped } from '../../tools/lib/processes.mjs';
import { log, preambleOf, tableOf } from './lib/report.mjs';
import { startMeasuredServers } from './lib/servers.mjs';

const METRICS = { M1: 'append', M2: 'append', M3: 'commands', M4: 'commands', M5: 'commands', M7: 'pipeline', M8: 'pipeline', M9: 'latency', M11: 'footprint', M12: 'footprint', M14: 'commands', M15: 'relay' };
const RESULTS = join(import.meta.dirname, 'results');
const SEED = 1;

const HELP = `npm run bench [-- options]

Measures Keyfold beside the bare MongoDB driver, bare kafkajs and its peers, in interleaved rounds on servers of its own, prints one table and writes
the samples to infra/bench/results. What is measured, and how: docs/performance.md. The figures want a machine that does nothing else.

  --quick           reduced sizes and 3 rounds: under 10 minutes, indicative only
  --only M2,M3      these metrics (${Object.keys(METRICS).join(', ')})
  --rounds N        so many rounds (7, at least 7 count as a measurement)
  --keep-noisy      count rounds too in which others used the machine
  --no-peers        leave the peers out, and do not install them
  --report [FILE]   print the table of the last run, or of this file, and measure nothing
  --help            this text`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    'keep-noisy': { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function chosenMetrics() {
  const chosen = options.only?.split(',') ?? Object.keys(METRICS);
  const unknown = chosen.filter((id) => !METRICS[id]);
  if (unknown.length === 0) return chosen;
  console.error(`no such metric: ${unknown.join(', ')}; there are ${Object.keys(METRICS).join(', ')}`);
  process.exit(2);
}

/** Runs are named by their time alone; other measures keep theirs in the same folder, with a name before it. */
function newestRun() {
  const names = existsSync(RESULTS) ? readdirSync(RESULTS).filter((name) => /^\d.*\.json$/.test(name)) : [];
  return names.length > 0 ? join(RESULTS, names.sort().at(-1)) : null;
}

function printReport() {
  const file = positionals[0] ?? newestRun();
  if (!file) {
    console.error('nothing was measured here yet: npm run bench');
    process.exit(2);
  }
  const run = JSON.parse(readFileSync(file, 'utf8'));
  console.log(`${preambleOf(run)}\n\n${tableOf(run)}`);
}

async function startOwnServers() {
  const dir = mkdtempSync(join(tmpdir(), 'keyfold-bench-'));
  const starting = startMeasuredServers({ dir, log });
  const stop = async () => {
    await starting.then((servers) => servers.stop()).catch(() => undefined);
    rmSync(dir, { recursive: true, force: true });
  };
  onStopSignal(async () => {
    await stopAll();
    await stop();
  });
  return { ...(await untilStopped(starting)), pids: (await starting).pids, stop };
}

async function contextOf(servers, db) {
  const { postings } = await import('./lib/workload.mjs');
  return {
    ...servers,
    pids: { mongod: servers.pids.mongo, kafka: servers.pids.kafka },
    rounds: Number(options.rounds ?? (options.quick ? 3 : 7)),
    /** Rounds at most that are measured in place of disturbed ones. */
    repeats: options.quick ? 1 : 7,
    keepNoisy: options['keep-noisy'],
    longestRunMs: options.quick ? 120_000 : 900_000,
    size: (full, quick) => (options.quick ? quick : full),
    data: postings(SEED),
    peers: [],
    /** What earlier work has left to the servers to write is written before the next is measured. */
    settle: () => db.command({ fsync: 1 }),
    progress: (metric, round, figures, reason) =>
      log(`${metric} round ${round}: ${Object.entries(figures).map(([name, figure]) => `${name} ${figure.toPrecision(3)}`).join(', ')}${reason ? ` (discarded: ${reason})` : ''}`),
  };
}

async function measureAll(context, chosen) {
  const metrics = {};
  for (const id of chosen) {
    const metric = (await import(`./metrics/${METRICS[id]}.mjs`))[id];
    log(`${id} ${metric.title}`);
    const begun = performance.now();
    const outcome = await metric.run(context).catch((error) => ({ error: String(error?.message ?? error), stack: error?.stack }));
    if (outcome.error) log(`${id} failed: ${outcome.stack}`);
    metrics[id] = { title: metric.title, seconds: Math.round((performance.now() - begun) / 1_000), ...outcome };
  }
  return metrics;
}

const versionsOf = async (db) => {
  const root = resolve(import.meta.dirname, '../..');
  const versionIn = (name) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
  const { version } = await db.command({ buildInfo: 1 });
  return { Node: process.versions.node, mongod: version, 'mongodb driver': versionIn('mongodb'), kafkajs: versionIn('kafkajs') };
};

const commit = () => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  } catch {
    return 'an unknown commit';
  }
};

async function main() {
  const chosen = chosenMetrics();
  await prepare();
  setFlagsFromString('--expose_gc');
  globalThis.gc = runInNewContext('gc');
  if (!(await buildIfStale())) process.exit(1);
  const { installPeers, readyPeers } = await import('./lib/peers.mjs');
  const noPeers = options['no-peers'] ? 'the peers were left out' : await installPeers(log);
  const servers = await startOwnServers();
  const { openDatabase } = await import('./contenders/raw.mjs');
  const admin = await openDatabase(servers, 'bench_admin', { indexes: false });
  try {
    const db = admin.db.client.db('admin');
    const context = await contextOf(servers, db);
    if (!noPeers) context.peers = await readyPeers(context, log);
    const metrics = await measureAll(context, chosen);
    const run = {
      at: new Date().toISOString(),
      commit: commit(),
      quick: options.quick,
      rounds: context.rounds,
      seed: SEED,
      machine: { model: cpus()[0].model.trim(), cores: cpus().length, kernel: release() },
      versions: await versionsOf(db),
      notes: ['Client, mongod (replica set of one, w: majority, j: true, 2 GB cache) and Kafka (one broker, 512 MB heap) share the cores, not pinned.', ...(noPeers ? [`${noPeers}.`] : [])],
      peers: context.peers.map(({ name, label, failure }) => ({ name, label, failure })),
      metrics,
    };
    mkdirSync(RESULTS, { recursive: true });
    const file = join(RESULTS, `${run.at.replaceAll(':', '-').slice(0, 19)}.json`);
    writeFileSync(file, JSON.stringify(run, null, 1));
    console.log(`${preambleOf(run)}\n\n${tableOf(run)}\n\n${file}`);
    process.exitCode = Object.values(metrics).some(({ error }) => error) ? 1 : 0;
  } finally {
    await admin.close();
    await servers.stop();
  }
}

if (options.help) console.log(HELP);
else if (options.report) printReport();
else await main();
