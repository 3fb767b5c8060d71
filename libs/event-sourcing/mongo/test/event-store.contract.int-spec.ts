import { eventStoreContract } from '@keyfold/event-sourcing/testing';
import { freshDatabase, sequencedStore } from './support.js';

eventStoreContract('MongoDB', async () => {
  const database = await freshDatabase();
  const { store, close } = sequencedStore(database.connection, { maxCommitBytes: 1_000_000 });
  return {
    store,
    tooManyBytes: 1_000_000,
    close: async () => {
      await close();
      await database.drop();
    },
  };
});
