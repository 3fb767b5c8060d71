import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry, AuditLog, KeptAuditEntry } from '@keyfold/event-sourcing';
import type { DatabaseFormat } from './database.js';

/** `id` is `<at>/<uuid>`. FULL, like the event log: an entry that was written is there after a power cut. */
export const AUDIT_LOG: DatabaseFormat = {
  version: 1,
  synchronous: 'FULL',
  schema: 'CREATE TABLE audit (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID',
};

/** The audit log of one service in a file of the data folder. */
export class SqliteAuditLog implements AuditLog {
  private readonly sql;

  constructor(database: DatabaseSync) {
    this.sql = {
      insert: database.prepare('INSERT INTO audit VALUES (?, ?)'),
      dropBefore: database.prepare('DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE id < ? ORDER BY id LIMIT ?)'),
      page: database.prepare('SELECT id, body FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?'),
    };
  }

  async write(entry: AuditEntry): Promise<void> {
    this.sql.insert.run(`${entry.at}/${randomUUID()}`, JSON.stringify(entry));
  }

  async read({ limit, before = '~' }: { limit: number; before?: string }): Promise<KeptAuditEntry[]> {
    return this.sql.page.all(before, limit).map((row) => ({ id: String(row['id']), ...(JSON.parse(String(row['body'])) as AuditEntry) }));
  }

  async dropBefore(at: string, limit: number): Promise<number> {
    return Number(this.sql.dropBefore.run(at, limit).changes);
  }
}
