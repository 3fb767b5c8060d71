import type { DatabaseSync } from 'node:sqlite';
import type { Snapshot, SnapshotStore } from '@keyfold/event-sourcing';
import { type DatabaseFormat, inTransaction } from './database.js';

/** `body` is the snapshot as JSON. A file of its own, which may be deleted at any time. */
export const SNAPSHOTS: DatabaseFormat = {
  version: 1,
  synchronous: 'NORMAL',
  expendable: true,
  schema: 'CREATE TABLE snapshots (stream_id TEXT PRIMARY KEY, shape TEXT NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID',
};

/** Snapshots of one service in an SQLite file. */
export class SqliteSnapshotStore implements SnapshotStore {
  private readonly sql;

  constructor(private readonly database: DatabaseSync) {
    this.sql = {
      load: database.prepare('SELECT body FROM snapshots WHERE stream_id = ? AND shape = ?'),
      save: database.prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)'),
    };
  }

  async load(streamId: string, shape: string): Promise<Snapshot | null> {
    const row = this.sql.load.get(streamId, shape);
    return row ? (JSON.parse(String(row['body'])) as Snapshot) : null;
  }

  async save(snapshots: readonly Snapshot[]): Promise<void> {
    inTransaction(this.database, () => {
      for (const snapshot of snapshots) this.sql.save.run(snapshot.streamId, snapshot.shape, JSON.stringify(snapshot));
    });
  }
}
