import { describe, expect, it } from '@jest/globals';
import { contractProjection, type ContractRow, projectionStoreContract, put, realClock } from '@keyfold/event-sourcing/testing';
import { openDatabase } from './database.js';
import { PROJECTION_MARKS } from './durable-states.js';
import { EmbeddedProjectionStore } from './embedded-projection-store.js';
import { RowSet } from './row-set.js';

const inMemory = () => new EmbeddedProjectionStore({ clock: realClock, database: null });

projectionStoreContract('in memory', async () => ({ store: inMemory(), close: async () => undefined }));

describe('durable projections', () => {
  const durable = () => contractProjection({ durable: true });
  const setup = () => {
    const database = openDatabase(':memory:', PROJECTION_MARKS);
    return { database, open: () => new EmbeddedProjectionStore({ clock: realClock, database }) };
  };

  it('keep marks, rows, dead letters and the built flag over a restart', async () => {
    const { open } = setup();
    const rows = durable();
    const before = open();
    await before.transact(rows, { partition: 'p/0', streams: ['thing-1'], rows: ['r1'] }, () => ({
      marks: new Map([['thing-1', { accepted: 3, applied: 2 }]]),
      rows: new Map<string, ContractRow | null>([
        ['r1', { id: 'r1', kind: 'x' }],
        ['r2', { id: 'r2' }],
      ]),
      parked: [{ projection: rows.name, streamId: 'thing-1', version: 3, event: null, kind: 'poison', raw: '{}', cause: 'no', parkedAt: '2026-01-01T00:00:00.000Z' }],
    }));
    await put(before, rows, ['r2']);
    await before.setBuilt(rows);

    const after = open();
    expect((await after.marks(rows, ['thing-1'])).get('thing-1')).toEqual({ accepted: 3, applied: 2 });
    expect(await after.view(rows).find({ filter: { kind: 'x' }, limit: 10 })).toEqual([{ id: 'r1', kind: 'x' }]);
    expect(await after.view(rows).count()).toBe(1);
    expect(await after.deadLetters(rows, { limit: 10 })).toHaveLength(1);
    expect(await after.built(rows)).toBe(true);

    await after.transact(rows, { partition: 'p/0', streams: [], rows: [] }, () => ({ marks: new Map(), rows: new Map(), parked: [], drained: new Map([['thing-1', 3]]) }));
    expect(await open().deadLetters(rows, { limit: 10 })).toEqual([]);
  });

  it('are those of the generation that was switched to after a restart', async () => {
    const { open } = setup();
    const rows = durable();
    const store = open();
    await put(store, rows, [{ id: 'old' }]);
    await store.setBuilt(rows);
    await store.generations.begin(rows, '2026-01-01T00:00:00.000Z');
    const claim = (await store.generations.claim(rows))!;
    const tail = { rows: new Map([['new', { row: { id: 'new' }, partitions: [], isNew: true }]]), marks: new Map(), parked: [], positions: {} };
    await store.generations.switchOver(rows, claim, { state: 'switched', at: '2026-01-01T00:00:00.000Z', beyond: new Map(), tail: async () => tail });
    expect((await open().view(rows).find({ limit: 10 })).map((row) => row.id)).toEqual(['new']);
  });

  it('leave nothing behind of a write that failed', async () => {
    const { database, open } = setup();
    const rows = durable();
    const store = open();
    await put(store, rows, [{ id: 'a', kind: 'x' }]);
    database.exec(`CREATE TRIGGER no_more BEFORE INSERT ON view_rows BEGIN SELECT RAISE(FAIL, 'disk full'); END`);
    await expect(put(store, rows, [{ id: 'a', kind: 'y' }])).rejects.toThrow('disk full');
    expect(await store.view(rows).get('a')).toEqual({ id: 'a', kind: 'x' });
  });

  it('other views begin empty', async () => {
    const { open } = setup();
    const rows = contractProjection();
    await put(open(), rows, [{ id: 'a' }]);
    expect(await open().view(rows).count()).toBe(0);
  });
});

describe('rows in memory', () => {
  it('are found by an indexed equality without looking at the others', () => {
    const rows = new RowSet<ContractRow>([['kind']]);
    let looks = 0;
    for (let i = 0; i < 1_000; i++) {
      const row = { id: `r${i}`, get kind() {
        looks += 1;
        return i === 500 ? 'rare' : 'common';
      } };
      rows.set(row.id, row);
    }
    looks = 0;
    expect(rows.find({ filter: { kind: 'rare' }, limit: 10 }).map((row) => row.id)).toEqual(['r500']);
    expect(rows.find({ filter: { $and: [{ id: { $in: ['r7', 'r8'] } }, { kind: 'common' }] }, limit: 10 })).toHaveLength(2);
    expect(looks).toBeLessThan(50);
  });

  it('refuse to be held whole where the projection does not say so', async () => {
    await expect(inMemory().view(contractProjection()).all()).rejects.toThrow(/not mirrored/);
  });
});
