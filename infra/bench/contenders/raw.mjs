// The driver and kafkajs by themselves: the same documents, indexes and write concern, and nothing around them.
import kafkajs from 'kafkajs';
import mongoose from 'mongoose';

const { MongoClient } = mongoose.mongo;
export const DURABLE = { w: 'majority', journal: true };

const INDEXES = [
  { name: 'commit_stream', key: { streamId: 1, expectedVersion: 1 }, unique: true },
  { name: 'commit_command', key: { commandId: 1 }, unique: true, partialFilterExpression: { commandId: { $exists: true } } },
  { name: 'commit_position', key: { position: 1 }, unique: true, partialFilterExpression: { position: { $gt: 0 } } },
  { name: 'commit_unsequenced', key: { sequenced: 1 }, partialFilterExpression: { sequenced: false } },
  { name: 'commit_partition', key: { partitionKey: 1, streamId: 1 }, partialFilterExpression: { expectedVersion: 0 } },
];

export async function openDatabase(context, name, { indexes = true } = {}) {
  const client = await new MongoClient(context.mongoUrl, { maxPoolSize: 16, retryWrites: true }).connect();
  const db = client.db(name);
  const commits = db.collection('commits');
  if (indexes) await commits.createIndexes(INDEXES);
  return {
    db,
    commits,
    async close() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

/** The document that Keyfold stores for a commit, to the byte. */
export const toDocument = ({ commitId, streamId, expectedVersion, partitionKey, events, ...rest }) => ({
  _id: commitId,
  streamId,
  expectedVersion,
  toVersion: expectedVersion + events.length,
  partitionKey,
  events: events.map(({ data, ...envelope }) => ({ ...envelope, data: JSON.stringify(data) })),
  ...rest,
  sequenced: false,
});

export const kafkaOf = (context, clientId) =>
  new kafkajs.Kafka({ brokers: context.kafkaBrokers.split(','), clientId, logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 5 } });

export async function withAdmin(context, work) {
  const admin = kafkaOf(context, 'bench-admin').admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
