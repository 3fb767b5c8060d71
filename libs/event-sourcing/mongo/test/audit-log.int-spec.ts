import { auditLogContract } from '@keyfold/event-sourcing/testing';
import { MongoAuditLog } from '../src/audit-log.js';
import { openConnection } from '../src/connection.js';
import { freshDatabase, mongoUrl, realClock } from './support.js';

auditLogContract('MongoDB', async () => {
  const database = await freshDatabase({ indexes: false });
  const other = await openConnection(mongoUrl(), database.name, { maxPoolSize: 1 });
  return {
    log: new MongoAuditLog(database.connection, realClock),
    reopen: async () => new MongoAuditLog(other, realClock),
    close: async () => {
      await other.close();
      await database.drop();
    },
  };
});
