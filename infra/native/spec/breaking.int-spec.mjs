import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Kafka } from '../kafka.mjs';
import { Mongo } from '../mongo.mjs';
import { freePort } from '../server-process.mjs';
import { temporaryFolder } from './temporary.mjs';

const require = createRequire(import.meta.url);
const { MongoClient, MongoNetworkError } = require('mongodb');
const { Kafka: Client, logLevel } = require('kafkajs');

/** Each starts servers several times, on whatever machine. */
const WITHIN_MS = 300_000;

async function untilAnswered(ask) {
  for (let attempt = 1; ; attempt++)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof MongoNetworkError) || attempt === 20) throw error;
    }
}

describe('servers that are there to be broken', () => {
  const started = [];
  afterEach(() => Promise.all(started.splice(0).map((server) => server.kill())));

  const start = async (server) => {
    started.push(server);
    await server.start();
    return server;
  };

  it(
    'three mongods are one set, which goes on without its primary',
    async () => {
      const dir = temporaryFolder();
      const ports = await Promise.all([freePort(), freePort(), freePort()]);
      const members = ports.map((port) => `127.0.0.1:${port}`);
      const nodes = await Promise.all(ports.map((port, i) => start(new Mongo({ dir, port, folder: `mongo-${i}`, members }))));
      const client = new MongoClient(nodes[0].url, { serverSelectionTimeoutMS: 60_000 });
      try {
        const things = client.db('spec').collection('things');
        const durable = { writeConcern: { w: 'majority', j: true, wtimeoutMS: 60_000 } };
        await things.insertOne({ _id: 'a' }, durable);
        const { primary } = await client.db('admin').command({ hello: 1 });
        await nodes.find(({ host }) => host === primary).kill();
        // The driver repeats once, and may meet another connection to the dead server.
        await untilAnswered(() => things.updateOne({ _id: 'b' }, { $set: { there: true } }, { ...durable, upsert: true }));
        expect(await untilAnswered(() => things.countDocuments())).toBe(2);
      } finally {
        await client.close();
      }
    },
    WITHIN_MS,
  );

  it(
    'a wiped mongod begins anew',
    async () => {
      const mongo = await start(new Mongo({ dir: temporaryFolder(), port: await freePort() }));
      const names = async () => {
        const client = new MongoClient(mongo.url);
        try {
          const known = (await client.db().admin().listDatabases({ nameOnly: true })).databases.map(({ name }) => name);
          await client.db('spec').collection('things').insertOne({});
          return known;
        } finally {
          await client.close();
        }
      };
      expect(await names()).not.toContain('spec');
      await mongo.kill();
      mongo.wipe();
      await mongo.start();
      expect(await names()).not.toContain('spec');
    },
    WITHIN_MS,
  );

  it(
    'a wiped broker comes back without its topics, and with the settings that it was given',
    async () => {
      const kafka = await start(
        new Kafka({ dir: temporaryFolder(), port: await freePort(), controllerPort: await freePort(), settings: { 'num.partitions': 7 } }),
      );
      const withAdmin = async (work) => {
        const admin = new Client({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
        await admin.connect();
        try {
          return await work(admin);
        } finally {
          await admin.disconnect();
        }
      };
      await withAdmin((admin) => admin.createTopics({ topics: [{ topic: 'lost' }] }));
      const [{ partitions }] = (await withAdmin((admin) => admin.fetchTopicMetadata({ topics: ['lost'] }))).topics;
      expect(partitions.length).toBe(7);
      await kafka.kill();
      kafka.wipe();
      await kafka.start();
      expect(await withAdmin((admin) => admin.listTopics())).not.toContain('lost');
    },
    WITHIN_MS,
  );

  it(
    'one that stands still answers nothing until it goes on',
    async () => {
      const mongo = await start(new Mongo({ dir: temporaryFolder(), port: await freePort() }));
      mongo.process.pause();
      expect(await mongo.isReady()).toBe(false);
      mongo.process.resume();
      expect(await mongo.isReady()).toBe(true);
    },
    WITHIN_MS,
  );
});
