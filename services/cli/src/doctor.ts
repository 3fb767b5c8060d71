import { setTimeout as wait } from 'node:timers/promises';
import type { KeyfoldClient } from './client.js';
import { Failure } from './failure.js';
import { SERVICES } from './services.js';

interface Measured {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Status {
  readonly service: string;
  readonly version: string;
  readonly now: string;
  readonly position: number;
  readonly leading: boolean;
  readonly projections: readonly { readonly name: string; readonly built: boolean }[];
  readonly measured: Readonly<Record<string, readonly Measured[]>>;
}

export interface Lag {
  readonly projection: string;
  readonly events: number;
  readonly exact: boolean;
  readonly oldestSeconds: number | null;
  readonly deadLetters: number;
}

/** One service as it was found; `clockMs` is how far its clock is ahead of this machine's. */
export interface Examined {
  readonly status: Status;
  readonly lag: readonly Lag[];
  readonly clockMs: number;
}

export interface Diagnosis {
  readonly ok: boolean;
  /** Sentences that say what is wrong and what to do. */
  readonly problems: readonly string[];
  readonly services: readonly { readonly service: string; readonly version: string; readonly position: number; readonly leading: boolean }[];
}

const CLOCK_MS = 2_000;
const OLD_SECONDS = 60;
const BACKLOG = 500;
/** A service is asked so often for the process that leads: the first to answer may not be it, or it may be about to. */
const LEADER_LOOKS = 20;
const LEADER_PAUSE_MS = 500;

export async function examineAll(client: KeyfoldClient): Promise<Diagnosis> {
  const found = await Promise.all(SERVICES.map((service) => examine(client, service).catch((error: unknown) => unanswered(service, error))));
  const examined = found.filter((one): one is Examined => typeof one !== 'string');
  const problems = [...found.filter((one) => typeof one === 'string'), ...diagnose(examined)];
  return { ok: problems.length === 0, problems, services: examined.map(({ status: { service, version, position, leading } }) => ({ service, version, position, leading })) };
}

function unanswered(service: string, error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return `${service} does not answer as it should: ${error.message} See whether it runs, and what its log says.`;
}

async function examine(client: KeyfoldClient, service: string): Promise<Examined> {
  const { items: lag } = await client.get<{ items: Lag[] }>(`/ops/${service}/lag`);
  for (let look = 1; ; look++) {
    const asked = Date.now();
    const status = await client.get<Status>(`/ops/${service}/status`);
    const clockMs = Date.parse(status.now) - (asked + Date.now()) / 2;
    if (status.leading || look === LEADER_LOOKS) return { status, lag, clockMs };
    await wait(LEADER_PAUSE_MS);
  }
}

/** What is wrong with the services, in sentences. */
export function diagnose(examined: readonly Examined[]): string[] {
  const versions = new Map(examined.map(({ status }) => [status.service, status.version]));
  const mixed = new Set(versions.values()).size > 1;
  return [
    ...(mixed ? [`The services run different versions (${[...versions].map(([service, version]) => `${service} ${version}`).join(', ')}): finish the upgrade, unless it is under way.`] : []),
    ...examined.flatMap((one) => [...process(one), ...publishing(one), ...readModels(one)]),
  ];
}

function process({ status: { service, leading }, clockMs }: Examined): string[] {
  return [
    ...(Math.abs(clockMs) > CLOCK_MS ? [`The clock of ${service} is ${(Math.abs(clockMs) / 1_000).toFixed(1)} s ${clockMs > 0 ? 'ahead of' : 'behind'} this machine's: set both by NTP.`] : []),
    ...(leading ? [] : [`No process of ${service} that answered leads its log: commands are taken, but not numbered or published. See what the logs of its processes say of the lease.`]),
  ];
}

function publishing({ status: { service, measured } }: Examined): string[] {
  const backlog = Math.max(0, ...(measured['relay_backlog_commits'] ?? []).map(({ value }) => value));
  const wrong = (measured['topic_misconfigured'] ?? []).filter(({ value }) => value > 0);
  const idle = (measured['consumer_running'] ?? []).filter(({ value }) => value === 0);
  return [
    ...(backlog > BACKLOG ? [`${service} has ${backlog} commits that are not published: see whether Kafka runs; they go out by themselves when it does.`] : []),
    ...wrong.map(({ labels }) => `A topic of ${service} is missing or set up wrongly (${Object.values(labels).join(' ')}): the log of ${service} says what to change; the setup job makes missing ones.`),
    ...idle.map(({ labels }) => `${service} does not consume (group ${labels['group'] ?? 'unknown'}): its read models stand still. See whether Kafka runs, and what the log of ${service} says.`),
  ];
}

function readModels({ status: { service, projections }, lag }: Examined): string[] {
  const unbuilt = projections.filter(({ built }) => !built).map(({ name }) => name);
  return [
    ...(unbuilt.length > 0 ? [`${service} is still building ${unbuilt.join(', ')}: wait, or see what its log says of the feeds.`] : []),
    ...lag
      .filter(({ oldestSeconds }) => (oldestSeconds ?? 0) > OLD_SECONDS)
      .map(({ projection, events, exact, oldestSeconds }) => `${service} ${projection} is ${exact ? '' : 'up to '}${events} events behind, the oldest for ${Math.round(oldestSeconds!)} s: see what the log of ${service} says of its batches.`),
    ...lag
      .filter(({ deadLetters }) => deadLetters > 0)
      .map(({ projection, deadLetters }) => `${service} ${projection} has ${deadLetters} dead letters: look at them with "keyfold dead-letters list ${service} --projection ${projection}", mend the cause, then retry them.`),
  ];
}
