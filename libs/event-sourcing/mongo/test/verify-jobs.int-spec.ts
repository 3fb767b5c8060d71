import { verifyJobsContract } from '@keyfold/event-sourcing/testing';
import { openConnection } from '../src/connection.js';
import { MongoVerifyJobs } from '../src/verify-jobs.js';
import { freshDatabase, mongoUrl, realClock } from './support.js';

verifyJobsContract('MongoDB', async () => {
  const database = await freshDatabase({ indexes: false });
  const other = await openConnection(mongoUrl(), database.name, { maxPoolSize: 2 });
  const connections = [database.connection, other];
  return {
    open: (aliveMs) => {
      connections.reverse();
      return new MongoVerifyJobs(connections[0]!, realClock, aliveMs);
    },
    close: async () => {
      await other.close();
      await database.drop();
    },
  };
});
