import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { idOf, nothing, post } from '../lib/workload.mjs';

const require = createRequire(import.meta.url);
const SNAPSHOT_EVERY = 100;

/** @ocoda/event-sourcing: one document per event. Helped: a snapshot at every 100th event, taken by the appender. */
export const ocoda = (helped) => ({
  name: helped ? 'ocoda, helped' : 'ocoda',
  async open(context, name) {
    require('reflect-metadata');
    const { Aggregate, AggregateRoot, Event, EventMap, EventStream, Id, SnapshotStream } = require('@ocoda/event-sourcing');
    const integration = (file) => require(join(dirname(require.resolve('@ocoda/event-sourcing/package.json')), 'dist/integration', file));
    const { MongoDBEventStore } = integration('event-store/mongodb.event-store.js');
    const { MongoDBSnapshotStore } = integration('snapshot-store/mongodb.snapshot-store.js');
    const { MongoClient } = require('mongodb');
    class Posted {
      constructor(data) {
        this.data = data;
      }
    }
    Event('posted')(Posted);
    class Ledger extends AggregateRoot {}
    Aggregate({ streamName: 'ledger' })(Ledger);
    const eventMap = new EventMap();
    eventMap.register(Posted, { serialize: ({ data }) => ({ data }), deserialize: ({ data }) => new Posted(data) });
    const client = await new MongoClient(context.mongoUrl, { maxPoolSize: 16, w: 'majority', journal: true, retryWrites: true }).connect();
    const db = client.db(name);
    const store = new MongoDBEventStore(eventMap, db);
    store.publish = async () => undefined;
    await store.setup();
    const snapshots = new MongoDBSnapshotStore(db);
    if (helped) await snapshots.setup();
    const id = (number) => Id.from(idOf(number));
    const at = '2026-01-01T00:00:00.000Z';
    const snapshotOf = (number) => (helped ? snapshots.getLastEnvelope(SnapshotStream.for(Ledger, id(number))) : undefined);
    const load = async (number) => {
      const snapshot = await snapshotOf(number);
      let state = snapshot?.payload ?? nothing;
      let version = snapshot?.metadata.version ?? 0;
      for await (const events of store.getEvents(EventStream.for(Ledger, id(number)), { fromVersion: version + 1 }))
        for (const { data } of events) {
          state = post(state, data, at);
          version += 1;
        }
      return { state, version };
    };
    return {
      async append(number, version, data) {
        const next = version + data.length;
        await store.appendEvents(
          EventStream.for(Ledger, id(number)),
          next,
          data.map((posting) => new Posted(posting)),
        );
        if (helped && Math.floor(next / SNAPSHOT_EVERY) > Math.floor(version / SNAPSHOT_EVERY)) {
          const { state } = await load(number);
          await snapshots.appendSnapshot(SnapshotStream.for(Ledger, id(number)), next, state);
        }
      },
      load,
      versions: async (number) => (await db.collection('events').find({ streamId: `ledger-${idOf(number)}` }).sort({ version: 1 }).toArray()).map(({ version }) => version),
      async close() {
        await db.dropDatabase();
        await client.close();
      },
    };
  },
});
