import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** The data folder cannot be used. The message is one sentence that says what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  constructor(
    readonly reason: 'in-use' | 'not-writable' | 'damaged' | 'newer',
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export interface DatabaseFormat {
  /** Raised when the tables change; a file of a higher number was written by a newer program. */
  readonly version: number;
  /** Makes the tables of an empty file. */
  readonly schema: string;
  /** FULL: what was committed survives a power cut. NORMAL: it survives a crash of the process, but the last commits may be lost with the machine. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Holds only what can be made again: where it cannot be used it is replaced by an empty one. */
  readonly expendable?: boolean;
}

const SQLITE = { busy: 5, readOnly: 8, corrupt: 11, cantOpen: 14, notADatabase: 26 };

/** Primary result code of an error of node:sqlite; 0 for any other error. */
export const sqliteCode = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) & 0xff;

/** Opens a file of the data folder (or `:memory:`) in WAL mode, checks that it is sound and makes its tables. Throws DataFolderError. */
export function openDatabase(file: string, format: DatabaseFormat): DatabaseSync {
  try {
    return openSound(file, format);
  } catch (error) {
    if (!format.expendable || !(error instanceof DataFolderError) || (error.reason !== 'damaged' && error.reason !== 'newer')) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return openSound(file, format);
  }
}

function openSound(file: string, format: DatabaseFormat): DatabaseSync {
  const existed = existsSync(file);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${format.synchronous}; PRAGMA journal_size_limit = 16777216;`);
    if (existed) assertSound(database, file);
    prepareSchema(database, file, format);
    return database;
  } catch (error) {
    database?.close();
    throw explained(error, file);
  }
}

function assertSound(database: DatabaseSync, file: string): void {
  const found = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (found.quick_check !== 'ok') throw damaged(file, found.quick_check);
}

function prepareSchema(database: DatabaseSync, file: string, { version, schema }: DatabaseFormat): void {
  const found = (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  if (found > version)
    throw new DataFolderError(
      'newer',
      `${file} was written by a newer Keyfold (format ${found}, this one reads up to ${version}): start that version, or restore a backup made with this one.`,
    );
  if (found === 0) database.exec(`BEGIN IMMEDIATE; ${schema}; PRAGMA user_version = ${version}; COMMIT;`);
}

/** The sentence for what SQLite said of a file; other errors as they are. */
export function explained(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === SQLITE.corrupt || code === SQLITE.notADatabase) return damaged(file, (error as Error).message, error);
  if (code === SQLITE.cantOpen || code === SQLITE.readOnly) return notWritable(file, (error as Error).message, error);
  if (code === SQLITE.busy) return inUse(file, error);
  return error;
}

const damaged = (file: string, detail: string, cause?: unknown): DataFolderError =>
  new DataFolderError('damaged', `${file} is damaged (${detail}): restore the data folder from a backup, or move it away to begin with an empty one.`, { cause });

export const notWritable = (path: string, detail: string, cause?: unknown): DataFolderError =>
  new DataFolderError('not-writable', `Keyfold cannot write to ${path} (${detail}): make it writable for this user, or set KEYFOLD_DATA to another folder.`, { cause });

export const inUse = (path: string, cause?: unknown): DataFolderError =>
  new DataFolderError('in-use', `${path} is in use by another Keyfold: stop that one, or set KEYFOLD_DATA to another folder.`, { cause });

export const isLocked = (error: unknown): boolean => sqliteCode(error) === SQLITE.busy;

/** Runs `work` in one transaction: all of it or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
