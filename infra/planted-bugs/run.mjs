// npm run planted-bugs: breaks one mechanism at a time in a copy of the repository and looks whether the suite notices. A bug that passes is a hole in the suite.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from '../../tools/ensure-installed.mjs';
import { root } from '../../tools/lib/node24.mjs';
import { onStopSignal, run, stopAll } from '../../tools/lib/processes.mjs';
import { stopwatch } from '../../tools/lib/text.mjs';
import { bugs } from './bugs.mjs';
import { copyOf } from './workspace.mjs';

const HELP = `npm run planted-bugs [-- --only <name>,<name> --list --json]

Plants ${bugs.length} known bugs, one after the other, in a copy of the repository and runs the specs that must notice each. Exit code 0 when all are caught.
Before the bugs the same specs run on the sound code: they must pass there. Takes about ten minutes.

  --only   these bugs alone
  --list   their names and what they break
  --json   the result as JSON on standard output`;

const SPEC_DEADLINE_MS = 5 * 60_000;

const options = { only: { type: 'string' }, list: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } };
const { values } = parseArgs({ options });
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const chosen = values.only
  ? values.only.split(',').map((name) => bugs.find((bug) => bug.name === name) ?? fail(`${name} is not a planted bug; --list names them`))
  : bugs;
if (values.list) {
  for (const bug of bugs) console.log(`${bug.name.padEnd(44)} ${bug.breaks}`);
  process.exit(0);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

await prepare();
const say = (line) => (values.json ? console.error(line) : console.log(line));

const { provide } = await import('../native/provide.mjs');
const servers = await provide({ log: (line) => say(`  ${line}`) });
const copy = await copyOf(root);
const cleanup = async () => {
  await stopAll();
  await servers.stop();
  await copy.remove();
};
onStopSignal(cleanup);

/** Names of the tests that failed; null when the spec passed. A spec that does not end, or whose file cannot even be loaded, is no catch of a bug but a broken check. */
async function failuresOf({ config, spec, test }) {
  const report = join(copy.dir, 'planted-report.json');
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=TimeoutNegativeWarning',
    'node_modules/jest/bin/jest.js',
  ];
  const args = [...jest, '-c', config, '--runTestsByPath', spec, ...(test ? ['-t', test] : []), '--silent', '--json', '--outputFile', report];
  const env = { ...process.env, KEYFOLD_MONGO_URL: servers.mongoUrl, KEYFOLD_KAFKA_BROKERS: servers.kafkaBrokers };
  const code = await run(process.execPath, args, { cwd: copy.dir, env, deadlineMs: SPEC_DEADLINE_MS, onLine: () => undefined });
  if (code === 124) throw new Error(`${spec} did not end`);
  const { numTotalTests, numPendingTests, testResults } = JSON.parse(await readFile(report, 'utf8'));
  if (numTotalTests === numPendingTests) throw new Error(`${spec} has no tests or cannot be loaded`);
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
  return failed.length > 0 ? failed : null;
}

async function assertSound() {
  const specs = new Map(chosen.flatMap(({ caughtBy }) => caughtBy).map((check) => [check.spec, check]));
  for (const check of specs.values()) {
    const failed = await failuresOf(check);
    if (failed) throw new Error(`${check.spec} fails on the sound code already: ${failed[0]}`);
  }
  say(`${specs.size} specs pass on the sound code`);
}

async function hunt(bug) {
  const elapsed = stopwatch();
  const undo = await copy.edit(bug);
  try {
    for (const check of bug.caughtBy) {
      const failed = await failuresOf(check);
      if (failed) return { bug: bug.name, breaks: bug.breaks, caught: true, by: check.spec, test: failed[0], took: elapsed() };
    }
    return { bug: bug.name, breaks: bug.breaks, caught: false, by: null, test: null, took: elapsed() };
  } finally {
    await undo();
  }
}

let exitCode = 1;
try {
  await assertSound();
  const results = [];
  for (const bug of chosen) {
    const result = await hunt(bug);
    results.push(result);
    say(`${result.caught ? 'caught' : 'MISSED'}  ${result.bug.padEnd(44)} ${result.took.padStart(8)}  ${result.test ?? ''}`);
  }
  const caught = results.filter((result) => result.caught).length;
  if (values.json) console.log(JSON.stringify(results, null, 2));
  say(`${caught} of ${results.length} planted bugs caught`);
  exitCode = caught === results.length ? 0 : 1;
} catch (error) {
  console.error(error.message);
}
await cleanup();
process.exit(exitCode);
