import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Batcher, type Destruction, type KeyStore, type KeyWrap, type PersonKey, Unavailable } from '@keyfold/event-sourcing';
import { DataFolderError, type DatabaseFormat, inTransaction, notWritable } from './database.js';
import type { DataFolder } from './data-folder.js';

/** Wrapped data keys; null where the key was destroyed. FULL, because what was encrypted under a lost key is lost. */
const PERSON_KEYS: DatabaseFormat = {
  version: 1,
  synchronous: 'FULL',
  schema: 'CREATE TABLE person_keys (person_id TEXT PRIMARY KEY, wrapped BLOB) STRICT, WITHOUT ROWID',
};

const KEY_BYTES = 32;

/**
 * Data keys of persons in `keys.db`, apart from every event log, each wrapped by the master key in `master.key`. Both files are made at the first start
 * and belong into every backup.
 */
export class SqliteKeyStore implements KeyStore {
  private readonly sql;
  /** Keys that are asked for at once share one write to the disk: an import of people would wait for it with each of them. */
  private readonly making = new Batcher<string, PersonKey>({ name: 'keys of persons', maxBatch: 500, maxWaiting: 10_000, run: (personIds) => this.make(personIds) });

  private constructor(
    private readonly database: DatabaseSync,
    private readonly keyWrap: KeyWrap,
  ) {
    // The copy that VACUUM makes stays out of the folder for temporary files.
    database.exec('PRAGMA temp_store = MEMORY');
    this.sql = {
      find: database.prepare('SELECT wrapped FROM person_keys WHERE person_id = ?'),
      insert: database.prepare('INSERT INTO person_keys VALUES (?, ?)'),
      empty: database.prepare('UPDATE person_keys SET wrapped = NULL WHERE person_id = ?'),
      truncate: database.prepare('PRAGMA wal_checkpoint(TRUNCATE)'),
    };
  }

  /** Throws DataFolderError when the master key is missing or is not the one that the keys were wrapped with. */
  static open(folder: DataFolder, keyWrapOf: (masterKey: Uint8Array) => KeyWrap): SqliteKeyStore {
    const database = folder.database('keys', PERSON_KEYS);
    const some = database.prepare('SELECT person_id FROM person_keys WHERE wrapped IS NOT NULL LIMIT 1').get();
    const file = join(folder.path, 'master.key');
    const store = new SqliteKeyStore(database, keyWrapOf(readOrMake(file, some !== undefined)));
    try {
      if (some) store.find(String(some['person_id']));
    } catch (cause) {
      throw new DataFolderError('damaged', `${file} does not open the keys beside it: restore both, master.key and keys.db, from the same backup.`, { cause });
    }
    return store;
  }

  async keyFor(personId: string, create: boolean): Promise<PersonKey> {
    const known = this.find(personId);
    if (known !== null || !create) return known;
    return this.making.add(personId);
  }

  /** Makes keys that do not exist; one that was made or destroyed while its turn came is what it is. */
  private make(personIds: readonly string[]): Promise<PersonKey[]> {
    return Promise.resolve(
      inTransaction(this.database, () =>
        personIds.map((personId) => {
          const known = this.find(personId);
          if (known !== null) return known;
          const key = this.keyWrap.newKey();
          this.sql.insert.run(personId, this.keyWrap.wrap(personId, key));
          return key;
        }),
      ),
    );
  }

  async destroy(personId: string): Promise<Destruction> {
    const known = this.find(personId);
    if (known === null) this.sql.insert.run(personId, null);
    else if (known !== 'destroyed') this.sql.empty.run(personId);
    this.scrub(); // also after an earlier destruction, which may have been killed before it came to this
    return known === null ? 'never-existed' : known === 'destroyed' ? 'was-destroyed' : 'destroyed';
  }

  async lingersHours(): Promise<number> {
    return 0;
  }

  /**
   * Takes what was overwritten out of the files. An emptied row leaves its bytes in free parts of pages, in copies that page splits made, and in the WAL:
   * VACUUM writes every page anew, and the checkpoint cuts the WAL to nothing.
   */
  private scrub(): void {
    this.database.exec('VACUUM');
    const { busy } = this.sql.truncate.get() as { busy: number };
    if (busy !== 0) throw new Unavailable('the key store');
  }

  private find(personId: string): PersonKey {
    const row = this.sql.find.get(personId);
    if (!row) return null;
    return row['wrapped'] === null ? 'destroyed' : this.keyWrap.unwrap(personId, row['wrapped'] as Uint8Array);
  }
}

function readOrMake(file: string, needed: boolean): Buffer {
  if (existsSync(file)) {
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
    if (key.length !== KEY_BYTES) throw new DataFolderError('damaged', `${file} is damaged: restore it from a backup.`);
    return key;
  }
  if (needed) throw new DataFolderError('damaged', `${file} is missing, and without it no personal data can be read: restore it from a backup.`);
  const key = randomBytes(KEY_BYTES);
  try {
    writeFileSync(file, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    throw notWritable(file, (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
  return key;
}
