// Real MongoDB and Kafka without Docker, as child processes: for tests and benchmarks. (cli.mjs is for development.)
import { resolve } from 'node:path';
import { Kafka } from './kafka.mjs';
import { Mongo } from './mongo.mjs';
import { freePort } from './server-process.mjs';

/**
 * Starts MongoDB and Kafka with their data under `dir`, on free ports unless told. They are ready when this returns, and end with this process at the latest.
 * `mongoArgs` are further arguments of mongod. The kill functions are SIGKILL; the restart functions bring the same server back on the same port with the same data.
 */
export async function startServers({ dir, mongoPort, kafkaPort, mongoArgs, log }) {
  const mongo = new Mongo({ dir: resolve(dir), port: mongoPort ?? (await freePort()), args: mongoArgs, log });
  const kafka = new Kafka({ dir: resolve(dir), port: kafkaPort ?? (await freePort()), controllerPort: await freePort(), log });
  const { stop } = await started([mongo, kafka]);
  return {
    mongoUrl: mongo.url,
    kafkaBrokers: kafka.brokers,
    get pids() {
      return { mongo: mongo.process.pid, kafka: kafka.process.pid };
    },
    stop,
    killMongo: mongo.kill,
    killKafka: kafka.kill,
    restartMongo: () => restart(mongo),
    restartKafka: () => restart(kafka),
  };
}

/** Of MongoDB and Kafka those that are asked for, as startServers does it. */
export async function nativeServers({ dir, mongo, kafka, log }) {
  if (mongo && kafka) return startServers({ dir, log });
  const server = mongo
    ? new Mongo({ dir, port: await freePort(), log })
    : new Kafka({ dir, port: await freePort(), controllerPort: await freePort(), log });
  const { stop } = await started([server]);
  return { mongoUrl: server.url, kafkaBrokers: server.brokers, stop };
}

async function started(servers) {
  const stop = () => all(servers.map((server) => server.stop()));
  try {
    await all(servers.map((server) => server.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

async function restart(server) {
  await server.stop();
  await server.start();
}

/** Waits for all, then fails with the first failure: nothing is left half started behind an error. */
async function all(works) {
  for (const outcome of await Promise.allSettled(works)) if (outcome.status === 'rejected') throw outcome.reason;
}
