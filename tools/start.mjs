// npm start: everything in one process on the embedded adapters.
import { join } from 'node:path';
import { prepare } from './ensure-installed.mjs';
import { buildIfStale } from './lib/build.mjs';
import { root } from './lib/node24.mjs';
import { become } from './lib/processes.mjs';

if (process.argv.includes('--help')) {
  console.log(`npm start [-- --empty] [-- --port N] [-- --data FOLDER]

Starts Keyfold on this machine: all services and the dashboard in one process, data in ./.keyfold.
Installs and builds what is missing first. Stop it with Ctrl-C.

  --empty          no demo portfolio in a new data folder
  --port N         port to listen on (3000)
  --data FOLDER    data folder (./.keyfold)`);
  process.exit(0);
}

await prepare();
if (!(await buildIfStale())) process.exit(1);

const env = {
  KEYFOLD_MODE: 'embedded',
  KEYFOLD_DEMO: 'true',
  NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
  ...process.env,
};
const flags = ['--enable-source-maps', '--disable-warning=ExperimentalWarning'];
await become(process.execPath, [...flags, join(root, 'services/standalone/dist/main.js'), ...process.argv.slice(2)], { cwd: root, env });
