// npm run dev: the sources, watched and never built. Services on KEYFOLD_PORT (3000), the dashboard with hot reload on 5173.
import { join } from 'node:path';
import { prepare } from './ensure-installed.mjs';
import { root } from './lib/node24.mjs';
import { firstToEnd, startPrefixed } from './lib/prefixed.mjs';
import { stopAll } from './lib/processes.mjs';

await prepare();
const env = { KEYFOLD_MODE: 'embedded', KEYFOLD_DEMO: 'true', ...process.env };
const watched = ['--watch', '--watch-preserve-output', '--disable-warning=ExperimentalWarning', '--import', './tools/ts-register.mjs'];
const children = startPrefixed([
  {
    name: 'services',
    command: process.execPath,
    args: [...watched, 'services/standalone/src/main.ts', ...process.argv.slice(2)],
    cwd: root,
    env,
  },
  {
    name: 'dashboard',
    command: process.execPath,
    args: [join(root, 'node_modules/vite/bin/vite.js')],
    cwd: join(root, 'services/web'),
    env,
  },
]);
const { name, code } = await firstToEnd(children);
console.error(`${name} ended with code ${code}; stopping.`);
await stopAll();
process.exit(code || 1);
