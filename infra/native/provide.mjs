// MongoDB and Kafka for whoever needs them now: the ones that are given, else containers, else native processes.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerServers } from './containers.mjs';
import { isAlive } from './lock.mjs';
import { nativeServers } from './services.mjs';

/**
 * Gives ready servers: those named by KEYFOLD_MONGO_URL and KEYFOLD_KAFKA_BROKERS (each by itself), what is missing from testcontainers, else natively.
 * `how` tells where those came from that were not given. `stop` stops what was started, and only that; native servers do not outlive this process, containers are reaped by testcontainers.
 */
export async function provide({
  log = () => undefined,
  env = process.env,
  ways = { containers: containerServers, native: throwAwayServers },
} = {}) {
  const given = { mongoUrl: env.KEYFOLD_MONGO_URL || undefined, kafkaBrokers: env.KEYFOLD_KAFKA_BROKERS || undefined };
  const missing = { mongo: !given.mongoUrl, kafka: !given.kafkaBrokers, log };
  if (!missing.mongo && !missing.kafka) return { ...given, how: 'given', stop: async () => undefined };

  let noContainers;
  try {
    return { ...merged(given, await ways.containers(missing)), how: 'testcontainers' };
  } catch (error) {
    noContainers = error.message;
    log(`no containers (${firstLine(noContainers)}): starting native servers`);
  }
  try {
    return { ...merged(given, await ways.native(missing)), how: 'native' };
  } catch (error) {
    throw new Error(threeWays(missing, noContainers, error.message), { cause: error });
  }
}

const FOLDER = /^keyfold-servers-(\d+)-/;

async function throwAwayServers(missing) {
  await sweep();
  const dir = await mkdtemp(join(tmpdir(), `keyfold-servers-${process.pid}-`));
  const remove = () => rm(dir, { recursive: true, force: true });
  try {
    const servers = await nativeServers({ dir, ...missing });
    return { ...servers, stop: () => servers.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Removes the data of processes that were killed before they could. */
async function sweep() {
  const left = (await readdir(tmpdir())).filter((name) => FOLDER.test(name) && !isAlive(Number(FOLDER.exec(name)[1])));
  await Promise.all(left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
}

const merged = (given, started) => ({
  mongoUrl: given.mongoUrl ?? started.mongoUrl,
  kafkaBrokers: given.kafkaBrokers ?? started.kafkaBrokers,
  stop: started.stop,
});

const firstLine = (text) => text.trim().split('\n')[0];

const threeWays = ({ mongo, kafka }, noContainers, notNative) => {
  const what = [mongo && 'MongoDB', kafka && 'Kafka'].filter(Boolean).join(' and ');
  const variables = [mongo && 'KEYFOLD_MONGO_URL', kafka && 'KEYFOLD_KAFKA_BROKERS'].filter(Boolean).join(' and ');
  return `${what} cannot be had here. There are three ways:
  1. given: set ${variables} to what runs already (not set now)
  2. Docker: ${noContainers.trim()}
  3. natively: ${notNative.trim()}`;
};
