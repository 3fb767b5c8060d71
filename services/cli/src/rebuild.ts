import { setTimeout as wait } from 'node:timers/promises';
import type { KeyfoldClient } from './client.js';
import { Failure } from './failure.js';
import { ratedLine } from './progress.js';

interface Comparison {
  readonly sampled: number;
  readonly unsettled: number;
  readonly different: number;
  readonly ids: readonly string[];
}

interface Rebuild {
  readonly generation: number;
  readonly state: 'building' | 'catching-up' | 'comparing' | 'switched' | 'failed' | 'rolled-back';
  readonly done: number;
  readonly total: number;
  readonly rate: number | null;
  readonly etaSeconds: number | null;
  readonly error: string | null;
  readonly comparison: Comparison | null;
}

interface Status {
  readonly name: string;
  readonly built: boolean;
  readonly serving: number;
  readonly previous: number | null;
  readonly rebuild: Rebuild | null;
}

export type RebuildVerb = 'rebuild' | 'rollback' | 'discard';

/** One read model after it was dealt with. */
export interface Rebuilt {
  readonly name: string;
  readonly state: string;
  readonly serving: number;
  readonly previous: number | null;
  readonly comparison: Comparison | null;
}

const UNDER_WAY: ReadonlySet<string> = new Set(['building', 'catching-up', 'comparing']);
const POLL_MS = 200;
const PLAIN_EVERY_MS = 3_000;
const LONGEST_MS = 6 * 60 * 60_000;
/** How long a service may be away while its rebuild is watched: it goes on with it when it is back. */
const AWAY_MS = 10 * 60_000;

/** Rebuilds one read model or all of a service, one after the other, and waits for each; or lets what served before serve again, or drops it. */
export async function rebuild(client: KeyfoldClient, service: string, projection: string | undefined, { verb, quiet }: { verb: RebuildVerb; quiet: boolean }): Promise<Rebuilt[]> {
  if (!/^[a-z]+$/.test(service)) throw new Failure(`${service} is not a service.`);
  const all = projection ? null : await client.get<Status[]>(`/ops/${service}/projections`);
  // What has no previous generation is left out when all of them are meant, and an error when it was named.
  const names = projection ? [projection] : all!.filter(({ previous }) => verb === 'rebuild' || previous !== null).map(({ name }) => name);
  const results: Rebuilt[] = [];
  for (const name of names) {
    const path = `/ops/${service}/projections/${encodeURIComponent(name)}`;
    const asked = await client.post<Status>(`${path}/${verb}`, {});
    const { built, serving, previous, rebuild: last } = verb === 'rebuild' ? await watch(client, path, asked, quiet) : asked;
    const state = verb === 'discard' ? 'discarded' : (last?.state ?? (built ? 'switched' : 'building'));
    results.push({ name, state, serving, previous, comparison: last?.comparison ?? null });
  }
  return results;
}

/** One line for a read model: what became of it, and what the comparison found. */
export function rebuiltText({ name, state, comparison }: Rebuilt): string {
  if (state !== 'switched' || !comparison) return `${name} ${state}`;
  const { sampled, different, ids } = comparison;
  return different === 0
    ? `${name} switched; ${sampled} rows compared, no difference`
    : `${name} switched; ${different} of ${sampled} rows compared were different: ${ids.join(', ')}${different > ids.length ? ', ...' : ''}`;
}

async function watch(client: KeyfoldClient, path: string, begun: Status, quiet: boolean): Promise<Status> {
  const started = performance.now();
  const report = quiet ? () => undefined : reporter();
  for (let status = begun; ; status = await patiently(client, path)) {
    const { name, rebuild: current } = status;
    // A service whose read models do not survive it has built them anew when it is back.
    const isOver = !current || current.generation !== begun.rebuild?.generation || !UNDER_WAY.has(current.state);
    if (current) report(name, current, isOver);
    if (isOver && current?.state === 'failed') throw new Failure(`${name} was not rebuilt: ${current.error}. The old one goes on serving.`);
    if (isOver) return status;
    if (performance.now() - started > LONGEST_MS) throw new Failure(`${name} is still being rebuilt after six hours; it goes on without this command.`);
    await wait(POLL_MS);
  }
}

/** Says how far it is: a line that renews itself on a terminal, a plain one every few seconds elsewhere. */
function reporter(): (name: string, current: Rebuild, isOver: boolean) => void {
  let printed = performance.now();
  return (name, { state, done, total, rate, etaSeconds }, isOver) => {
    const line = ratedLine(`${name} ${state}`, { done, total, rate: rate ?? 0, secondsLeft: etaSeconds });
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${isOver ? '\n' : ''}`);
    else if (isOver || performance.now() - printed > PLAIN_EVERY_MS) {
      process.stderr.write(`${line}\n`);
      printed = performance.now();
    }
  };
}

async function patiently(client: KeyfoldClient, path: string): Promise<Status> {
  for (const until = performance.now() + AWAY_MS; ; )
    try {
      return await client.get<Status>(path);
    } catch (error) {
      if (performance.now() > until) throw error;
      await wait(POLL_MS);
    }
}
