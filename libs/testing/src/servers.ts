import { randomBytes } from 'node:crypto';
import { type ITopicConfig, Kafka, logLevel } from 'kafkajs';
import { mongo } from 'mongoose';

export interface TestMongo {
  /** The server's address, without a database. */
  readonly url: string;
  /** The name of a database that nobody else uses. */
  readonly name: string;
  readonly db: mongo.Db;
  /** Drops the database, and those whose names begin with its name, and closes the connection. */
  drop(): Promise<void>;
}

/** A fresh database on the MongoDB of this test run. Fails where none was given. */
export async function mongoForTests({ url = serverAddress('KEYFOLD_MONGO_URL') } = {}): Promise<TestMongo> {
  const name = `kft-${unique()}`;
  const client = await new mongo.MongoClient(url, {
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    socketTimeoutMS: 30_000,
  }).connect();
  const drop = async (): Promise<void> => {
    try {
      const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
      const own = databases.map((database) => database.name).filter((candidate) => candidate.startsWith(name));
      await Promise.all(own.map((database) => client.db(database).dropDatabase()));
    } finally {
      await client.close();
    }
  };
  return { url, name, db: client.db(name), drop };
}

export interface TestKafka {
  readonly brokers: string[];
  /** Begins the names of this test's topics and groups; nobody else uses it. */
  readonly prefix: string;
  /** Creates topics (named with the prefix by the caller) and waits until every partition has a leader. */
  createTopics(...topics: readonly ITopicConfig[]): Promise<void>;
  /** Deletes every topic that begins with the prefix. */
  deleteTopics(): Promise<void>;
}

/** A name space of its own on the Kafka of this test run. Fails where none was given. */
export function kafkaForTests({
  brokers = serverAddress('KEYFOLD_KAFKA_BROKERS')
    .split(',')
    .map((broker) => broker.trim()),
} = {}): TestKafka {
  const prefix = `kft-${unique()}.`;
  const kafka = new Kafka({ brokers, clientId: 'keyfold-testing', logLevel: logLevel.NOTHING, retry: { retries: 5 } });
  const asAdmin = async (work: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>): Promise<void> => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      await work(admin);
    } finally {
      await admin.disconnect();
    }
  };
  return {
    brokers,
    prefix,
    createTopics: (...topics) => asAdmin((admin) => admin.createTopics({ topics: [...topics], waitForLeaders: true, timeout: 30_000 })),
    deleteTopics: () =>
      asAdmin(async (admin) => {
        const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
        if (topics.length > 0) await admin.deleteTopics({ topics, timeout: 30_000 });
      }),
  };
}

/** The secrets that a distributed deployment wants, made up anew. */
export const newSecrets = () => ({
  KEYFOLD_SERVICE_TOKEN: randomBytes(32).toString('hex'),
  KEYFOLD_MASTER_KEY: randomBytes(32).toString('base64'),
  KEYFOLD_CURSOR_KEY: randomBytes(32).toString('base64'),
});

const unique = (): string => randomBytes(5).toString('hex');

function serverAddress(variable: string): string {
  const address = process.env[variable];
  if (address) return address;
  throw new Error(`${variable} is not set. There are three ways to have real servers:
  1. given: set KEYFOLD_MONGO_URL and KEYFOLD_KAFKA_BROKERS to what runs already
  2. npm test finds them: in containers where a Docker daemon answers, else as native processes
  3. npm run services:up starts native ones and prints both variables`);
}
