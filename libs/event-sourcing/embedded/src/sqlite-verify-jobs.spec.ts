import { realClock, verifyJobsContract } from '@keyfold/event-sourcing/testing';
import { openDatabase } from './database.js';
import { SqliteVerifyJobs, VERIFY_JOBS } from './sqlite-verify-jobs.js';

verifyJobsContract('SQLite', async () => {
  const database = openDatabase(':memory:', VERIFY_JOBS);
  return { open: (aliveMs) => new SqliteVerifyJobs(database, realClock, aliveMs), close: async () => database.close() };
});
