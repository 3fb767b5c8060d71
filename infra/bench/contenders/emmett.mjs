import { idOf, nothing, post } from '../lib/workload.mjs';

/** @event-driven-io/emmett-mongodb: one document per stream. */
export const emmett = {
  name: 'emmett',
  async open(context, name) {
    const { getMongoDBEventStore } = await import('@event-driven-io/emmett-mongodb');
    const { MongoClient } = await import('mongodb');
    const client = await new MongoClient(context.mongoUrl, { maxPoolSize: 16, w: 'majority', journal: true, retryWrites: true }).connect();
    const store = getMongoDBEventStore({ client, storage: { type: 'SINGLE_COLLECTION', databaseName: name, collectionName: 'streams' } });
    const streams = client.db(name).collection('streams');
    // As its own storage makes it for a collection of its choice.
    await streams.createIndex({ streamName: 1 }, { unique: true });
    const streamOf = (number) => `ledger:${idOf(number)}`;
    const at = '2026-01-01T00:00:00.000Z';
    return {
      append: (number, version, data) =>
        store.appendToStream(
          streamOf(number),
          data.map((posting) => ({ type: 'posted', data: { ...posting, at } })),
          { expectedStreamVersion: BigInt(version) },
        ),
      async load(number) {
        const { state, currentStreamVersion } = await store.aggregateStream(streamOf(number), { evolve: (state, event) => post(state, event.data, event.data.at), initialState: () => nothing });
        return { state, version: Number(currentStreamVersion) };
      },
      async versions(number) {
        const { events } = await store.readStream(streamOf(number));
        return events.map(({ metadata }) => Number(metadata.streamPosition));
      },
      async close() {
        await client.db(name).dropDatabase();
        await client.close();
      },
    };
  },
};
