// npm run start:distributed: four services and the dashboard as processes of their own, on the MongoDB and Kafka of `npm run services:up`.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { prepare } from './ensure-installed.mjs';
import { buildIfStale } from './lib/build.mjs';
import { root } from './lib/node24.mjs';
import { firstToEnd, startPrefixed } from './lib/prefixed.mjs';
import { run, stopAll } from './lib/processes.mjs';

const PORTS = { accounts: 3001, opportunities: 3002, satisfaction: 3003, reporting: 3004, web: 3000 };
const entry = (name) => join(root, 'services', name, name === 'web' ? 'dist/server/main.js' : 'dist/main.js');

/** The master key must be the same at every start, or what it wrapped is lost: it lies beside the data it belongs to. */
const secrets = () => {
  const file = join(root, 'infra/native/data/secrets.json');
  if (!existsSync(file)) {
    const made = {
      KEYFOLD_SERVICE_TOKEN: randomBytes(32).toString('hex'),
      KEYFOLD_MASTER_KEY: randomBytes(32).toString('base64'),
      KEYFOLD_CURSOR_KEY: randomBytes(32).toString('base64'),
    };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
};

const servers = async () => {
  const { KEYFOLD_MONGO_URL, KEYFOLD_KAFKA_BROKERS } = process.env;
  if (KEYFOLD_MONGO_URL && KEYFOLD_KAFKA_BROKERS) return {};
  const { developmentServers, up } = await import('../infra/native/development.mjs');
  const started = developmentServers({ log: console.log });
  await up(started, { log: console.log });
  const [mongo, kafka] = started.map(({ server }) => server);
  return { KEYFOLD_MONGO_URL: mongo.url, KEYFOLD_KAFKA_BROKERS: kafka.brokers };
};

await prepare();
if (!(await buildIfStale())) process.exit(1);
const env = { KEYFOLD_MODE: 'distributed', KEYFOLD_DEMO: 'true', ...secrets(), ...(await servers()), ...process.env };
const flags = ['--enable-source-maps', '--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];
const setup = await run(process.execPath, [...flags, join(root, 'libs/platform/dist/setup.main.js')], {
  cwd: root,
  env,
  deadlineMs: 2 * 60_000,
});
if (setup !== 0) process.exit(setup);
const children = startPrefixed(
  Object.entries(PORTS).map(([name, port]) => ({
    name,
    command: process.execPath,
    args: [...flags, entry(name)],
    cwd: root,
    env: { ...env, KEYFOLD_PORT: String(port) },
  })),
);
const { name, code } = await firstToEnd(children);
console.error(`${name} ended with code ${code}; stopping the others.`);
await stopAll();
process.exit(code || 1);
