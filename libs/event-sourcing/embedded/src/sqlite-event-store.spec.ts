import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '@keyfold/event-sourcing';
import { eventStoreContract, realClock, someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { openDatabase } from './database.js';
import { openDataFolder } from './data-folder.js';
import { EVENT_LOG, SqliteEventStore } from './sqlite-event-store.js';

eventStoreContract('SQLite', async () => {
  const database = openDatabase(':memory:', EVENT_LOG);
  return { store: new SqliteEventStore('contract', database, { clock: realClock }), tooManyBytes: 5_000_000, close: async () => database.close() };
});

describe('the SQLite event store', () => {
  let path: string;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'keyfold-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('goes on where it was after a restart', async () => {
    const first = openDataFolder(path);
    const before = new SqliteEventStore('accounts', first.database('accounts', EVENT_LOG), { clock: realClock });
    await before.append(someCommit('a-1', 0));
    await before.append(someCommit('a-1', 1));
    first.close();

    const second = openDataFolder(path);
    const after = new SqliteEventStore('accounts', second.database('accounts', EVENT_LOG), { clock: realClock });
    expect(await after.lastPosition()).toBe(2);
    await after.append(someCommit('a-1', 2));
    expect((await after.feed(0, 10)).map((commit) => commit.position)).toEqual([1, 2, 3]);
    second.close();
  });

  it('never lets the log time go back, though the clock does, also over a restart', async () => {
    let now = '2026-05-01T12:00:00.000Z';
    const clock: Clock = { ...realClock, now: () => new Date(now) };
    const database = openDatabase(':memory:', EVENT_LOG);
    await new SqliteEventStore('accounts', database, { clock }).append(someCommit('a-1', 0));
    now = '2026-05-01T11:00:00.000Z';
    const reopened = new SqliteEventStore('accounts', database, { clock });
    await reopened.append(someCommit('a-1', 1));
    now = '2026-05-01T13:00:00.000Z';
    await reopened.append(someCommit('a-1', 2));
    expect((await reopened.feed(0, 10)).map((commit) => commit.recordedAt.slice(11, 13))).toEqual(['12', '12', '13']);
    database.close();
  });

  it('has what was just appended at hand for its relay, as the feed has it', async () => {
    const database = openDatabase(':memory:', EVENT_LOG);
    const store = new SqliteEventStore('accounts', database, { clock: realClock });
    await Promise.allSettled([store.append(someCommit('a-1', 0), someCommit('a-2', 0)), store.append(someCommit('a-1', 0)), store.append(someCommit('a-3', 0))]);
    expect(store.atHand(1, 10)).toEqual((await store.feed(0, 10)).slice(1));
    expect([store.atHand(0, 10), store.atHand(3, 10)]).toEqual([[], []]);
    database.close();
  });

  it('ends a page of the feed that has grown large, and goes on behind it', async () => {
    const database = openDatabase(':memory:', EVENT_LOG);
    const store = new SqliteEventStore('accounts', database, { clock: realClock });
    const large = () => someEvent({ text: 'x'.repeat(800_000) });
    for (let i = 0; i < 5; i++) await store.append(someCommit(`a-${i}`, 0, { events: [large(), large(), large()] }));
    const pages = [await store.feed(0, 10), await store.feed(4, 10)];
    expect(pages.map((page) => page.map(({ position }) => position))).toEqual([[1, 2, 3, 4], [5]]);
    database.close();
  });

  it('leaves no hole in the positions when a whole batch fails', async () => {
    const database = openDatabase(':memory:', EVENT_LOG);
    const store = new SqliteEventStore('accounts', database, { clock: realClock });
    await store.append(someCommit('a-1', 0));
    database.exec(`CREATE TRIGGER full_disk BEFORE INSERT ON commits WHEN NEW.stream_id = 'bad-1' BEGIN SELECT RAISE(FAIL, 'disk full'); END`);
    const outcomes = await Promise.allSettled([store.append(someCommit('a-2', 0)), store.append(someCommit('bad-1', 0))]);
    expect(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason?.name)).toEqual(['Unavailable', 'Unavailable']);
    expect(await store.head('a-2')).toBe(0);
    await store.append(someCommit('a-3', 0));
    expect((await store.feed(0, 10)).map((commit) => [commit.position, commit.streamId])).toEqual([[1, 'a-1'], [2, 'a-3']]);
    database.close();
  });
});
