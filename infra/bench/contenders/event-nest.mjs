import { createRequire } from 'node:module';
import { idOf, nothing, post } from '../lib/workload.mjs';

const require = createRequire(import.meta.url);
let classes = null;

/** Its registry of events is one per process, so these are made once. */
function classesOf({ AggregateRoot, AggregateRootName, DomainEvent }) {
  if (classes) return classes;
  class Posted {
    constructor(data) {
      this.data = data;
    }
  }
  DomainEvent('posted')(Posted);
  class Ledger extends AggregateRoot {}
  AggregateRootName('Ledger')(Ledger);
  classes = { Posted, Ledger };
  return classes;
}

/** @event-nest/mongodb: a transaction over an aggregate document and one document per event. Helped: with the unique index that it does not make. */
export const eventNest = (helped) => ({
  name: helped ? 'event-nest, helped' : 'event-nest',
  async open(context, name) {
    require('reflect-metadata');
    const core = require('@event-nest/core');
    const { StoredAggregateRoot } = require(require.resolve('@event-nest/core').replace(/index\.js$/, 'lib/storage/stored-aggregate-root.js'));
    const { NoOpSnapshotStore } = require(require.resolve('@event-nest/core').replace(/index\.js$/, 'lib/storage/snapshot/no-op-snapshot-store.js'));
    const { MongoEventStore } = require('@event-nest/mongodb');
    require('@nestjs/common').Logger.overrideLogger(false);
    const { MongoClient } = require('mongodb');
    const { Posted, Ledger } = classesOf(core);
    const url = new URL(context.mongoUrl);
    url.pathname = `/${name}`;
    const client = await new MongoClient(url.href, { maxPoolSize: 16, w: 'majority', journal: true, retryWrites: true }).connect();
    const store = new MongoEventStore({ emitMultiple: async () => undefined }, new NoOpSnapshotStore(), client, 'aggregates', 'events');
    const events = client.db().collection('events');
    await client.db().createCollection('aggregates');
    await client.db().createCollection('events');
    if (helped) await events.createIndex({ aggregateRootId: 1, aggregateRootVersion: 1 }, { unique: true });
    const at = new Date('2026-01-01T00:00:00.000Z');
    return {
      async append(number, version, data) {
        const stored = await Promise.all(data.map(async (posting) => core.StoredEvent.fromPublishedEvent(await store.generateEntityId(), idOf(number), 'Ledger', new Posted(posting), at)));
        await store.save(stored, new StoredAggregateRoot(idOf(number), version));
      },
      async load(number) {
        const found = await store.findByAggregateRootId(Ledger, idOf(number));
        found.sort((a, b) => a.aggregateRootVersion - b.aggregateRootVersion);
        const state = found.reduce((current, event) => post(current, event.payload.data, event.createdAt.toISOString()), nothing);
        return { state, version: found.at(-1)?.aggregateRootVersion ?? 0 };
      },
      versions: async (number) => (await events.find({ aggregateRootId: idOf(number) }).sort({ aggregateRootVersion: 1 }).toArray()).map(({ aggregateRootVersion }) => aggregateRootVersion),
      async close() {
        await client.db().dropDatabase();
        await client.close();
      },
    };
  },
});
