import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type DatabaseFormat, DataFolderError, explained, inUse, isLocked, notWritable, openDatabase } from './database.js';

/** The folder in which the embedded mode keeps everything. One process has it at a time. */
export interface DataFolder {
  readonly path: string;
  /** Opens `<name>.db` in it; closed with the folder. */
  database(name: string, format: DatabaseFormat): DatabaseSync;
  close(): void;
}

/**
 * Takes the folder for this process, making it if need be. The lock is a transaction on `keyfold.lock` that stays open: the operating system drops it
 * with the process, however that ends, so no lock is ever stale. Throws DataFolderError.
 */
export function openDataFolder(folder: string): DataFolder {
  const path = resolve(folder);
  const lock = takeLock(path);
  const open: DatabaseSync[] = [];
  return {
    path,
    database(name, format) {
      const database = openDatabase(join(path, `${name}.db`), format);
      open.push(database);
      return database;
    },
    close() {
      for (const database of open.splice(0)) database.close();
      lock.close();
    },
  };
}

function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(join(path, 'keyfold.lock'));
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (isLocked(error)) throw inUse(path, error);
    const known = explained(error, path);
    throw known instanceof DataFolderError ? known : notWritable(path, (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
}
