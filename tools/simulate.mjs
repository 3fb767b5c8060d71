import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './ensure-installed.mjs';
import { root } from './lib/node24.mjs';
import { stopwatch } from './lib/text.mjs';

const help = `npm run simulate -- [options]

Runs the simulation of libs/testing (store, sequencer, relay, transport, projections, policies and processes on one thread, with faults at any await)
for many seeds, and stops at the first whose history violates an invariant.

  --seeds N          so many seeds (2000)
  --from N           the first of them (1)
  --jobs N           processes that share them (one per core)
  --seed N           this one alone, again
  --trace            prints its history
  --help
`;

const self = fileURLToPath(import.meta.url);
const PROGRESS_MS = 5_000;

const options = {
  seed: { type: 'string' },
  trace: { type: 'boolean' },
  seeds: { type: 'string', default: '2000' },
  from: { type: 'string', default: '1' },
  jobs: { type: 'string', default: String(availableParallelism()) },
  step: { type: 'string', default: '1' },
  worker: { type: 'boolean' },
  help: { type: 'boolean' },
};

const load = async () => {
  await import('./ts-register.mjs');
  return import(pathToFileURL(join(root, 'libs/testing/src/simulation/index.ts')).href);
};

const one = async (seed, trace) => {
  const { failureOf, simulate } = await load();
  const outcome = await simulate({ seed });
  if (trace) for (const line of outcome.history) console.log(line);
  const failure = failureOf(outcome);
  if (failure) console.log(failure);
  const { hash, commits, commands, history } = outcome;
  console.log(`seed ${seed}: history ${hash}, ${history.length} lines, ${commits} commits, commands: ${JSON.stringify(commands)}`);
  process.exitCode = failure ? 1 : 0;
};

/** In a process of its own: every `step`-th seed. Tells its parent after each. */
const work = async (from, end, step) => {
  const { failureOf, simulate } = await load();
  for (let seed = from; seed < end; seed += step) {
    const outcome = await simulate({ seed });
    process.send({ commits: outcome.commits, failure: failureOf(outcome) });
  }
  process.disconnect();
};

const many = (from, count, jobs) => {
  const elapsed = stopwatch();
  const began = Date.now();
  let done = 0;
  let commits = 0;
  const say = () => {
    const perSecond = (done * 1_000) / (Date.now() - began);
    console.log(`${done} of ${count} seeds, ${perSecond.toFixed(0)} a second, ${Math.ceil((count - done) / perSecond)} s to go`);
  };
  const progress = setInterval(say, PROGRESS_MS);
  const workers = Array.from({ length: jobs }, (_, i) =>
    fork(self, ['--worker', '--from', String(from + i), '--seeds', String(count - i), '--step', String(jobs)]),
  );
  const stop = () => {
    clearInterval(progress);
    for (const worker of workers) worker.kill();
  };
  let open = workers.length;
  for (const worker of workers) {
    worker.on('message', (outcome) => {
      done += 1;
      commits += outcome.commits;
      if (!outcome.failure || process.exitCode) return;
      console.log(outcome.failure);
      process.exitCode = 1;
      stop();
    });
    worker.on('exit', (code, signal) => {
      if (code !== 0 && !process.exitCode) {
        console.log(`a worker ended with ${signal ?? `code ${code}`} before its seeds were through`);
        process.exitCode = 1;
        stop();
      }
      open -= 1;
      if (open > 0) return;
      clearInterval(progress);
      console.log(`${done} seeds, ${commits} commits, in ${elapsed()}${process.exitCode ? '' : ': every invariant holds'}.`);
    });
  }
};

const { values } = parseArgs({ options });
if (values.help) {
  console.log(help);
  process.exit();
}
if (!values.worker) await prepare();
const from = Number(values.from);
if (values.seed !== undefined) await one(Number(values.seed), values.trace);
else if (values.worker) await work(from, from + Number(values.seeds), Number(values.step));
else many(from, Number(values.seeds), Number(values.jobs));
