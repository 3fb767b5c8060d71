import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, type BatchKeys, defineContract, type Marks, type Projection, projection } from '@keyfold/event-sourcing';
import type { MongoProjectionStore } from '../src/projection-store.js';
import { type CountedStore, countedStore } from './counted-store.js';
import { freshDatabase, type TestDatabase } from './support.js';

interface Row {
  readonly id: string;
  readonly [field: string]: unknown;
}

const thing = defineContract({ service: 'accounts', name: 'thing', streamPrefix: 'thing', events: {} }) as AggregateContract<never>;
const follows = [thing];
const names = projection<Row>({ name: 'names', version: 1, follows, fold: () => null });
const sizes = projection<Row>({ name: 'sizes', version: 1, follows, fold: () => null });
const policies = ['one', 'two'].map((name) => projection<Row>({ name: `policy-${name}`, version: 1, follows, rowsOf: () => [], fold: () => null, durable: true }));
const ALL = [names, sizes, ...policies];

class Gap extends Error {}

let database: TestDatabase;
let one: CountedStore;
const cleanup: (() => Promise<unknown>)[] = [];
const process = (): Promise<CountedStore> => countedStore(database.name, ALL, cleanup);
beforeEach(async () => {
  database = await freshDatabase({ indexes: false });
  one = await process();
  await hand(one.store, 1); // the gates have to be made
  for (const what of Object.keys(one.asked)) one.asked[what as keyof typeof one.asked] = 0;
});
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
  await database.drop();
});

/** Hands a version of the thing to read models and policies at once, as a delivery does; `field` is what the rows get of it. */
const hand = (store: MongoProjectionStore, version: number, { to = ALL, field = { version } as Record<string, unknown>, parkedBy = null as Projection<Row> | null, refused = null as Projection<Row> | null } = {}) =>
  Promise.allSettled(
    to.map((each) => {
      const rows = each.durable ? [] : ['1'];
      const keys: BatchKeys = { partition: 'accounts.events.v1/0', streams: ['thing-1'], rows, after: new Map([['thing-1', version - 1]]) };
      return store.transact(each as Projection<Row>, keys, ({ marks }) => {
        const { accepted } = marks.get('thing-1') ?? { accepted: 0 };
        if (version <= accepted) return { marks: new Map(), rows: new Map(), parked: [] };
        if (version > accepted + 1) throw new Gap();
        const isParked = each === parkedBy;
        const letter = { projection: each.name, streamId: 'thing-1', version, kind: 'poison' as const, event: null, raw: '{}', cause: 'no', parkedAt: '2026-01-01T00:00:00.000Z' };
        return { marks: new Map([['thing-1', { accepted: version, applied: isParked ? version - 1 : version }]]), rows: new Map(rows.map((id) => [id, { id: each === refused ? 'another' : id, ...field }])), parked: isParked ? [letter] : [] };
      });
    }),
  );
const outcomes = (settled: readonly PromiseSettledResult<void>[]): string[] => settled.map((result) => (result.status === 'fulfilled' ? 'written' : (result.reason as Error).constructor.name));
const marksOf = (of: readonly Projection<Row>[] = ALL): Promise<(Marks | undefined)[]> => Promise.all(of.map(async (each) => (await one.store.marks(each as unknown as Projection, ['thing-1'])).get('thing-1')));
const at = (version: number): Marks => ({ accepted: version, applied: version });

describe('small batches of several read models and policies', () => {
  it('share one transaction, in which only the read models pass a gate', async () => {
    await hand(one.store, 2);
    expect(one.asked).toEqual({ reads: 0, rowWrites: 2, markWrites: 4, gates: 1, attempts: 1 });
    expect(await marksOf()).toEqual(ALL.map(() => at(2)));
    expect(await one.store.view(sizes).get('1')).toEqual({ id: '1', version: 2 });
  });

  it('are written each by itself where another process was faster with one of them', async () => {
    const other = await process();
    await hand(other.store, 2, { to: [sizes], field: { by: 'the other' } });
    expect(outcomes(await hand(one.store, 2))).toEqual(ALL.map(() => 'written'));
    expect(await marksOf()).toEqual(ALL.map(() => at(2)));
    expect([await one.store.view(names).get('1'), await one.store.view(sizes).get('1')]).toEqual([{ id: '1', version: 2 }, { id: '1', by: 'the other' }]);
    await hand(one.store, 3);
    expect(await one.store.view(sizes).get('1')).toEqual({ id: '1', version: 3 });
  });

  it('of which one has missed a version leave out that one alone', async () => {
    await hand(one.store, 2, { to: [names, ...policies] });
    expect(outcomes(await hand(one.store, 3))).toEqual(['written', 'Gap', 'written', 'written']);
    expect(await marksOf()).toEqual([at(3), at(1), at(3), at(3)]);
  });

  it('of which one is refused its row leave out that one alone', async () => {
    expect(outcomes(await hand(one.store, 2, { refused: names }))).toEqual(['RowRefused', 'written', 'written', 'written']);
    expect(await marksOf()).toEqual([at(1), at(2), at(2), at(2)]);
  });

  it('of which a policy parks an event have its letter with its mark', async () => {
    const [parking] = policies;
    expect(outcomes(await hand(one.store, 2, { parkedBy: parking }))).toEqual(ALL.map(() => 'written'));
    expect(await marksOf()).toEqual([at(2), at(2), { accepted: 2, applied: 1 }, at(2)]);
    expect(await one.store.countDeadLetters(parking as unknown as Projection, 'thing-1')).toBe(1);
  });

  it('go to the generation that another process has switched to', async () => {
    const { store } = await process();
    await store.setBuilt(names);
    await store.generations.begin(names, '2026-01-01T00:00:00.000Z');
    const claim = (await store.generations.claim(names))!;
    const tail = { rows: new Map(), marks: new Map([['thing-1', { ...at(1), isNew: true }]]), parked: [], positions: {} };
    await store.generations.switchOver(names, claim, { state: 'switched', at: '2026-01-01T00:00:00.000Z', beyond: new Map(), tail: async () => tail });
    expect(outcomes(await hand(one.store, 2))).toEqual(ALL.map(() => 'written'));
    expect([await store.view(names).get('1'), await store.view(sizes).get('1')]).toEqual([{ id: '1', version: 2 }, { id: '1', version: 2 }]);
    expect(await marksOf()).toEqual(ALL.map(() => at(2)));
  });
});
