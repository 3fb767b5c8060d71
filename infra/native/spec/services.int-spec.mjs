import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServers } from '../services.mjs';
import { temporaryFolder } from './temporary.mjs';

const require = createRequire(import.meta.url);
const { MongoClient } = require('mongodb');
const { Kafka, logLevel } = require('kafkajs');

describe('native servers', () => {
  let servers;
  let client;
  let kafka;

  beforeAll(async () => {
    servers = await startServers({ dir: temporaryFolder() });
    client = new MongoClient(servers.mongoUrl);
    kafka = new Kafka({ brokers: [servers.kafkaBrokers], logLevel: logLevel.NOTHING });
  });
  afterAll(async () => {
    await client?.close();
    await servers?.stop();
  });

  it('MongoDB has transactions, and keeps over a kill what it acknowledged', async () => {
    const things = client.db('spec').collection('things');
    await client.withSession((session) =>
      session.withTransaction(() => things.insertOne({ _id: 'a' }, { session, writeConcern: { w: 'majority', j: true } })),
    );
    const before = servers.pids.mongo;
    await servers.killMongo();
    expect(servers.pids.mongo).toBeNull();
    await servers.restartMongo();
    expect(servers.pids.mongo).not.toBe(before);
    expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a' });
  });

  it('Kafka takes no unknown topic, and keeps its topics over a kill', async () => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }] });
    await admin.disconnect();
    const producer = kafka.producer({ retry: { retries: 0 } });
    await producer.connect();
    await expect(producer.send({ topic: 'unknown', messages: [{ value: 'x' }] })).rejects.toThrow('does not host this topic-partition');
    await producer.disconnect();

    await servers.killKafka();
    await servers.restartKafka();
    const again = kafka.admin();
    await again.connect();
    expect(await again.listTopics()).toContain('kept');
    await again.disconnect();
  });

  it('are gone when they were stopped', async () => {
    await servers.stop();
    expect(servers.pids).toEqual({ mongo: null, kafka: null });
  });
});
