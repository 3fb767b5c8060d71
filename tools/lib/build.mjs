import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './node24.mjs';
import { run } from './processes.mjs';
import { stopwatch } from './text.mjs';

const STAMP = join(root, '.nx/build-stamp');
const LEFT_OUT = new Set(['dist', 'node_modules', 'coverage', 'test']);
const isInput = (name) => !/\.(spec|int-spec|e2e-spec)\.|^jest\./.test(name);

const inputsUnder = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : inputsUnder(path);
    return isInput(entry.name) ? [path] : [];
  });

const packagesUnder = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !LEFT_OUT.has(entry.name))
    .flatMap((entry) =>
      existsSync(join(folder, entry.name, 'package.json')) ? [join(folder, entry.name)] : packagesUnder(join(folder, entry.name)),
    );

/** Changes whenever a source of the build does. Names, sizes and times suffice: nx compares the contents of what looks new. */
export const fingerprint = (base = root) => {
  const hash = createHash('sha256');
  const files = [
    ...['libs', 'services'].flatMap((folder) => inputsUnder(join(base, folder))),
    join(base, 'package-lock.json'),
    join(base, 'tsconfig.base.json'),
  ];
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
};

const isBuilt = (wanted) =>
  existsSync(STAMP) &&
  readFileSync(STAMP, 'utf8') === wanted &&
  ['libs', 'services'].flatMap((folder) => packagesUnder(join(root, folder))).every((folder) => existsSync(join(folder, 'dist/index.js')));

/** What the compilers of the failed packages said, without nx's account of the run. */
const complaints = (output) =>
  output
    .slice(
      Math.max(
        0,
        output.findIndex((line) => line.startsWith('> nx run')),
      ),
    )
    .join('\n')
    .replace(/\n+ NX {3}[^]*/, '')
    .replace(/^(✔|npm (warn|error)).*\n/gm, '');

/** Builds what changed since the last build, saying which package is ready. False when the build failed; its output was printed then. */
export const buildIfStale = async () => {
  const wanted = fingerprint();
  if (isBuilt(wanted)) return true;
  console.log('Building what changed ...');
  const elapsed = stopwatch();
  const output = [];
  const onLine = (line) => {
    output.push(line);
    const built = /✔ +nx run @keyfold\/([\w-]+):build/.exec(line)?.[1];
    if (built) console.log(`  built ${built}`);
  };
  const args = [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build'];
  // Without the daemon nothing stays behind; plain output for the lines above.
  const code = await run(process.execPath, args, {
    cwd: root,
    onLine,
    deadlineMs: 10 * 60_000,
    env: { ...process.env, NX_DAEMON: 'false', NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  if (code !== 0) {
    console.error(`${complaints(output)}\n\nThe build failed; the lines above say why.`);
    return false;
  }
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, wanted);
  console.log(`Built in ${elapsed()}.`);
  return true;
};
