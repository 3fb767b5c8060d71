import { projectionStoreContract } from '@keyfold/event-sourcing/testing';
import { MongoProjectionStore } from '../src/projection-store.js';
import { freshDatabase, realClock } from './support.js';

projectionStoreContract('MongoDB', async () => {
  const database = await freshDatabase({ indexes: false });
  return { store: new MongoProjectionStore(database.connection, { clock: realClock }), close: () => database.drop() };
});
