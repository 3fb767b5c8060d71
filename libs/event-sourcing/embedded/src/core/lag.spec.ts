import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, type Feeds, LAG_WATCH, LagWatch, partitionOf, projection, type Projection, Projector, type SequencedCommit } from '@keyfold/event-sourcing';
import { counted, counter, counterContract, someContext } from '@keyfold/event-sourcing/testing';
import type { EmbeddedProjectionStore } from '../embedded-projection-store.js';
import { incoming, testService, type TestService } from '../../test/service.js';

const view = (name: string, refuses = -1): Projection<{ id: string; total: number }> =>
  projection<{ id: string; total: number }>({
    name,
    version: 1,
    follows: [counterContract as AggregateContract<never>],
    fold: (row, event, id) => {
      const { by } = event.data as { by: number };
      if (by === refuses) throw new RangeError('no');
      return { id, total: (row?.total ?? 0) + by };
    },
  });
const quick = view('quick');
const slow = view('slow', 13);
const both = [quick, slow];

let service: TestService;
let store: EmbeddedProjectionStore;
beforeEach(async () => {
  service = testService();
  store = service.projections();
  await store.prepare(LAG_WATCH);
});
afterEach(() => service.close());

const add = (id: string, ...by: number[]) => service.aggregates.execute(counter, id, someContext(), () => by.map((n) => counted(n)));
const apply = async (to: typeof quick, only: (commit: SequencedCommit) => boolean = () => true, count = Infinity) =>
  new Projector(to, store, service.tools).apply('p/0', incoming(service, (await service.store.feed(0, 10_000)).filter(only).slice(0, count)));
const watch = (feeds: Feeds = service.tools.feeds) => new LagWatch([quick, slow], { store, feeds, clock: service.clock });
const lagOf = async (name: string, by = watch()) => (await by.look()).find((lag) => lag.projection === name);

describe('lag', () => {
  it('is none where all is applied', async () => {
    await add('1', 1, 2);
    for (const followed of both) await apply(followed);
    expect(await lagOf('quick')).toEqual({ projection: 'quick', events: 0, exact: true, oldestSeconds: null, deadLetters: 0 });
  });

  it('counts events per projection, and tells the age of the oldest', async () => {
    await add('1', 1, 2);
    await apply(quick);
    service.clock.pass(90_000);
    await add('1', 3);
    const by = watch();
    expect(await lagOf('slow', by)).toMatchObject({ events: 3, exact: true, oldestSeconds: 90 });
    expect(await lagOf('quick', by)).toMatchObject({ events: 1, oldestSeconds: 0 });
    await apply(slow, undefined, 1);
    service.clock.pass(5_000);
    expect(await lagOf('slow', by)).toMatchObject({ events: 1, oldestSeconds: 5 });
  });

  it('is not fooled by another partition that is further on', async () => {
    for (let i = 0; i < 30; i++) await add(String(i), 1);
    const [, , , third] = await service.store.feed(0, 4);
    const stuck = ({ partitionKey }: SequencedCommit): boolean => partitionOf(partitionKey) === partitionOf(third!.partitionKey);
    await apply(quick, (commit) => !stuck(commit));
    expect(await lagOf('quick')).toMatchObject({ events: (await service.store.feed(0, 30)).filter(stuck).length, exact: true });
  });

  it('leaves parked events to the dead letters', async () => {
    await add('1', 13, 1);
    for (const followed of both) await apply(followed);
    expect(await lagOf('slow')).toMatchObject({ events: 0, oldestSeconds: null, deadLetters: 2 });
  });

  it('reads of the log only what came since, and sees the backlog from before a restart', async () => {
    for (let i = 0; i < 40; i++) await add(String(i % 4), ...Array.from({ length: 5 }, () => 0), 1);
    for (let i = 0; i < 600; i++) await add(`many-${i}`, 1);
    for (const followed of both) await apply(followed);
    const read: number[] = [];
    const feeds: Feeds = { ...service.tools.feeds, after: async (name, position, limit) => (read.push(position), service.tools.feeds.after(name, position, limit)) };
    const by = watch(feeds);
    await by.look();
    await by.look();
    expect(read).toEqual([0, 500]);
    await add('late', 1);
    read.length = 0;
    expect(await lagOf('quick', watch(feeds))).toMatchObject({ events: 1, exact: true });
    expect(read).toEqual([640]);
  });

  it('says that it is at most so much where the log is longer than a look', async () => {
    await add('1', 1);
    const endless: Feeds = { ...service.tools.feeds, lastPosition: async () => 50_000 };
    expect(await lagOf('quick', watch(endless))).toMatchObject({ events: 50_000, exact: false });
  });
});
