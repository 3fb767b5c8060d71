import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, type BatchKeys, defineContract, type Projection, projection } from '@keyfold/event-sourcing';
import type { MongoProjectionStore } from '../src/projection-store.js';
import { type CountedStore, countedStore } from './counted-store.js';
import { freshDatabase, type TestDatabase } from './support.js';

interface Row {
  readonly id: string;
  readonly versions: readonly number[];
}

const thing = defineContract({ service: 'accounts', name: 'thing', streamPrefix: 'thing', events: {} }) as AggregateContract<never>;
const things = projection<Row>({ name: 'things', version: 1, follows: [thing], fold: () => null });
/** Any stream may touch any row. */
const shared = projection<Row>({ name: 'shared', version: 1, follows: [thing], rowsOf: () => [], fold: () => null });

/** As the marks of a policy are kept. */
const policy = projection<Row>({ name: 'policy-of-things', version: 1, follows: [thing], rowsOf: () => [], fold: () => null, durable: true });

class Gap extends Error {}

let database: TestDatabase;
const cleanup: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  database = await freshDatabase({ indexes: false });
});
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
  await database.drop();
});

const process = (): Promise<CountedStore> => countedStore(database.name, [things, shared, policy], cleanup);

/** Applies one version of a stream to a row as a projector does; the last of `versions` that deletes it is written as a negative. */
const apply = (store: MongoProjectionStore, streamId: string, version: number, { to = things, row = streamId.slice('thing-'.length), deletes = false } = {}): Promise<void> => {
  const keys: BatchKeys = { partition: 'accounts.events.v1/0', streams: [streamId], rows: [row], after: new Map([[streamId, version - 1]]) };
  return store.transact(to as Projection<Row>, keys, ({ marks, rows }) => {
    const { accepted } = marks.get(streamId) ?? { accepted: 0 };
    if (version <= accepted) return { marks: new Map(), rows: new Map(), parked: [] };
    if (version > accepted + 1) throw new Gap();
    const versions = [...(rows.get(row)?.versions ?? []), version];
    return { marks: new Map([[streamId, { accepted: version, applied: version }]]), rows: new Map([[row, deletes ? null : { id: row, versions }]]), parked: [] };
  });
};
const versions = async (store: MongoProjectionStore, id: string, of = things): Promise<readonly number[] | undefined> => (await store.view(of).get(id))?.versions;

describe('a row that a fold leaves as it is', () => {
  it('is not written, and its mark is', async () => {
    const { store, asked } = await process();
    await apply(store, 'thing-1', 1);
    const writes = asked.rowWrites;
    const kept: BatchKeys = { partition: 'accounts.events.v1/0', streams: ['thing-1'], rows: ['1', '2'], after: new Map([['thing-1', 1]]) };
    await store.transact(things as Projection<Row>, kept, ({ rows }) => ({ marks: new Map([['thing-1', { accepted: 2, applied: 2 }]]), rows: new Map([['1', rows.get('1')!], ['2', null]]), parked: [] }));
    expect([asked.rowWrites - writes, await versions(store, '1')]).toEqual([0, [1]]);
    expect((await store.marks(things, ['thing-1'])).get('thing-1')).toEqual({ accepted: 2, applied: 2 });
    await apply(store, 'thing-1', 3);
    expect([asked.rowWrites - writes, await versions(store, '1')]).toEqual([1, [1, 3]]);
  });
});

describe('marks without rows', () => {
  const move = (store: MongoProjectionStore, streamIds: readonly string[], from: number, letter = false): Promise<void> => {
    const keys: BatchKeys = { partition: 'accounts.events.v1/0', streams: streamIds, rows: [], after: new Map(streamIds.map((id) => [id, from])) };
    return store.transact(policy as Projection<Row>, keys, ({ marks }) => {
      const moved = streamIds.filter((id) => (marks.get(id)?.accepted ?? 0) <= from);
      if (moved.some((id) => (marks.get(id)?.accepted ?? 0) < from)) throw new Gap();
      const parked = letter ? moved.map((streamId) => ({ projection: policy.name, streamId, version: from + 1, kind: 'poison' as const, event: null, raw: '{}', cause: 'no', parkedAt: '2026-01-01T00:00:00.000Z' })) : [];
      return { marks: new Map(moved.map((id) => [id, { accepted: from + 1, applied: letter ? from : from + 1 }])), rows: new Map(), parked };
    });
  };
  const accepted = async (store: MongoProjectionStore, ...ids: string[]): Promise<(number | undefined)[]> => {
    const marks = await store.marks(policy, ids);
    return ids.map((id) => marks.get(id)?.accepted);
  };

  it('move without a transaction, each from what it is', async () => {
    const [one, other] = [await process(), await process()];
    await move(one.store, ['thing-1', 'thing-2'], 0);
    await move(other.store, ['thing-1'], 0); // seems to begin
    await move(other.store, ['thing-1'], 1);
    await move(other.store, ['thing-1'], 2);
    await move(one.store, ['thing-1', 'thing-2'], 1); // one of them has been moved by the other, and does not go back
    expect(await accepted(one.store, 'thing-1', 'thing-2')).toEqual([3, 2]);
    await expect(move(one.store, ['thing-1', 'thing-2'], 5)).rejects.toThrow(Gap);
    expect([one.asked.attempts, other.asked.attempts]).toEqual([0, 0]);
  });

  it('move with the dead letters of the batch, or neither of them', async () => {
    const { store, asked } = await process();
    await move(store, ['thing-1'], 0, true);
    expect(asked.attempts).toBeGreaterThan(0);
    expect([await accepted(store, 'thing-1'), await store.countDeadLetters(policy, 'thing-1')]).toEqual([[1], 1]);
  });
});

describe('what a process wrote last', () => {
  it('is not read again, nor is anything of a stream that begins', async () => {
    const { store, asked } = await process();
    await apply(store, 'thing-1', 1);
    Object.assign(asked, { reads: 0, rowWrites: 0, attempts: 0 }); // the gate had to be made
    await apply(store, 'thing-1', 2);
    await apply(store, 'thing-2', 1);
    await apply(store, 'thing-2', 2);
    expect(asked).toMatchObject({ reads: 0, rowWrites: 3, attempts: 3 });
    expect([await versions(store, '1'), await versions(store, '2')]).toEqual([[1, 2], [1, 2]]);
  });

  it('gives way to what another process has written since', async () => {
    const [one, other] = [await process(), await process()];
    await apply(one.store, 'thing-1', 1);
    await apply(other.store, 'thing-1', 2);
    await apply(one.store, 'thing-1', 3); // seems to be beyond a gap
    await apply(one.store, 'thing-1', 4);
    await apply(other.store, 'thing-1', 3); // seems to be new
    expect(await versions(one.store, '1')).toEqual([1, 2, 3, 4]);
    await apply(other.store, 'thing-1', 5);
    expect(await versions(one.store, '1')).toEqual([1, 2, 3, 4, 5]);
  });

  it('is not asked for the marks of a stream that is new to it, and gives way where these are others', async () => {
    const [one, other] = [await process(), await process()];
    for (const version of [1, 2]) await apply(one.store, 'thing-1', version);
    other.asked.reads = 0;
    await apply(other.store, 'thing-1', 3);
    expect([other.asked.reads, await versions(one.store, '1')]).toEqual([1, [1, 2, 3]]);
    const late = await process();
    await apply(late.store, 'thing-1', 3); // has come already
    await expect(apply(late.store, 'thing-1', 5)).rejects.toThrow(Gap);
    await apply(late.store, 'thing-1', 4);
    expect(await versions(one.store, '1')).toEqual([1, 2, 3, 4]);
  });

  it('gives way where a stream that seems to begin has come already', async () => {
    const [one, other] = [await process(), await process()];
    await apply(one.store, 'thing-1', 1);
    await apply(other.store, 'thing-1', 1);
    await apply(other.store, 'thing-1', 2);
    expect(await versions(one.store, '1')).toEqual([1, 2]);
  });

  it('knows that a row was deleted, and of one that another process has deleted', async () => {
    const [one, other] = [await process(), await process()];
    await apply(one.store, 'thing-1', 1);
    await apply(one.store, 'thing-1', 2, { deletes: true });
    await apply(one.store, 'thing-1', 3);
    expect(await versions(one.store, '1')).toEqual([3]);
    await apply(other.store, 'thing-1', 4, { deletes: true });
    await apply(one.store, 'thing-1', 5);
    expect(await versions(one.store, '1')).toEqual([5]);
  });

  it('says nothing of a row that other streams touch as well', async () => {
    const { store, asked } = await process();
    await apply(store, 'thing-1', 1, { to: shared, row: 'all' });
    await apply(store, 'thing-2', 1, { to: shared, row: 'all' });
    asked.reads = 0;
    await apply(store, 'thing-1', 2, { to: shared, row: 'all' });
    expect(asked.reads).toBeGreaterThan(0);
    expect(await versions(store, 'all', shared)).toEqual([1, 1, 2]);
  });

  it('says nothing of another generation', async () => {
    const { store } = await process();
    await apply(store, 'thing-1', 1);
    await store.setBuilt(things);
    await store.generations.begin(things, '2026-01-01T00:00:00.000Z');
    const claim = (await store.generations.claim(things))!;
    const nothing = { rows: new Map(), marks: new Map([['thing-1', { accepted: 1, applied: 1, isNew: true }]]), parked: [], positions: {} };
    await store.generations.switchOver(things, claim, { state: 'switched', at: '2026-01-01T00:00:00.000Z', beyond: new Map(), tail: async () => nothing });
    await apply(store, 'thing-1', 2);
    expect(await versions(store, '1')).toEqual([2]);
  });
});

describe('large batches of two partitions', () => {
  /** What begins and ends, as the server hears of it. */
  async function transactionsOf(of: Projection<Row>): Promise<string[]> {
    const { store, steps } = await process();
    const many = (partition: number): Promise<void> => {
      const streams = Array.from({ length: 120 }, (_, i) => `thing-${partition}-${i}`);
      const keys: BatchKeys = { partition: `accounts.events.v1/${partition}`, streams, rows: streams, after: new Map(streams.map((id) => [id, 0])) };
      return store.transact(of, keys, () => ({ marks: new Map(streams.map((id) => [id, { accepted: 1, applied: 1 }])), rows: new Map(), parked: [] }));
    };
    await Promise.all([many(0), many(1)]); // the gates have to be made
    steps.splice(0);
    await Promise.all([many(0), many(1)]);
    return steps;
  }

  it('are written side by side where each stream has a row of its own', async () => expect((await transactionsOf(things)).slice(0, 2)).toEqual(['begin', 'begin']));
  it('are written one after the other where they may share rows', async () => expect((await transactionsOf(shared)).slice(0, 2)).toEqual(['begin', 'end']));
});
