// What Keyfold is compared with: installed beside the benchmark on first use, outside the workspace.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { missingPackages, npm } from '../../../tools/ensure-installed.mjs';
import { run } from '../../../tools/lib/processes.mjs';
import { emmett } from '../contenders/emmett.mjs';
import { eventNest } from '../contenders/event-nest.mjs';
import { ocoda } from '../contenders/ocoda.mjs';
import { gate } from './gate.mjs';

const here = resolve(import.meta.dirname, '..');
const lockOf = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : null);

const PEERS = [
  { of: '@event-driven-io/emmett-mongodb', column: 'as shipped', make: () => emmett },
  { of: '@ocoda/event-sourcing', column: 'as shipped', make: () => ocoda(false) },
  { of: '@ocoda/event-sourcing', column: 'helped: snapshot every 100 events', make: () => ocoda(true) },
  { of: '@event-nest/mongodb', column: 'as shipped', make: () => eventNest(false) },
  { of: '@event-nest/mongodb', column: 'helped: unique index', make: () => eventNest(true) },
];

/** Installs them from the lock file where they are missing. Null, or why they cannot be had; the benchmark goes on without. */
export async function installPeers(log) {
  const missing = missingPackages(lockOf(join(here, 'package-lock.json')), lockOf(join(here, 'node_modules/.package-lock.json')));
  if (missing.length === 0) return null;
  log(`installing the peers (${missing.length} packages) ...`);
  const [command, ...script] = npm();
  const code = await run(command, [...script, 'ci', '--loglevel=error'], { cwd: here, deadlineMs: 5 * 60_000 });
  return code === 0 ? null : 'the peers could not be installed: npm ci in infra/bench failed';
}

const versionOf = (name) => JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;

/** Each peer through the correctness gate. One that fails it is measured all the same, and said not to be equivalent. */
export async function readyPeers(context, log) {
  const ready = [];
  for (const { of, column, make } of PEERS) {
    const peer = make();
    const failure = await gate(peer, context);
    if (failure) log(`${peer.name} does not pass the gate: ${failure}`);
    ready.push({ ...peer, label: `${of} ${versionOf(of)} (${column}${failure ? `; not equivalent: ${failure}` : ''})`, failure });
  }
  return ready;
}
