import { setTimeout as wait } from 'node:timers/promises';
import type { KeyfoldClient } from './client.js';
import { Failure } from './failure.js';
import { progressLine } from './progress.js';
import { servicesOf } from './services.js';

interface Finding {
  readonly kind: string;
  readonly [name: string]: unknown;
}

export interface Verified {
  readonly service: string;
  readonly projection: string;
  readonly events: number;
  readonly streams: number;
  readonly rows: number;
  readonly parked: { readonly streams: number; readonly letters: number };
  readonly discarded: number;
  readonly found: number;
  readonly findings: readonly Finding[];
  readonly unproved: number;
  readonly seed: number;
  readonly ok: boolean;
}

interface Job {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed' | 'interrupted';
  readonly done: number;
  readonly total: number;
  readonly current: string | null;
  readonly results: readonly Omit<Verified, 'service'>[];
  readonly error: string | null;
}

const POLL_MS = 250;
const PLAIN_EVERY_MS = 3_000;
const LONGEST_MS = 6 * 60 * 60_000;

/** Verifies one read model, all of a service, or all there are, one service after the other. */
export async function verifyAll(client: KeyfoldClient, service: string | undefined, projection: string | undefined, quiet: boolean): Promise<Verified[]> {
  const verified: Verified[] = [];
  for (const name of servicesOf(service)) {
    const job = await client.post<Job>(`/ops/${name}/verify`, projection === undefined ? {} : { projection });
    verified.push(...(await finished(client, name, job, quiet)).map((result) => ({ service: name, ...result })));
  }
  return verified;
}

async function finished(client: KeyfoldClient, service: string, started: Job, quiet: boolean): Promise<Job['results']> {
  const begun = performance.now();
  let printed = begun;
  let job = started;
  while (job.state === 'running') {
    await wait(POLL_MS);
    job = await client.get<Job>(`/ops/${service}/verify/${job.id}`);
    const now = performance.now();
    if (now - begun > LONGEST_MS) throw new Failure(`the verification of ${service} is still running after six hours; it goes on without this command.`);
    if (quiet || (!process.stderr.isTTY && now - printed < PLAIN_EVERY_MS)) continue;
    printed = now;
    const line = progressLine(`${service} ${job.current ?? ''}`.trim(), job.done, job.total, (now - begun) / 1_000);
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  }
  if (!quiet && process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (job.state === 'interrupted') throw new Failure(`the process of ${service} that verified is gone: start the verification again.`);
  if (job.state === 'failed') throw new Failure(`${service} could not be verified: ${job.error}.`);
  return job.results;
}

export function verifiedText({ service, projection, events, streams, rows, parked, discarded, found, findings, unproved, seed }: Verified): string {
  const asides = [
    ...(parked.streams > 0 ? [`${parked.streams} streams are parked with ${parked.letters} dead letters`] : []),
    ...(discarded > 0 ? [`${discarded} events were discarded`] : []),
    ...(unproved > 0 ? [`${unproved} rows or streams did not come to rest: verify again when there is less traffic`] : []),
  ];
  const verdict = found === 0 ? 'right' : `${found} WRONG (seed ${seed})`;
  const head = `${service} ${projection}: ${verdict}; ${rows} rows, ${streams} streams, ${events} events${asides.map((aside) => `; ${aside}`).join('')}`;
  const more = found > findings.length ? [`  and ${found - findings.length} more`] : [];
  return [head, ...findings.map((finding) => `  ${findingText(finding)}`), ...more].join('\n');
}

function findingText({ kind, ...where }: Finding): string {
  const details = Object.entries(where).map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  return `${kind}: ${details.join(', ')}`;
}
