// npm test: every test of the repository, by stages, on real MongoDB and Kafka. The last line is the total.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { prepare } from './ensure-installed.mjs';
import { buildIfStale } from './lib/build.mjs';
import { root } from './lib/node24.mjs';
import { onStopSignal, run, stopAll, untilStopped } from './lib/processes.mjs';
import { stopwatch } from './lib/text.mjs';
import { Totals } from './lib/totals.mjs';

const STAGES = {
  unit: { config: 'jest.config.mjs', workers: '2', deadlineMs: 5 * 60_000 },
  integration: { config: 'jest.int.config.mjs', workers: '2', deadlineMs: 15 * 60_000, needsServers: true },
  acceptance: { config: 'jest.e2e.config.mjs', workers: '2', deadlineMs: 20 * 60_000, needsServers: true, needsBuild: true },
  // Starts servers of its own: they are there to be killed.
  chaos: { config: 'jest.chaos.config.mjs', workers: '1', deadlineMs: 10 * 60_000, needsBuild: true },
};

const chosen = process.argv.slice(2);
if (chosen.includes('--help') || chosen.some((name) => !STAGES[name])) {
  console.log(
    `npm test [-- ${Object.keys(STAGES).join('|')} ...]\n\nRuns the given stages, or all of them. MongoDB and Kafka are taken from KEYFOLD_MONGO_URL and KEYFOLD_KAFKA_BROKERS,\nelse started with Docker, else natively.`,
  );
  process.exit(chosen.includes('--help') ? 0 : 2);
}

await prepare();

const stages = Object.entries(STAGES).filter(([name]) => chosen.length === 0 || chosen.includes(name));
const totals = new Totals();
const took = [];
const reports = mkdtempSync(join(tmpdir(), 'keyfold-test-'));
let servers = null;
let addresses = {};

const cleanup = async () => {
  await stopAll();
  // Servers that are only just starting can be stopped once they have started.
  const given = await Promise.race([servers?.catch(() => null), after(30_000, null, { ref: false })]);
  await given?.stop();
  rmSync(reports, { recursive: true, force: true });
};
onStopSignal(cleanup);

const timed = async (name, work) => {
  const elapsed = stopwatch();
  console.log(`\n== ${name}`);
  const result = await work();
  took.push(`${name} ${elapsed()}`);
  return result;
};

const startServers = () =>
  timed('servers', async () => {
    const { provide } = await import('../infra/native/provide.mjs');
    servers = provide({ log: (line) => console.log(`  ${line}`) });
    const { mongoUrl, kafkaBrokers, how } = await untilStopped(servers);
    addresses = { KEYFOLD_MONGO_URL: mongoUrl, KEYFOLD_KAFKA_BROKERS: kafkaBrokers };
    console.log(`  MongoDB and Kafka: ${how}`);
  });

const runStage = async (name, { config, workers, deadlineMs, needsBuild = false }) => {
  const report = join(reports, `${name}.json`);
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=TimeoutNegativeWarning',
    'node_modules/jest/bin/jest.js',
  ];
  const args = [...jest, '-c', config, '--maxWorkers', workers, '--passWithNoTests', '--json', '--outputFile', report];
  // The services start dozens of times: what one has compiled the next need not.
  const programs = needsBuild && { TEST_PROGRAMS: 'built', NODE_COMPILE_CACHE: join(reports, 'compiled') };
  const code = await run(process.execPath, args, { cwd: root, env: { ...process.env, ...addresses, ...programs }, deadlineMs });
  if (code === 124) console.error(`${name}: stopped after ${deadlineMs / 60_000} minutes`);
  totals.addReport(report, code);
};

const runAll = async () => {
  const isBuilt = stages.some(([, stage]) => stage.needsBuild) ? await timed('build', buildIfStale) : true;
  for (const [name, stage] of stages) {
    if (stage.needsBuild && !isBuilt) continue;
    if (stage.needsServers && !servers) await startServers();
    await timed(name, () => runStage(name, stage));
  }
  if (!isBuilt) throw new Error('the build failed, so the acceptance tests were not run');
};

try {
  await runAll();
} catch (error) {
  console.error(error.message);
  totals.addFailure();
}
await cleanup().catch((error) => {
  console.error(`the servers could not be stopped: ${error.message}`);
  totals.addFailure();
});

console.log(`\n${took.join(', ')}`);
console.log(totals.toString());
process.exit(totals.isGood ? 0 : 1);
