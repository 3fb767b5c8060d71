import { setTimeout as wait } from 'node:timers/promises';
import type { KeyfoldClient } from './client.js';
import { Failure } from './failure.js';
import { progressLine } from './progress.js';

interface Status {
  readonly name: string;
  readonly rebuild: { readonly state: 'none' | 'running' | 'done' | 'failed'; readonly done: number; readonly total: number; readonly error: string | null };
}

const POLL_MS = 200;
const LONGEST_MS = 6 * 60 * 60_000;

/** Rebuilds one read model or all of a service, one after the other, and waits for each. Returns their names. */
export async function rebuild(client: KeyfoldClient, service: string, projection: string | undefined, quiet: boolean): Promise<string[]> {
  if (!/^[a-z]+$/.test(service)) throw new Failure(`${service} is not a service.`);
  const names = projection ? [projection] : (await client.get<Status[]>(`/ops/${service}/projections`)).map((status) => status.name);
  for (const name of names) await rebuildOne(client, `/ops/${service}/projections/${encodeURIComponent(name)}`, name, quiet);
  return names;
}

async function rebuildOne(client: KeyfoldClient, path: string, name: string, quiet: boolean): Promise<void> {
  const started = performance.now();
  let { rebuild: state } = await client.post<Status>(`${path}/rebuild`, {});
  while (state.state === 'running') {
    const seconds = (performance.now() - started) / 1_000;
    if (seconds * 1_000 > LONGEST_MS) throw new Failure(`${name} is still being rebuilt after six hours; it goes on without this command.`);
    if (!quiet && process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progressLine(name, state.done, state.total, seconds)}`);
    await wait(POLL_MS);
    ({ rebuild: state } = await client.get<Status>(path));
  }
  if (!quiet) process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${name} ${state.state}\n`);
  if (state.state === 'failed') throw new Failure(`${name} was not rebuilt: ${state.error}. The old one goes on serving.`);
}
