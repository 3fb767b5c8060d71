// MongoDB and Kafka in containers, through testcontainers.
import { setTimeout as delay } from 'node:timers/promises';
import { OFFSETS_PARTITIONS, isReady } from './kafka.mjs';
import { freePort } from './server-process.mjs';

const MONGO_IMAGE = 'mongo:8.0';
const KAFKA_IMAGE = 'apache/kafka:4.1.2';
const IMAGE_DEADLINE_MS = 60_000;
const START_DEADLINE_MS = 120_000;

/** Says why containers are not possible here by throwing: no daemon answers, or it does not get the images in time. */
export async function containerServers({ mongo, kafka, log }) {
  const { getContainerRuntimeClient, ImageName } = await import('testcontainers').catch((error) => {
    throw new Error(`testcontainers does not load on Node ${process.version} (${error.message})`);
  });
  const client = await within(10_000, 'the Docker daemon does not answer', getContainerRuntimeClient());
  const images = [mongo && MONGO_IMAGE, kafka && KAFKA_IMAGE].filter(Boolean);
  await within(
    IMAGE_DEADLINE_MS,
    `${images.join(' and ')} did not come within ${IMAGE_DEADLINE_MS / 1000} s`,
    pullMissing(
      client,
      images.map((image) => ImageName.fromString(image)),
      log,
    ),
  );
  const starts = await Promise.allSettled([mongo && startMongo(), kafka && startKafka()]);
  const started = starts.map(({ value }) => value);
  const stop = async () => void (await Promise.all(started.filter(Boolean).map(({ container }) => container.stop({ timeout: 5000 }))));
  const failure = starts.find(({ status }) => status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  return { mongoUrl: started[0]?.url, kafkaBrokers: started[1]?.url, stop };
}

async function pullMissing(client, images, log) {
  for (const image of images) {
    if (await client.image.exists(image)) continue;
    log(`pulling the image ${image.string}`);
    await client.image.pull(image);
  }
}

async function startMongo() {
  const { MongoDBContainer } = await import('@testcontainers/mongodb');
  const container = await new MongoDBContainer(MONGO_IMAGE).withStartupTimeout(START_DEADLINE_MS).start();
  return { container, url: `${container.getConnectionString()}/?directConnection=true` };
}

async function startKafka() {
  const { GenericContainer, Wait } = await import('testcontainers');
  const port = await freePort();
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withExposedPorts({ container: 9094, host: port })
    .withEnvironment(kafkaSettings(port))
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
    .withStartupTimeout(START_DEADLINE_MS)
    .start();
  const brokers = `127.0.0.1:${port}`;
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await isReady(brokers))) {
    if (Date.now() > deadline) throw new Error(`Kafka in its container does not answer at ${brokers}`);
    await delay(100);
  }
  return { container, url: brokers };
}

// The image takes either its own settings or ours, whole.
const kafkaSettings = (port) => ({
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_LISTENERS: 'INTERNAL://:9092,CONTROLLER://:9093,EXTERNAL://:9094',
  KAFKA_ADVERTISED_LISTENERS: `INTERNAL://localhost:9092,EXTERNAL://127.0.0.1:${port}`,
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'INTERNAL',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: String(OFFSETS_PARTITIONS),
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
});

async function within(deadlineMs, otherwise, work) {
  const timer = new AbortController();
  const late = delay(deadlineMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(otherwise);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
