import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { become } from './processes.mjs';

export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');

const WANTED = '24.11.1';

/** Whether a version is at least another one; both are plain x.y.z. */
export const isAtLeast = (version, wanted) => {
  const [have, want] = [version, wanted].map((text) => text.split('.').map(Number));
  const differs = have.findIndex((part, index) => part !== want[index]);
  return differs === -1 || have[differs] > want[differs];
};

/** Path of a Node that runs Keyfold: this one, or the one that the dependencies bring along. Null when there is none. */
export const findNode24 = () => {
  if (isAtLeast(process.versions.node, WANTED)) return process.execPath;
  const own = join(root, 'node_modules/.bin/node');
  return existsSync(own) ? own : null;
};

/** The same script goes on under Node 24; returns only if it already does. */
export const underNode24 = async () => {
  const node = findNode24();
  if (node === process.execPath) return;
  if (!node) {
    console.error(
      `Keyfold needs Node ${WANTED} or newer, this is ${process.versions.node}. On Linux x64 and arm64 "npm ci" brings its own; elsewhere install Node 24 from https://nodejs.org.`,
    );
    process.exit(1);
  }
  await become(node, [...process.execArgv, ...process.argv.slice(1)]);
};
