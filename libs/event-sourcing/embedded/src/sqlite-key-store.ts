import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { KeyStore } from '@keyfold/event-sourcing';
import { DataFolderError, type DatabaseFormat, notWritable } from './database.js';
import type { DataFolder } from './data-folder.js';

/** Wrapped data keys; null where the key was destroyed. FULL, because what was encrypted under a lost key is lost. */
const PERSON_KEYS: DatabaseFormat = {
  version: 1,
  synchronous: 'FULL',
  schema: 'CREATE TABLE person_keys (person_id TEXT PRIMARY KEY, wrapped BLOB) STRICT, WITHOUT ROWID',
};

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Data keys of persons in `keys.db`, apart from every event log, each wrapped by the master key in `master.key` (AES-256-GCM, iv | tag | ciphertext,
 * bound to the person's id). Both files are made at the first start and belong into every backup.
 */
export class SqliteKeyStore implements KeyStore {
  private readonly sql;

  private constructor(
    database: DatabaseSync,
    private readonly masterKey: Buffer,
  ) {
    this.sql = {
      find: database.prepare('SELECT wrapped FROM person_keys WHERE person_id = ?'),
      insert: database.prepare('INSERT INTO person_keys VALUES (?, ?)'),
    };
  }

  /** Throws DataFolderError when the master key is missing or is not the one that the keys were wrapped with. */
  static open(folder: DataFolder): SqliteKeyStore {
    const database = folder.database('keys', PERSON_KEYS);
    const some = database.prepare('SELECT person_id FROM person_keys WHERE wrapped IS NOT NULL LIMIT 1').get();
    const file = join(folder.path, 'master.key');
    const store = new SqliteKeyStore(database, readOrMake(file, some !== undefined));
    try {
      if (some) store.find(String(some['person_id']));
    } catch (cause) {
      throw new DataFolderError('damaged', `${file} does not open the keys beside it: restore both, master.key and keys.db, from the same backup.`, { cause });
    }
    return store;
  }

  async keyFor(personId: string, create: boolean): Promise<Uint8Array | null> {
    const known = this.find(personId);
    if (known !== undefined || !create) return known ?? null;
    const key = randomBytes(KEY_BYTES);
    this.sql.insert.run(personId, this.wrap(personId, key));
    return key;
  }

  /** Undefined when there never was a key, null when it was destroyed. */
  private find(personId: string): Uint8Array | null | undefined {
    const row = this.sql.find.get(personId);
    if (!row) return undefined;
    return row['wrapped'] === null ? null : this.unwrap(personId, Buffer.from(row['wrapped'] as Uint8Array));
  }

  private wrap(personId: string, key: Buffer): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.masterKey, iv).setAAD(Buffer.from(personId));
    const wrapped = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), wrapped]);
  }

  private unwrap(personId: string, wrapped: Buffer): Uint8Array {
    const decipher = createDecipheriv('aes-256-gcm', this.masterKey, wrapped.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(personId))
      .setAuthTag(wrapped.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
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
