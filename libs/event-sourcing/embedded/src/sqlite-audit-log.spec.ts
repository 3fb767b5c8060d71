import { auditLogContract } from '@keyfold/event-sourcing/testing';
import { openDatabase } from './database.js';
import { AUDIT_LOG, SqliteAuditLog } from './sqlite-audit-log.js';

auditLogContract('SQLite', async () => {
  const database = openDatabase(':memory:', AUDIT_LOG);
  return { log: new SqliteAuditLog(database), reopen: async () => new SqliteAuditLog(database), close: async () => database.close() };
});
