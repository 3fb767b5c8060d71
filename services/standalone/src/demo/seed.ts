import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config, dateOf, type DemoIdentity, SERVICES } from '@keyfold/platform';
import type { Line, Step } from './lines.js';
import { demoPortfolio } from './portfolio.js';

interface Seeding {
  readonly app: NestFastifyApplication;
  readonly identity: DemoIdentity;
  readonly config: Config;
  readonly empty: boolean;
  readonly say: (sentence: string) => void;
}

/** Kept in the data folder, so that a seeding that was cut off goes on with the same dates, and a finished one never starts again. */
interface Progress {
  readonly today: string;
  readonly done: boolean;
}

const DEADLINE_MS = 20_000;
const PAUSE_MS = 50;

/** Fills a new data folder with the demo portfolio, through the same commands as everybody, said by the demo people. */
export async function seedDemo(seeding: Seeding): Promise<void> {
  const { app, identity, config, empty, say } = seeding;
  const file = join(config.data, 'demo-portfolio.json');
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Progress) : null;
  if (before?.done || (!before && (empty || !(await isEmpty(seeding))))) return;
  const today = before?.today ?? dateOf(Date.now(), config.timeZone);
  note(file, { today, done: false });
  say('Setting up the demo portfolio ...');
  for (const step of demoPortfolio(today)) await untilTaken(app, `Bearer ${await identity.token(step.as ?? 'director')}`, step);
  note(file, { today, done: true });
}

async function isEmpty({ app, config }: Seeding): Promise<boolean> {
  const positions = await Promise.all(
    SERVICES.map(async (service) => {
      const answer = await app.inject({ url: `/ops/${service}/position`, headers: { authorization: `Bearer ${config.serviceToken}` } });
      return answer.json<{ position: number }>().position;
    }),
  );
  return positions.every((position) => position === 0);
}

/** A line may be refused because a service has not heard yet of an account or a person: it is sent again until it is taken. */
async function untilTaken(app: NestFastifyApplication, authorization: string, { service, lines }: Step): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (let left = lines; ; await wait(PAUSE_MS)) {
    const results = await send(app, authorization, service, left);
    const refused = results.filter((result) => result.status >= 400);
    if (refused.length === 0) return;
    left = refused.map((result) => left[result.index]!);
    if (Date.now() > deadline) throw new Error(`the demo portfolio cannot be set up: ${left[0]!.aggregate} ${left[0]!.command}: ${JSON.stringify(refused[0]!.problem)}`);
  }
}

async function send(app: NestFastifyApplication, authorization: string, service: string, lines: readonly Line[]) {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/${service}/bulk`,
    headers: { authorization, 'content-type': 'application/x-ndjson' },
    payload: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  });
  if (answer.statusCode !== 200) throw new Error(`the demo portfolio cannot be set up: ${answer.body}`);
  return answer.body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { index: number; status: number; problem?: object });
}

function note(file: string, progress: Progress): void {
  writeFileSync(`${file}.new`, JSON.stringify(progress));
  renameSync(`${file}.new`, file); // whole or not at all
}
