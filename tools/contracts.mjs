// npm run contracts -- check | freeze: holds the event types against their frozen schemas, and freezes new versions.
import { join } from 'node:path';
import { prepare } from './ensure-installed.mjs';
import { root } from './lib/node24.mjs';

await prepare();
await import('./ts-register.mjs');
const { contractProblems } = await import('./contracts/gate.mjs');
const { schemasOf } = await import('./contracts/event-types.mjs');
const { freeze } = await import('./contracts/freeze.mjs');
const { Frozen, historyOf } = await import('./contracts/frozen.mjs');

const [verb, ...rest] = process.argv.slice(2);
if (!['check', 'freeze'].includes(verb) || rest.length > 0) {
  console.error(
    'npm run contracts -- check: are the event types those that were frozen?\nnpm run contracts -- freeze: write down new event types and versions',
  );
  process.exit(2);
}

const folder = join(root, 'libs/contracts');
const { contracts, asyncApi } = await import(join(folder, 'src/index.ts'));
const state = { contracts, asyncApi, schemas: schemasOf(join(folder, 'src/index.ts')), frozen: new Frozen(folder, historyOf(folder)) };

if (verb === 'freeze') {
  const written = freeze(state);
  for (const file of written) console.log(`wrote libs/contracts/${file}`);
  if (written.length > 0)
    console.log('Read them, make the golden payloads look like life, and commit them: from then on they never change.');
}
const problems = contractProblems(state);
for (const problem of problems) console.error(`contracts: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`contracts: ${state.schemas.size} event types are as they were frozen`);
