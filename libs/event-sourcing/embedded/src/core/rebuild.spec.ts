import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type AggregateContract, type AuditEntry, type AuditLog, type Feeds, NoPreviousGeneration, projection, type Projection, ReadModel, Rebuilder, type RebuildTools, RowRefused, type SequencedCommit, Unavailable } from '@keyfold/event-sourcing';
import { counted, counter, counterContract, eventually, someContext } from '@keyfold/event-sourcing/testing';
import type { EmbeddedProjectionStore } from '../embedded-projection-store.js';
import { incoming, live, testService, type TestService } from '../../test/service.js';

interface Total {
  readonly id: string;
  readonly total: number;
}

/** Totals by group, over many streams. `worth` is what an event counts for. */
const totals = (worth: (by: number) => number = (by) => by, overrides: Partial<Projection<Total>> = {}): Projection<Total> => ({
  ...projection<Total>({
    name: 'totals',
    version: 1,
    follows: [counterContract as AggregateContract<never>],
    rowsOf: (event) => [(event.data as { group?: string }).group ?? 'none'],
    fold: (row, event, id) => ({ id, total: (row?.total ?? 0) + worth((event.data as { by: number }).by) }),
  }),
  ...overrides,
});

class AuditBook implements AuditLog {
  readonly entries: AuditEntry[] = [];
  write = async (entry: AuditEntry): Promise<void> => void this.entries.push(entry);
  dropBefore = async () => 0;
  read = async () => this.entries.map((entry, i) => ({ ...entry, id: String(i) }));
}

let service: TestService;
let store: EmbeddedProjectionStore;
let audit: AuditBook;
let gauges: [string, number][];
beforeEach(() => {
  service = testService();
  store = service.projections();
  audit = new AuditBook();
  gauges = [];
});
afterEach(() => service.close());

const toolsWith = (overrides: Partial<RebuildTools> = {}): RebuildTools => ({
  ...service.tools,
  metrics: { count: () => undefined, set: (name, value) => void gauges.push([name, value]) },
  audit,
  failpoint: () => undefined,
  ...overrides,
});
const add = (id: string, by: number, group = 'g') => service.aggregates.execute(counter, id, someContext(), () => [counted(by, group)]);
const log = (): Promise<SequencedCommit[]> => service.store.feed(0, 10_000);
const rebuilder = (overrides: Partial<RebuildTools> = {}, of = totals()) => new Rebuilder(of, store, toolsWith(overrides));
const model = (of = totals()) => new ReadModel(of, store, service.tools);
const apply = async (to = model()) => to.apply('test.events.v1/0', incoming(service, await log()));
const total = async (group = 'g'): Promise<number> => (await store.view(totals()).get(group))?.total ?? 0;
const forEver = new AbortController().signal;
const actions = () => audit.entries.map(({ actor, action }) => `${actor} ${action}`);
const status = () => store.generations.status(totals());

/** Built, and then written by live batches. */
async function served(): Promise<void> {
  await rebuilder().work(forEver);
  await add('1', 1);
  await add('2', 2);
  await apply();
}

describe('the first start of a read model', () => {
  it('builds it from the feeds; live batches wait for that and then go on', async () => {
    for (let i = 0; i < 5; i++) await add('1', 1);
    const own = model();
    await apply(own);
    expect(await total()).toBe(0);
    const seen: (readonly [number, number])[] = [];
    await rebuilder().work(forEver, (done, end) => void seen.push([done, end]));
    expect([await total(), seen.at(-1)]).toEqual([5, [5, 5]]);
    await add('1', 1);
    await apply(own);
    expect(await total()).toBe(6);
    expect(await status()).toMatchObject({ built: true, previous: null, rebuild: { state: 'switched', done: 5, total: 5 } });
    expect(actions()).toEqual([]);
  });

  it('has the batches that were passed over in the midst of the switch', async () => {
    await add('1', 1);
    let passed = 0;
    const own = rebuilder({
      failpoint: async (point) => {
        if (point !== 'rebuild-switch' || passed === 3) return;
        passed += 1;
        await add('2', 1);
        void apply(); // passed over, or waiting for the switch
      },
    });
    await own.work(forEver);
    expect([passed, await total()]).toEqual([3, 4]);
  });

  it('goes on after an outage of a feed, with what it has', async () => {
    for (let i = 0; i < 3; i++) await add(String(i), 1);
    const down: Feeds = { ...service.tools.feeds, lastPosition: () => Promise.reject(new Unavailable('the service test')) };
    const own = rebuilder({ feeds: down });
    await own.work(forEver);
    expect(await status()).toMatchObject({ built: false, rebuild: { state: 'building', error: 'Unavailable: the service test is not available' } });
    await rebuilder().work(forEver);
    expect([await total(), (await status()).rebuild?.error]).toEqual([3, null]);
  });

  it('takes pages of the log that were read for many, and reads on behind them alone', async () => {
    for (let i = 0; i < 6; i++) await add(String(i), 1);
    const asked: number[] = [];
    const feeds: Feeds = { ...service.tools.feeds, after: (from, position, limit) => (asked.push(position), service.tools.feeds.after(from, position, limit)) };
    const own = rebuilder({ feeds });
    const commits = await log();
    await own.take('another', commits); // it does not follow that
    await own.take('test', commits.slice(0, 2));
    await own.take('test', commits.slice(4)); // does not follow the page before
    await own.take('test', commits.slice(2, 4));
    await own.takenAll();
    await own.work(forEver);
    expect([await total(), Math.min(...asked)]).toEqual([6, 4]);
    await own.take('test', commits.slice(4)); // it serves
    expect([await total(), (await status()).built]).toEqual([6, true]);
  });

  it('goes on from what was written where a page that was handed in cannot be taken', async () => {
    for (let i = 0; i < 6; i++) await add(String(i), 1);
    const commits = await log();
    const own = rebuilder();
    await own.take('test', commits.slice(0, 2));
    const { checkpoint } = store.generations;
    store.generations.checkpoint = () => {
      store.generations.checkpoint = checkpoint;
      return Promise.reject(new Unavailable('the store'));
    };
    await own.takenAll();
    await own.take('test', commits.slice(2)); // what came before it is lost
    await own.takenAll();
    await own.work(forEver);
    expect([await total(), (await status()).built]).toEqual([6, true]);
  });

  it('builds a raised version beside the old one, which goes on serving', async () => {
    await served();
    const raised = totals((by) => by * 100, { version: 2 });
    await store.prepare(raised);
    await rebuilder({}, raised).work(forEver);
    expect((await store.view(raised).get('g'))?.total).toBe(300);
    await add('1', 5);
    await apply();
    expect(await total()).toBe(8);
  });
});

describe('a rebuild', () => {
  it('has what came live, what comes while it is built, and what came in the midst of the switch', async () => {
    await rebuilder().work(forEver);
    let points = 0;
    const own = model();
    await live(service, [own], async () => {
      for (let round = 0; round < 4; round++) for (const id of ['1', '2', '3']) await add(id, 1);
      await eventually(async () => expect(await total()).toBe(12));
      const rebuilding = rebuilder({ failpoint: async () => void (await add(String(points++ % 3), 1)) });
      await rebuilding.start('olga');
      await rebuilding.work(forEver);
      expect((await status()).rebuild?.state).toBe('switched');
      expect(await total()).toBe(12 + points);
      expect(points).toBeGreaterThan(2);
      await add('1', 5);
      await eventually(async () => expect(await total()).toBe(17 + points));
    });
    expect(actions()).toEqual(['olga rebuild-started', 'projector rebuild-compared', 'projector rebuild-switched']);
    expect(gauges.at(-1)).toEqual(['rebuild_progress_ratio', 1]);
  });

  it('never lets readers see less than they have seen', async () => {
    await served();
    const later: Promise<unknown>[] = [];
    const slow: Feeds = {
      ...service.tools.feeds,
      // The serving one gets an event that the rebuild has not read: the owner's answer to it is from before.
      lastPosition: async (of) => {
        const last = await service.tools.feeds.lastPosition(of);
        if (later.length < 3) later.push(add('1', 1).then(() => apply()));
        await Promise.all(later);
        return last;
      },
    };
    const own = rebuilder({ feeds: slow });
    await own.start('olga');
    await own.work(forEver);
    expect([(await status()).rebuild?.state, later.length, await total()]).toEqual(['switched', 3, 6]);
  });

  it('gets past marks that somebody has moved beyond the log, says so, and keeps no generation that has them', async () => {
    await served();
    const moved = new Map([['counter-1', { accepted: 40, applied: 40 }], ['counter-nobody', { accepted: 2, applied: 2 }], ['no-stream-of-ours', { accepted: 1, applied: 1 }]]);
    await store.transact(totals(), { partition: 'p', streams: [...moved.keys()], rows: [] }, () => ({ marks: moved, rows: new Map(), parked: [] }));
    await add('1', 4);
    await apply();
    expect(await total()).toBe(3); // taken for applied
    const own = rebuilder();
    await own.start('olga');
    await own.work(forEver);
    expect([await total(), await status()]).toMatchObject([7, { previous: null, rebuild: { state: 'switched' } }]);
    const entry = audit.entries.find(({ action }) => action === 'marks-beyond-log-left-behind');
    expect(entry?.details).toEqual({ count: 3, streams: 'counter-1 (marked 40, ends at 2) counter-nobody (marked 2, ends at 0) no-stream-of-ours (marked 1, ends at 0)' });
    await add('1', 1);
    await apply();
    expect(await total()).toBe(8);
  });

  it('is gone on with by the next process, from where it was saved', async () => {
    await served();
    for (let i = 0; i < 30; i++) await add('1', 1);
    await apply();
    await rebuilder().start('olga');
    const asked: number[] = [];
    const paged = (limit: number): Feeds => ({
      ...service.tools.feeds,
      after: async (of, position) => {
        asked.push(position);
        service.clock.pass(9_000); // every page is written
        return service.tools.feeds.after(of, position, limit);
      },
    });
    for (const crashes of [2, 3]) {
      let left = crashes;
      const killed = rebuilder({ feeds: paged(5), failpoint: () => (--left === 0 ? new Promise<void>(() => undefined) : undefined) });
      void killed.work(forEver); // stands still for ever, like a process that was killed
      await eventually(async () => expect(left).toBe(0));
      service.clock.pass(20_000);
    }
    const before = (await status()).rebuild!;
    expect(before).toMatchObject({ state: 'building', total: 32 });
    expect(before.done).toBe(25);
    asked.length = 0;
    await rebuilder({ feeds: paged(5) }).work(forEver);
    expect(asked[0]).toBe(25);
    expect([(await status()).rebuild?.state, await total()]).toEqual(['switched', 33]);
  });

  it('is carried out by one process at a time', async () => {
    await served();
    const [first, second] = [rebuilder(), rebuilder()];
    await first.start('olga');
    await second.start('otto');
    await Promise.all([first.work(forEver), second.work(forEver)]);
    expect(await total()).toBe(3);
    expect(actions()).toEqual(['olga rebuild-started', 'projector rebuild-compared', 'projector rebuild-switched']);
  });

  it('that fails leaves the rows of before, and says why', async () => {
    await served();
    const own = rebuilder({ feeds: { ...service.tools.feeds, after: () => Promise.reject(new Error('the log is damaged')) } });
    await own.start('olga');
    await own.work(forEver);
    expect(await total()).toBe(3);
    expect(await status()).toMatchObject({ previous: null, rebuild: { state: 'failed', error: 'Error: the log is damaged' } });
    expect(actions().at(-1)).toBe('projector rebuild-failed');
    await own.start('olga');
    await rebuilder().work(forEver);
    expect((await status()).rebuild?.state).toBe('switched');
  });

  it('is not taken back by a process that still saw it under way when another had switched', async () => {
    await served();
    const { generations } = store;
    await rebuilder().start('olga');
    const seen = await status();
    await rebuilder().work(forEver);
    const { serving } = await status();
    const late = rebuilder();
    const once = jest.spyOn(generations, 'status').mockResolvedValueOnce(seen);
    await late.work(forEver);
    once.mockRestore();
    expect((await status()).serving).toBe(serving);
    await late.rollBack('olga', forEver);
    expect((await status()).serving).toBe(seen.serving);
  });

  it('lets rows go that are too many for its memory, and reads them again', async () => {
    const groups = Array.from({ length: 80 }, (_, i) => `group-${i}`);
    for (const by of [1, 2]) for (const [i, group] of groups.entries()) await add(String(i), by, group);
    const large = totals(undefined, { fold: (row, event, id) => ({ id, total: (row?.total ?? 0) + (event.data as { by: number }).by, text: 'x'.repeat(1_000_000) }) });
    const feeds: Feeds = {
      ...service.tools.feeds,
      after: (of, position) => {
        service.clock.pass(9_000);
        return service.tools.feeds.after(of, position, 40);
      },
    };
    await rebuilder({ feeds }, large).work(forEver);
    expect((await store.view(large).find({ limit: 100 })).map((row) => row.total)).toEqual(groups.map(() => 3));
  });

  it('parks what cannot be folded, in the new generation too', async () => {
    await served();
    await add('3', 13);
    await add('3', 1);
    const refusing = totals((by) => {
      if (by === 13) throw new RangeError('no 13');
      return by;
    });
    const own = rebuilder({}, refusing);
    await own.start('olga');
    await own.work(forEver);
    expect((await store.deadLetters(totals(), { limit: 10 })).map(({ streamId, version }) => `${streamId}@${version}`)).toEqual(['counter-3@1', 'counter-3@2']);
    expect(await total()).toBe(3);
  });
});

describe('a write beside the folding', () => {
  const EVENTS = 10;

  /** Rebuilds from pages of two commits, each of which is old enough to be written. The first write waits until everything is folded, and then ends in `outcome`. */
  async function rebuilt(outcome: () => Promise<void>): Promise<Rebuilder> {
    for (let i = 0; i < EVENTS; i++) await add(String(i % 4), 1);
    const all = Promise.withResolvers<void>();
    let folded = 0;
    const counting = totals((by) => {
      folded += by;
      if (folded === EVENTS) all.resolve();
      return by;
    });
    const { generations } = store;
    const checkpoint = generations.checkpoint.bind(generations);
    let writes = 0;
    generations.checkpoint = async (...given) => {
      if (++writes === 1) await all.promise.then(outcome);
      return checkpoint(...given);
    };
    const after: Feeds['after'] = (of, position) => {
      service.clock.pass(9_000);
      return service.tools.feeds.after(of, position, 2);
    };
    const own = rebuilder({ feeds: { ...service.tools.feeds, after } }, counting);
    await own.work(forEver);
    return own;
  }

  it('holds nobody up', async () => {
    await rebuilt(async () => undefined);
    expect([await total(), (await status()).rebuild?.state]).toEqual([EVENTS, 'switched']);
  });

  it('that the store refuses is done again apart, with what was folded since', async () => {
    await rebuilt(() => Promise.reject(new RowRefused('too large')));
    expect([await total(), (await status()).rebuild?.state, await store.countDeadLetters(totals())]).toEqual([EVENTS, 'switched', 0]);
  });

  it('that meets an outage takes back what was folded since, and the next call goes on from there', async () => {
    const own = await rebuilt(() => Promise.reject(new Unavailable('the projection store')));
    expect([await total(), (await status()).rebuild]).toMatchObject([0, { state: 'building', error: 'Unavailable: the projection store is not available' }]);
    await own.work(forEver);
    expect([await total(), (await status()).rebuild?.state]).toEqual([EVENTS, 'switched']);
  });
});

describe('the comparison', () => {
  it('finds the rows that were damaged, names them, and the new ones serve', async () => {
    await served();
    for (let i = 0; i < 30; i++) await add(`r${i}`, 1, `group-${i}`);
    await apply();
    for (let i = 0; i < 25; i++)
      await store.transact(totals(), { partition: 'p', streams: [], rows: [] }, () => ({ marks: new Map(), rows: new Map([[`group-${i}`, { id: `group-${i}`, total: 99 }]]), parked: [] }));
    const own = rebuilder();
    await own.start('olga');
    await own.work(forEver);
    const comparison = (await status()).rebuild!.comparison!;
    expect(comparison).toMatchObject({ sampled: 31, unsettled: 0, different: 25 });
    expect(comparison.ids).toHaveLength(20);
    expect(audit.entries.find(({ action }) => action === 'rebuild-compared')?.details).toMatchObject({ different: 25, ids: comparison.ids.join(' ') });
    expect(await total('group-0')).toBe(1);
  });

  it('takes no row for damaged that the serving generation has not had all events of', async () => {
    await served();
    await add('1', 4); // on its way to the serving one
    const own = rebuilder();
    await own.start('olga');
    await own.work(forEver);
    expect((await status()).rebuild!.comparison).toEqual({ sampled: 1, unsettled: 1, different: 0, ids: [] });
    expect(await total()).toBe(7);
  });
});

describe('the previous generation', () => {
  /** Rebuilt with a fold that counts wrong. */
  const wronglyRebuilt = async () => {
    await served();
    const own = rebuilder({}, totals((by) => by * 100));
    await own.start('olga');
    await own.work(forEver);
    expect(await total()).toBe(300);
  };

  it('goes on consuming and serves again at once, with all that came meanwhile', async () => {
    await wronglyRebuilt();
    await add('1', 4);
    await apply(model(totals((by) => by * 100)));
    const follower = rebuilder();
    await follower.work(forEver);
    const claim = (await store.generations.claim(totals(), { takeOver: (await status()).previous! }))!;
    expect((await store.generations.read(totals(), claim, { streams: [], rows: ['g'] })).rows.get('g')?.row).toEqual({ id: 'g', total: 7 });

    await add('2', 1);
    await apply(model(totals((by) => by * 100)));
    await rebuilder().rollBack('olga', forEver);
    expect(await total()).toBe(8);
    expect((await status()).rebuild?.state).toBe('rolled-back');
    expect(actions().at(-1)).toBe('olga rebuild-rolled-back');
    await add('1', 1);
    await apply();
    expect(await total()).toBe(9);
  });

  it('is brought up to what it lacked when it was switched away from', async () => {
    await served();
    await add('3', 4); // comes to the new one alone
    const own = rebuilder();
    await own.start('olga');
    await own.work(forEver);
    await apply();
    await own.rollBack('olga', forEver);
    expect(await total()).toBe(7);
  });

  it('is dropped when the operator says so', async () => {
    await wronglyRebuilt();
    await rebuilder().discard('olga');
    expect(await status()).toMatchObject({ previous: null, rebuild: { state: 'switched' } });
    expect(actions().at(-1)).toBe('olga previous-generation-discarded');
    await expect(rebuilder().rollBack('olga', forEver)).rejects.toThrow(NoPreviousGeneration);
    await expect(rebuilder().discard('olga')).rejects.toThrow(NoPreviousGeneration);
  });

  it('is none while a rebuild is under way', async () => {
    await wronglyRebuilt();
    await rebuilder().start('olga');
    await expect(rebuilder().rollBack('olga', forEver)).rejects.toThrow('totals is being rebuilt');
    expect(await total()).toBe(300);
  });
});

describe('a row that the store refuses', () => {
  const fragile = totals(undefined, {
    rowsOf: (event) => [(event.data as { group: string }).group],
    fold: (row, event, id) => {
      const { by } = event.data as { by: number };
      return { ...row, id, total: (row?.total ?? 0) + by, ...(by === 13 && { 'a\0b': 1 }) };
    },
  });
  const parked = async () => (await store.deadLetters(totals(), { limit: 10 })).map(({ streamId, version, cause }) => `${streamId}@${version} ${cause}`);
  const expected = ['counter-3@2 RowRefused: the store refuses a row: the name "a\\u0000b" has a NUL in it', 'counter-3@3 queued behind a dead letter'];
  beforeEach(async () => {
    for (const [id, by] of [['1', 1], ['3', 2], ['2', 4], ['3', 13], ['3', 8], ['1', 16], ['4', 32]] as const) await add(id, by);
  });

  it('parks the event that it came of, live, and lets all others through', async () => {
    await store.setBuilt(fragile);
    await apply(model(fragile));
    expect(await parked()).toEqual(expected);
    expect(await total()).toBe(55);
    await apply(model(fragile));
    expect(await total()).toBe(55);
  });

  it('parks the same event in a rebuild', async () => {
    await rebuilder({}, fragile).work(forEver);
    expect(await parked()).toEqual(expected);
    expect(await total()).toBe(55);
    expect((await status()).built).toBe(true);
  });
});
