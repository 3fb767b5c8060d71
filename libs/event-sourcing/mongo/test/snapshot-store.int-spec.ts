import { snapshotStoreContract } from '@keyfold/event-sourcing/testing';
import { MongoSnapshotStore } from '../src/snapshot-store.js';
import { freshDatabase, realClock } from './support.js';

snapshotStoreContract('MongoDB', async () => {
  const database = await freshDatabase({ indexes: false });
  return { store: new MongoSnapshotStore(database.connection, realClock), close: () => database.drop() };
});
