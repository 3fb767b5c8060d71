import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PARTITIONS, type Projection, projection, type ProjectionStore, Superseded } from '@keyfold/event-sourcing';
import { eventually } from '@keyfold/event-sourcing/testing';
import mongoose, { type Connection } from 'mongoose';
import { databaseOf, openConnection } from '../src/connection.js';
import { castQuery } from '../src/filter.js';
import { MongoProjectionStore } from '../src/projection-store.js';
import type { RowDocument } from '../src/row-document.js';
import { fates, FaultyNetwork } from './faulty-network.js';
import { freshDatabase, mongoUrl, realClock, type TestDatabase } from './support.js';

interface Row {
  readonly id: string;
  readonly count: number;
}

const counts = (overrides: Partial<Projection<Row>> = {}): Projection<Row> => ({
  ...projection<Row>({ name: 'counts', version: 1, follows: [], indexes: [['count']], fold: () => null }),
  ...overrides,
});

const put = (store: ProjectionStore, to: Projection<Row>, partition: string, rows: readonly Row[]): Promise<void> =>
  store.transact(to, { partition, streams: [], rows: rows.map((row) => row.id) }, () => ({ marks: new Map(), rows: new Map(rows.map((row) => [row.id, row])), parked: [] }));

const AT = '2026-01-01T00:00:00.000Z';
const NOTHING = { rows: new Map(), marks: new Map(), parked: [], positions: {} };

/** Switches to a new, empty generation, as if there were no events. */
async function switchToNew(to: MongoProjectionStore): Promise<void> {
  const { generations } = to;
  await to.setBuilt(counts());
  await generations.begin(counts(), AT);
  const claim = (await generations.claim(counts()))!;
  await generations.switchOver(counts(), claim, { state: 'switched', at: AT, beyond: new Map(), tail: async () => NOTHING });
}

let database: TestDatabase;
let store: MongoProjectionStore;
beforeEach(async () => {
  database = await freshDatabase({ indexes: false });
  store = new MongoProjectionStore(database.connection, { clock: realClock });
  await store.prepare(counts());
});
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
  await database.drop();
});

const cleanup: (() => Promise<unknown>)[] = [];

/** A store whose way to the server a test may break. */
async function remoteStore(): Promise<{ remote: MongoProjectionStore; network: FaultyNetwork }> {
  const network = await FaultyNetwork.to(mongoUrl());
  cleanup.push(() => network.close());
  const connection = await mongoose.createConnection(network.url, { dbName: database.name }).asPromise();
  cleanup.push(() => connection.close());
  return { remote: new MongoProjectionStore(connection, { clock: realClock }), network };
}

describe('a sorted page', () => {
  it.each([1, -1] as const)('is read along an index, whichever way it runs (%d)', async (direction) => {
    await put(store, counts(), 'p/0', Array.from({ length: 300 }, (_, i) => ({ id: `r${i}`, count: i % 7 })));
    const { filter, sort, limit } = castQuery({ sort: { count: direction }, limit: 10, after: [3, 'r3'] });
    const plan = await databaseOf(database.connection).collection<RowDocument>('view_counts_v1_g0').find(filter, { sort, limit }).explain('queryPlanner');
    expect(JSON.stringify(plan.queryPlanner.winningPlan)).toContain('IXSCAN');
    expect(JSON.stringify(plan.queryPlanner.winningPlan)).not.toContain('"SORT"');
  });
});

describe('a transaction', () => {
  it('folds again on what a faster one has left', async () => {
    const rival = new MongoProjectionStore(database.connection, { clock: realClock });
    let folds = 0;
    const rivals: Promise<void>[] = [];
    const increment = (row: Row | undefined): Row => ({ id: 'r', count: (row?.count ?? 0) + 1 });
    await put(store, counts(), 'p/0', [{ id: 'r', count: 10 }]);
    const keys = { partition: 'p/0', streams: ['s-1'], rows: ['r'] };
    const slow = store.transact(counts(), keys, (state) => {
      folds += 1;
      if (folds === 1)
        rivals.push(rival.transact(counts(), { ...keys, streams: ['s-2'] }, (other) => ({ marks: new Map(), rows: new Map([['r', increment(other.rows.get('r'))]]), parked: [] })));
      return { marks: new Map([['s-1', { accepted: 1, applied: 1 }]]), rows: new Map([['r', increment(state.rows.get('r'))]]), parked: [] };
    });
    await slow;
    await Promise.all(rivals);
    expect((await store.view(counts()).get('r'))?.count).toBe(12);
  });

  it('whose process was killed with something in hand holds up neither a batch, nor a start, nor a switch for longer than it takes to end it', async () => {
    const inHand = [
      ['view_counts_v1_g0', 'r'],
      ['projections', 'counts_v1'],
      ['gates', 'counts_v1|p/0'],
      ['view_counts_v1_g1', 'r'], // of a generation that goes
    ] as const;
    await Promise.all(
      inHand.map(async ([collection, id]) => {
        const own = await freshDatabase({ indexes: false });
        const killed = await openConnection(mongoUrl(), own.name);
        cleanup.push(() => own.drop(), () => killed.close());
        const to = new MongoProjectionStore(own.connection, { clock: realClock });
        await to.prepare(counts());
        await put(to, counts(), 'p/0', [{ id: 'r', count: 1 }]);
        await to.setBuilt(counts());
        await to.generations.begin(counts(), AT);
        const failed = (await to.generations.claim(counts()))!;
        const session = killed.getClient().startSession();
        session.startTransaction();
        await killed.db!.collection<{ _id: string }>(collection).updateOne({ _id: id }, { $set: { touched: true } }, { session, upsert: true });
        await to.prepare(counts());
        await put(to, counts(), 'p/0', [{ id: 'r', count: 2 }]);
        expect(await to.view(counts()).get('r')).toEqual({ id: 'r', count: 2 });
        await to.generations.discard(counts(), failed, { error: 'no', at: AT });
        await switchToNew(to);
        expect(await to.view(counts()).get('r')).toBeNull();
      }),
    );
  }, 30_000);

  it('leaves nothing behind when its partner dies in the midst of it', async () => {
    const { remote, network } = await remoteStore();
    network.fate = fates('insert', 'lose answer'); // the row is written, the connection breaks before the marks
    await expect(
      remote.transact(counts(), { partition: 'p/0', streams: ['s-1'], rows: ['r'] }, () => ({
        marks: new Map([['s-1', { accepted: 1, applied: 1 }]]),
        rows: new Map([['r', { id: 'r', count: 1 }]]),
        parked: [],
      })),
    ).rejects.toThrow('not available');
    expect(await store.view(counts()).get('r')).toBeNull();
    expect((await store.marks(counts(), ['s-1'])).size).toBe(0);
    network.fate = () => 'pass';
    await put(remote, counts(), 'p/0', [{ id: 'r', count: 2 }]);
    expect(await store.view(counts()).get('r')).toEqual({ id: 'r', count: 2 });
  });

  it('commits once when the answer to the commit is lost', async () => {
    const { remote, network } = await remoteStore();
    const lost = fates('commitTransaction', 'lose answer', 'lose answer', 'lose answer');
    network.fate = lost;
    await put(remote, counts(), 'p/0', [{ id: 'r', count: 1 }]);
    expect(lost.left()).toBe(0);
    expect(await store.view(counts()).get('r')).toEqual({ id: 'r', count: 1 });
  });

  it('shares transactions among batches that come at the same time, and loses none of them', async () => {
    const { remote, network } = await remoteStore();
    let commits = 0;
    network.fate = (request) => {
      if (request.includes('commitTransaction')) commits += 1;
      return 'pass';
    };
    const count = (partition: number): Promise<void> =>
      remote.transact(counts(), { partition: `p/${partition}`, streams: [`s-${partition}`], rows: ['r'] }, ({ rows }) => ({
        marks: new Map([[`s-${partition}`, { accepted: 1, applied: 1 }]]),
        rows: new Map([['r', { id: 'r', count: (rows.get('r')?.count ?? 0) + 1 }]]),
        parked: [],
      }));
    await count(0);
    commits = 0;
    await Promise.all(Array.from({ length: 16 }, (_, i) => count(i + 1)));
    expect(commits).toBeLessThanOrEqual(4);
    expect(await store.view(counts()).get('r')).toEqual({ id: 'r', count: 17 });
    expect((await store.marks(counts(), Array.from({ length: 17 }, (_, i) => `s-${i}`))).size).toBe(17);
  });

  it('refuses the row of one batch, and writes those that came with it', async () => {
    const unstorable = { marks: new Map(), rows: new Map([['bad', { id: 'other', count: 1 }]]), parked: [] };
    const outcomes = await Promise.allSettled([
      put(store, counts(), 'p/0', [{ id: 'before', count: 1 }]),
      put(store, counts(), 'p/0', [{ id: 'first', count: 1 }]),
      store.transact(counts(), { partition: 'p/1', streams: [], rows: ['bad'] }, () => unstorable),
      put(store, counts(), 'p/2', [{ id: 'last', count: 1 }]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await store.view(counts()).find({ limit: 10 })).map(({ id }) => id)).toEqual(['before', 'first', 'last']);
  });

  it('loses no update when several processes write the same row at once', async () => {
    const others = Array.from({ length: 4 }, () => new MongoProjectionStore(database.connection, { clock: realClock }));
    const add = (to: MongoProjectionStore, n: number): Promise<void> =>
      to.transact(counts(), { partition: `p/${n}`, streams: [`s-${n}`], rows: ['r'] }, ({ rows, marks }) => {
        const accepted = (marks.get(`s-${n}`)?.accepted ?? 0) + 1;
        return { marks: new Map([[`s-${n}`, { accepted, applied: accepted }]]), rows: new Map([['r', { id: 'r', count: (rows.get('r')?.count ?? 0) + 1 }]]), parked: [] };
      });
    await Promise.all(others.flatMap((to, n) => Array.from({ length: 5 }, () => add(to, n))));
    expect(await store.view(counts()).get('r')).toEqual({ id: 'r', count: 20 });
  }, 60_000);

  it('goes to the generation that another process has switched to', async () => {
    const other = new MongoProjectionStore(database.connection, { clock: realClock });
    await put(store, counts(), 'p/0', [{ id: 'old', count: 1 }]);
    await switchToNew(other);
    await put(store, counts(), 'p/0', [{ id: 'new', count: 1 }]);
    expect((await other.view(counts()).find({ limit: 10 })).map((row) => row.id)).toEqual(['new']);
    await eventually(async () => expect((await store.view(counts()).find({ limit: 10 })).map((row) => row.id)).toEqual(['new']));
  });
});

describe('generations', () => {
  const collections = async (): Promise<string[]> => (await database.connection.listCollections()).map(({ name }) => name).filter((name) => /^(view|marks)_/.test(name)).sort();

  it('keep the former one until the next is begun, and then clear it away', async () => {
    await switchToNew(store);
    expect(await collections()).toEqual(['marks_counts_v1_g0', 'marks_counts_v1_g1', 'view_counts_v1_g0', 'view_counts_v1_g1']);
    await store.generations.begin(counts(), AT);
    const third = (await store.generations.claim(counts()))!;
    expect(await collections()).toEqual(['marks_counts_v1_g1', 'marks_counts_v1_g2', 'view_counts_v1_g1', 'view_counts_v1_g2']);
    await store.generations.discard(counts(), third);
    expect(await collections()).toEqual(['marks_counts_v1_g1', 'view_counts_v1_g1']);
  });

  it('that were never cleared away go when the next is claimed', async () => {
    await store.setBuilt(counts());
    await store.generations.begin(counts(), AT);
    await store.generations.discard(counts(), (await store.generations.claim(counts()))!, { error: 'no', at: AT });
    for (const kind of ['view', 'marks']) await database.connection.createCollection(`${kind}_counts_v1_g1`);
    await store.generations.begin(counts(), AT);
    await store.generations.claim(counts());
    expect(await collections()).toEqual(['marks_counts_v1_g0', 'marks_counts_v1_g2', 'view_counts_v1_g0', 'view_counts_v1_g2']);
  });

  it('that were begun since are never cleared away by who comes late', async () => {
    await store.setBuilt(counts());
    await store.generations.begin(counts(), AT);
    for (const kind of ['view', 'marks']) await database.connection.createCollection(`${kind}_counts_v1_g7`);
    await store.generations.claim(counts());
    expect(await collections()).toContain('view_counts_v1_g7');
  });

  it('are claimed by another process when the builder has been silent for too long', async () => {
    const patient = new MongoProjectionStore(database.connection, { clock: realClock, claimMs: 300 });
    await patient.generations.begin(counts(), AT);
    const first = (await patient.generations.claim(counts()))!;
    expect(await patient.generations.claim(counts())).toBeNull();
    const second = await eventually(async () => {
      const claim = await patient.generations.claim(counts());
      expect(claim).not.toBeNull();
      return claim!;
    });
    await expect(patient.generations.checkpoint(counts(), first, NOTHING, {})).rejects.toThrow(Superseded);
    await patient.generations.checkpoint(counts(), second, NOTHING, {});
  });

  it('have the gates of all partitions of a topic from the first batch on, and each gate is made once', async () => {
    await Promise.all([3, 7, 3].map((partition) => put(store, counts(), `p.events.v1/${partition}`, [{ id: `r${partition}`, count: 1 }])));
    await put(store, counts(), 'p.events.v1', [{ id: 'r', count: 1 }]);
    const gates = await database.connection.collection<{ _id: string; serving: number; batches: number }>('gates').find().sort({ _id: 1 }).toArray();
    const names = ['', ...Array.from({ length: PARTITIONS }, (_, i) => `/${i}`)].map((partition) => `counts_v1|p.events.v1${partition}`);
    expect(gates.map(({ _id }) => _id)).toEqual(names.sort());
    const passed = gates.filter(({ batches }) => batches > 0).map(({ _id }) => _id);
    expect(passed).toEqual(['', '/3', '/7'].map((partition) => `counts_v1|p.events.v1${partition}`));
  });

  it('are not switched past a batch that is under way', async () => {
    const { remote, network } = await remoteStore();
    await store.setBuilt(counts());
    await put(store, counts(), 'p/0', [{ id: 'r', count: 1 }]);
    await store.generations.begin(counts(), AT);
    const claim = (await store.generations.claim(counts()))!;
    network.fate = fates('insert', 'hold');
    const batch = remote.transact(counts(), { partition: 'p/0', streams: ['s-1'], rows: ['new'] }, () => ({
      marks: new Map([['s-1', { accepted: 1, applied: 1 }]]),
      rows: new Map([['new', { id: 'new', count: 1 }]]),
      parked: [],
    }));
    await eventually(async () => expect(network.holds).toBe(true));
    const switching = store.generations.switchOver(counts(), claim, { state: 'switched', at: AT, beyond: new Map(), tail: async () => NOTHING });
    await Promise.race([switching, realClock.wait(1_000)]);
    network.release();
    await batch;
    expect(await switching).toEqual({ switched: false, behind: [{ streamId: 's-1', accepted: 0, serving: 1 }] });
  }, 60_000);

  it('are switched though batches of all partitions come in without a pause', async () => {
    await store.setBuilt(counts());
    await store.generations.begin(counts(), AT);
    const claim = (await store.generations.claim(counts()))!;
    let over = false;
    const writers = Array.from({ length: 12 }, async (_, partition) => {
      while (!over) await put(store, counts(), `p/${partition}`, [{ id: `r${partition}`, count: 1 }]);
    });
    const switched = store.generations.switchOver(counts(), claim, { state: 'switched', at: AT, beyond: new Map(), tail: async () => NOTHING }).finally(() => (over = true));
    await Promise.allSettled([switched, ...writers]);
    expect(await switched).toEqual({ switched: true, behind: [] });
  }, 120_000);
});

describe('queries', () => {
  it('refuse a page without a limit, a sort by anything but 1 or -1, and the fields of the store itself', async () => {
    const view = store.view(counts());
    for (const limit of [0, -1, 1.5, 10_001, Number.NaN]) await expect(view.find({ limit })).rejects.toThrow(RangeError);
    await expect(view.find({ limit: 1, sort: { count: 2 as 1 } })).rejects.toThrow(TypeError);
    await expect(view.find({ limit: 1, filter: { _partitions: 'x' } })).rejects.toThrow(TypeError);
    await expect(view.find({ limit: 1, filter: { count: undefined as never } })).rejects.toThrow(TypeError);
    await expect(view.find({ limit: 1, after: [1, 2, 3] })).rejects.toThrow(TypeError);
  });

  it('take an object in place of an id for what it is: no id', async () => {
    await put(store, counts(), 'p/0', [{ id: 'r', count: 1 }]);
    expect(await store.view(counts()).get({ $ne: null } as unknown as string)).toBeNull();
  });
});

describe('the status of many read models', () => {
  it('is one request', async () => {
    const connection = await mongoose.createConnection(mongoUrl(), { dbName: database.name, monitorCommands: true }).asPromise();
    cleanup.push(() => connection.close());
    const many = ['a', 'b', 'c'].map((name) => counts({ name: `counts-${name}` }));
    const own = new MongoProjectionStore(connection, { clock: realClock });
    for (const each of many) await own.prepare(each);
    let reads = 0;
    connection.getClient().on('commandStarted', ({ commandName }) => commandName === 'find' && (reads += 1));
    const statuses = await Promise.all(many.map((each) => own.generations.status(each)));
    expect([reads, statuses]).toEqual([1, many.map(() => ({ serving: 0, built: false, previous: null, rebuild: null }))]);
    await expect(own.generations.status(counts({ name: 'unknown' }))).rejects.toThrow('not prepared');
  });
});

describe('a mirror', () => {
  const mirrored = counts({ name: 'mirrored', mirrored: true });
  let connection: Connection;
  let reads: string[];
  beforeEach(async () => {
    connection = await mongoose.createConnection(mongoUrl(), { dbName: database.name, monitorCommands: true }).asPromise();
    connection.getClient().on('commandStarted', ({ commandName, command }) => commandName === 'find' && reads.push(String(command['find'])));
    reads = [];
    await store.prepare(mirrored);
  });
  afterEach(() => connection.close());

  it('reads stamps alone while nothing changes, and then the partitions that have changed', async () => {
    const view = new MongoProjectionStore(connection, { clock: realClock }).view(mirrored);
    for (const partition of [0, 1, 2]) await put(store, mirrored, `p/${partition}`, Array.from({ length: 10 }, (_, i) => ({ id: `${partition}-${i}`, count: 0 })));
    const first = await view.all();
    expect(first).toHaveLength(30);
    expect(Object.isFrozen(first) && Object.isFrozen(first[0])).toBe(true);

    reads = [];
    expect(await view.all()).toBe(first);
    expect(reads.filter((name) => name.startsWith('view_'))).toEqual([]);

    await put(store, mirrored, 'p/1', [{ id: '1-3', count: 1 }]);
    const second = await view.all();
    const kept = new Set(first);
    expect(second.filter((row) => kept.has(row)).length).toBe(20); // the rows of the other partitions were not read again
    expect(second.find((row) => row.id === '1-3')?.count).toBe(1);
    expect(first.find((row) => row.id === '1-3')?.count).toBe(0);
  });

  it('reads nothing where a write has left its rows as they were', async () => {
    const view = new MongoProjectionStore(connection, { clock: realClock }).view(mirrored);
    await put(store, mirrored, 'p/0', [{ id: 'r', count: 1 }]);
    const first = await view.all();
    await store.transact(mirrored, { partition: 'p/0', streams: [], rows: ['r'] }, ({ rows }) => ({ marks: new Map(), rows: new Map([['r', rows.get('r')!]]), parked: [] }));
    expect(await view.all()).toBe(first);
  });

  it('is asked once for many callers, but never answers with what was read before the call', async () => {
    const view = new MongoProjectionStore(connection, { clock: realClock }).view(mirrored);
    await view.all();
    reads = [];
    await Promise.all(Array.from({ length: 50 }, () => view.all()));
    expect(reads.length).toBeLessThanOrEqual(4);
    for (let count = 1; count <= 20; count++) {
      const early = view.all();
      await put(store, mirrored, 'p/0', [{ id: 'r', count }]);
      expect((await view.all())[0]?.count).toBe(count);
      await early;
    }
  });
});
