import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keyStoreContract, realClock, someCommit, testKeyWrap } from '@keyfold/event-sourcing/testing';
import { type DataFolder, openDataFolder } from './data-folder.js';
import { DataFolderError, openDatabase } from './database.js';
import { EVENT_LOG, SqliteEventStore } from './sqlite-event-store.js';
import { SqliteKeyStore } from './sqlite-key-store.js';
import { SNAPSHOTS } from './sqlite-snapshot-store.js';

let path: string;
let folders: DataFolder[];
let children: ChildProcess[];
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'keyfold-'));
  folders = [];
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) folder.close();
  rmSync(path, { recursive: true });
});

const open = (at = path): DataFolder => {
  const folder = openDataFolder(at);
  folders.push(folder);
  return folder;
};
const openKeys = (folder: DataFolder, wrap = testKeyWrap): SqliteKeyStore => SqliteKeyStore.open(folder, wrap);
const refusal = (work: () => unknown): DataFolderError => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(DataFolderError);
    return error as DataFolderError;
  }
  throw new Error('nothing was refused');
};

/** Another process that holds the folder until it is killed. */
async function holder(): Promise<ChildProcess> {
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    globalThis.lock = new DatabaseSync(process.argv[1]);
    lock.exec('BEGIN EXCLUSIVE');
    process.stdout.write('held');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--no-warnings', '-e', script, join(path, 'keyfold.lock')], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}

describe('the data folder', () => {
  it('is made when it is not there', () => {
    open(join(path, 'deep', 'folder')).database('accounts', EVENT_LOG);
    expect(statSync(join(path, 'deep', 'folder', 'accounts.db')).isFile()).toBe(true);
  });

  it('belongs to one process at a time, and is free again when that one was killed', async () => {
    const child = await holder();
    const { reason, message } = refusal(() => open());
    expect(reason).toBe('in-use');
    expect(message).toBe(`${path} is in use by another Keyfold: stop that one, or set KEYFOLD_DATA to another folder.`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(open().path).toBe(path);
  });

  it('is refused to a second opening in the same process, and free after closing', () => {
    const first = openDataFolder(path);
    expect(refusal(() => open()).reason).toBe('in-use');
    first.close();
    open();
  });

  it('that cannot be written is one sentence', () => {
    const file = join(path, 'file');
    writeFileSync(file, '');
    const { reason, message } = refusal(() => open(join(file, 'data')));
    expect(reason).toBe('not-writable');
    expect(message).toMatch(/^Keyfold cannot write to .*: make it writable for this user, or set KEYFOLD_DATA to another folder\.$/);
  });

  it.each([
    ['no database at all', () => writeFileSync(join(path, 'accounts.db'), 'this is not a database, whatever its name says. '.repeat(100))],
    ['a database with a broken page', () => damage(join(path, 'accounts.db'))],
  ])('with %s in it is one sentence', async (_what, spoil) => {
    const folder = openDataFolder(path);
    const store = new SqliteEventStore('accounts', folder.database('accounts', EVENT_LOG), { clock: realClock });
    for (let i = 0; i < 50; i++) await store.append(someCommit(`a-${i}`, 0));
    folder.close();
    spoil();
    const { reason, message } = refusal(() => open().database('accounts', EVENT_LOG));
    expect(reason).toBe('damaged');
    expect(message).toMatch(/accounts\.db is damaged \(.*\): restore the data folder from a backup, or move it away to begin with an empty one\.$/s);
  });

  it('written by a newer version is one sentence', () => {
    const newer = new DatabaseSync(join(path, 'accounts.db'));
    newer.exec('PRAGMA user_version = 2');
    newer.close();
    const { reason, message } = refusal(() => open().database('accounts', EVENT_LOG));
    expect(reason).toBe('newer');
    expect(message).toContain('written by a newer Keyfold (format 2, this one reads up to 1)');
  });
});

/** Overwrites everything behind the first page. */
function damage(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 4096 + 8);
  writeFileSync(file, bytes);
}

describe('the keys of persons', () => {
  it('are kept over a restart and wrapped on the disk', async () => {
    const first = openDataFolder(path);
    const key = (await openKeys(first).keyFor('p', true)) as Uint8Array;
    first.close();
    expect(statSync(join(path, 'master.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(path, 'keys.db')).includes(Buffer.from(key))).toBe(false);
    expect(Buffer.from((await openKeys(open()).keyFor('p', false)) as Uint8Array)).toEqual(Buffer.from(key));
  });

  it('are gone from the files when they were destroyed, wrapped or not', async () => {
    const folder = open();
    const made = new Map<string, Buffer>();
    const keys = openKeys(folder, (masterKey) => {
      const wrap = testKeyWrap(masterKey);
      return {
        ...wrap,
        wrap: (personId, key) => {
          const wrapped = Buffer.from(wrap.wrap(personId, key));
          made.set(personId, wrapped);
          return wrapped;
        },
      };
    });
    // Many, and in no order, so that pages split and rows move.
    for (let i = 0; i < 2_000; i++) await keys.keyFor(`person-${(i * 7919) % 2_000}`, true);
    const inFiles = () => {
      const files = ['keys.db', 'keys.db-wal'].map((file) => readFileSync(join(path, file)));
      return [...made].filter(([, wrapped]) => files.some((bytes) => bytes.includes(wrapped))).map(([personId]) => personId);
    };
    expect(inFiles()).toHaveLength(2_000);
    const erased = Array.from({ length: 20 }, (_, i) => `person-${i * 97}`);
    for (const personId of erased) expect(await keys.destroy(personId)).toBe('destroyed');
    expect(inFiles().filter((personId) => erased.includes(personId))).toEqual([]);
    expect(inFiles()).toHaveLength(1_980);
  });

  it.each([
    ['missing', (file: string) => rmSync(file), /is missing/],
    ['another one', (file: string) => writeFileSync(file, Buffer.alloc(32, 7).toString('base64')), /does not open the keys/],
    ['cut short', (file: string) => writeFileSync(file, 'abc'), /is damaged/],
  ])('cannot be opened when the master key is %s', async (_what, spoil, sentence) => {
    const first = openDataFolder(path);
    await openKeys(first).keyFor('p', true);
    first.close();
    spoil(join(path, 'master.key'));
    expect(refusal(() => openKeys(open())).message).toMatch(sentence);
  });
});

keyStoreContract('a data folder', async () => {
  const folder = openDataFolder(mkdtempSync(join(path, 'keys-')));
  return { open: () => openKeys(folder), close: async () => folder.close() };
});

describe('a file that holds only a cache', () => {
  it('is made anew when it is damaged or of a newer Keyfold', () => {
    const file = join(path, 'snapshots.db');
    for (const damage of [() => writeFileSync(file, 'no database at all'.repeat(300)), () => new DatabaseSync(file).exec('PRAGMA user_version = 99')]) {
      openDatabase(file, SNAPSHOTS).close();
      damage();
      const database = openDatabase(file, SNAPSHOTS);
      expect(database.prepare('SELECT count(*) AS count FROM snapshots').get()).toEqual({ count: 0 });
      database.close();
    }
  });
});
