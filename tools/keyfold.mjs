// npm run keyfold -- <verb>: the command line, from its sources, with paths as they were typed.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { prepare } from './ensure-installed.mjs';
import { root } from './lib/node24.mjs';
import { become } from './lib/processes.mjs';

await prepare();
const sources = pathToFileURL(join(root, 'tools/ts-register.mjs')).href;
const args = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  sources,
  join(root, 'services/cli/src/main.ts'),
  ...process.argv.slice(2),
];
await become(process.execPath, args, { cwd: process.env.INIT_CWD ?? process.cwd(), stdio: 'inherit' });
