// The servers of one checkout for development: fixed ports, data in infra/native/data, running until told to stop.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { Kafka } from './kafka.mjs';
import { Mongo } from './mongo.mjs';
import { isTaken } from './server-process.mjs';

export const dataDir = fileURLToPath(new URL('data', import.meta.url));

export function developmentServers({ env = process.env, dir = dataDir, log } = {}) {
  const kafkaPort = port(env, 'KEYFOLD_NATIVE_KAFKA_PORT', 29092);
  return [
    {
      label: 'MongoDB',
      variable: 'KEYFOLD_NATIVE_MONGO_PORT',
      server: new Mongo({ dir, port: port(env, 'KEYFOLD_NATIVE_MONGO_PORT', 27117), detached: true, log }),
    },
    {
      label: 'Kafka',
      variable: 'KEYFOLD_NATIVE_KAFKA_PORT',
      server: new Kafka({ dir, port: kafkaPort, controllerPort: kafkaPort + 1, detached: true, log }),
    },
  ];
}

/** Starts what is not running. */
export const up = (servers, { dir = dataDir, log }) =>
  withLock(join(dir, 'up.lock'), 120_000, async () => {
    const outcomes = await Promise.allSettled(servers.map((entry) => ensureUp(entry, log)));
    const reasons = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message);
    if (reasons.length) throw new Error(reasons.join('\n'));
  });

async function ensureUp({ label, variable, server }, log) {
  if (server.process.pid) {
    if (await server.isReady()) return log(`${label} is up already`);
    log(`${label} runs but does not answer: starting it again`);
    await server.stop();
  }
  if (await isTaken(server.port))
    throw new Error(`port ${server.port} is taken by another program: free it, or give ${label} another port with ${variable}`);
  log(`starting ${label}`);
  await server.start();
}

export const down = (servers) => Promise.all(servers.map(({ server }) => server.stop()));

export const status = (servers) =>
  Promise.all(
    servers.map(async ({ label, server }) => {
      const { pid } = server.process;
      return { label, url: server.url ?? server.brokers, pid, healthy: pid !== null && (await server.isReady()) };
    }),
  );

function port(env, variable, fallback) {
  const text = env[variable] || String(fallback);
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_534)
    throw new Error(`${variable} is "${text}": it wants a port between 1 and 65534`);
  return number;
}
