import type { DatabaseSync } from 'node:sqlite';
import type { BatchWrite, DeadLetter, Marks, Projection } from '@keyfold/event-sourcing';
import { type DatabaseFormat, inTransaction } from './database.js';
import { ProjectionState } from './projection-state.js';

/**
 * What durable projections (policies, processes) have got to. NORMAL is enough: marks that were lost with the machine make a policy see an event twice,
 * which its command ids make harmless; and they can never be ahead of the event log, which syncs every commit.
 */
export const PROJECTION_MARKS: DatabaseFormat = {
  version: 1,
  synchronous: 'NORMAL',
  schema: `
    CREATE TABLE marks (projection TEXT NOT NULL, stream_id TEXT NOT NULL, accepted INTEGER NOT NULL, applied INTEGER NOT NULL, PRIMARY KEY (projection, stream_id)) STRICT, WITHOUT ROWID;
    CREATE TABLE view_rows (projection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (projection, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE dead_letters (projection TEXT NOT NULL, stream_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (projection, stream_id, version)) STRICT, WITHOUT ROWID;
    CREATE TABLE built (projection TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`,
};

/** The same states on the disk: written before memory is, read once at the start. */
export class DurableStates {
  private readonly sql;

  constructor(private readonly database: DatabaseSync) {
    this.sql = {
      marks: database.prepare('SELECT stream_id, accepted, applied FROM marks WHERE projection = ?'),
      rows: database.prepare('SELECT id, body FROM view_rows WHERE projection = ?'),
      letters: database.prepare('SELECT body FROM dead_letters WHERE projection = ?'),
      built: database.prepare('SELECT 1 FROM built WHERE projection = ?'),
      setMark: database.prepare('INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)'),
      setRow: database.prepare('INSERT OR REPLACE INTO view_rows VALUES (?, ?, ?)'),
      dropRow: database.prepare('DELETE FROM view_rows WHERE projection = ? AND id = ?'),
      park: database.prepare('INSERT OR REPLACE INTO dead_letters VALUES (?, ?, ?, ?)'),
      unpark: database.prepare("DELETE FROM dead_letters WHERE projection = ? AND stream_id = ? AND version <= ? AND body ->> 'kind' IS NOT 'discarded'"),
      setBuilt: database.prepare('INSERT OR IGNORE INTO built VALUES (?)'),
    };
  }

  load(projection: Projection): ProjectionState {
    const key = keyOf(projection);
    const bodies = (rows: readonly Record<string, unknown>[]): unknown[] => rows.map((row) => JSON.parse(String(row['body'])));
    const rows = this.sql.rows.all(key);
    return new ProjectionState(projection, {
      marks: this.sql.marks.all(key).map((row) => [String(row['stream_id']), { accepted: Number(row['accepted']), applied: Number(row['applied']) }] as const),
      rows: bodies(rows).map((row, i) => [String(rows[i]!['id']), row as object] as const),
      letters: bodies(this.sql.letters.all(key)).map((letter) => ({ kind: 'poison', ...(letter as object) }) as DeadLetter), // those of before there were kinds have none
    });
  }

  write(projection: Projection, write: BatchWrite<object>): void {
    inTransaction(this.database, () => this.writeAll(keyOf(projection), write));
  }

  /** Puts the state of a promoted generation in the place of the former one. */
  replace(projection: Projection, state: ProjectionState): void {
    const key = keyOf(projection);
    inTransaction(this.database, () => {
      for (const table of ['marks', 'view_rows', 'dead_letters']) this.database.prepare(`DELETE FROM ${table} WHERE projection = ?`).run(key);
      this.writeAll(key, { marks: state.marks, rows: new Map(state.rows.entries()), parked: state.everyLetter() });
    });
  }

  built(projection: Projection): boolean {
    return this.sql.built.get(keyOf(projection)) !== undefined;
  }

  setBuilt(projection: Projection): void {
    this.sql.setBuilt.run(keyOf(projection));
  }

  private writeAll(key: string, { marks, rows, parked, drained = new Map() }: BatchWrite<object>): void {
    for (const [streamId, { accepted, applied }] of marks as ReadonlyMap<string, Marks>) this.sql.setMark.run(key, streamId, accepted, applied);
    for (const [id, row] of rows)
      if (row) this.sql.setRow.run(key, id, JSON.stringify(row));
      else this.sql.dropRow.run(key, id);
    for (const letter of parked) this.sql.park.run(key, letter.streamId, letter.version, JSON.stringify(letter));
    for (const [streamId, version] of drained) this.sql.unpark.run(key, streamId, version);
  }
}

const keyOf = (projection: Projection): string => `${projection.name}@${projection.version}`;
