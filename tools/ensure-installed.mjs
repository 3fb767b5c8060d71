// Installs the dependencies when they are missing or are not those of the lock file. Plain Node 20, no dependencies.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, underNode24 } from './lib/node24.mjs';
import { run } from './lib/processes.mjs';
import { keepSaying, stopwatch } from './lib/text.mjs';

const readLock = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : null);

/**
 * Names of locked packages that are not installed in the locked version. npm writes the hidden lock file last, so an interrupted
 * installation has none. Optional packages may be absent: they belong to other platforms.
 */
export const missingPackages = (locked, installed) =>
  Object.entries(locked)
    .filter(([path, wanted]) => path.startsWith('node_modules/') && !(wanted.optional && !installed?.[path]))
    .filter(([path, wanted]) => !installed?.[path] || installed[path].version !== wanted.version)
    .map(([path]) => path.slice('node_modules/'.length));

export const npm = () => {
  const beside = join(dirname(realpathSync(process.execPath)), 'npm');
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return [process.execPath, script];
  return existsSync(beside) ? [beside] : ['npm'];
};

export const ensureInstalled = async () => {
  const missing = missingPackages(readLock(join(root, 'package-lock.json')), readLock(join(root, 'node_modules/.package-lock.json')));
  if (missing.length === 0) return;
  console.log(`Installing the dependencies of Keyfold (${missing.length} packages, about a minute the first time) ...`);
  const elapsed = stopwatch();
  const silence = keepSaying('installing');
  const [command, ...script] = npm();
  const code = await run(command, [...script, 'ci', '--loglevel=error', '--no-audit', '--no-fund'], { cwd: root, deadlineMs: 15 * 60_000 });
  silence();
  if (code !== 0) {
    console.error(
      'The installation failed; the lines above are what npm said. Mend that (a registry that cannot be reached, a full disk) and run the command again.',
    );
    process.exit(1);
  }
  console.log(`Installed in ${elapsed()}.`);
};

/** What every command of the repository begins with: dependencies are there and Node is new enough. */
export const prepare = async () => {
  await ensureInstalled();
  await underNode24();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();
