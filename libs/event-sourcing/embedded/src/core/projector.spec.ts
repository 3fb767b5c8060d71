import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, DeadLetters, deliver, EventRegistry, type Incoming, projection, type Projection, Projector, type RecordedEvent, replay, replayOnce, type SequencedCommit, type Subscriber, Unavailable, upcastFrom } from '@keyfold/event-sourcing';
import { counted, counter, counterContract, someCommit, someContext, someEvent } from '@keyfold/event-sourcing/testing';
import fc from 'fast-check';
import type { EmbeddedProjectionStore } from '../embedded-projection-store.js';
import { batches, emptyFeeds, incoming, testService, type TestService } from '../../test/service.js';

interface Total {
  readonly id: string;
  readonly total: number;
}

/** Totals by group, over many streams; `refuses` is a fold that has a bug for one value. */
const totals = (refuses: (by: number) => boolean = () => false): Projection<Total> =>
  projection<Total>({
    name: 'totals',
    version: 1,
    follows: [counterContract as AggregateContract<never>],
    rowsOf: (event) => [(event.data as { group?: string }).group ?? 'none'],
    fold: (row, event, id) => {
      const { by } = event.data as { by: number };
      if (refuses(by)) throw new RangeError(`cannot fold ${by}`);
      return { id, total: (row?.total ?? 0) + by };
    },
  });

let service: TestService;
let store: EmbeddedProjectionStore;
beforeEach(() => {
  service = testService();
  store = service.projections();
});
afterEach(() => service.close());

const add = (id: string, ...by: number[]) => service.aggregates.execute(counter, id, someContext(), () => by.map((n) => counted(n, 'g')));
const log = (): Promise<SequencedCommit[]> => service.store.feed(0, 1_000);
const projector = (of = totals(), overrides: Partial<TestService['tools']> = {}) => new Projector(of, store, { ...service.tools, ...overrides });
const letters = (overrides: Partial<TestService['tools']> = {}) => new DeadLetters(store, { ...service.tools, ...overrides });
const apply = (commits: readonly SequencedCommit[], to = projector()) => to.apply('test.events.v1/0', incoming(service, commits));
const total = async (): Promise<number> => (await store.view(totals()).get('g'))?.total ?? 0;
const marks = async (id: string) => (await store.marks(totals(), [`counter-${id}`])).get(`counter-${id}`);
const parked = async (): Promise<string[]> => (await store.deadLetters(totals(), { limit: 100 })).map((letter) => `${letter.streamId}@${letter.version}`);

describe('a projector', () => {
  it('applies each event once, however often it is delivered', async () => {
    await add('1', 1, 2);
    await add('1', 3);
    const commits = await log();
    await apply(commits);
    await apply(commits);
    await apply([...commits, ...commits].reverse());
    expect(await total()).toBe(6);
    expect(await marks('1')).toEqual({ accepted: 3, applied: 3 });
  });

  it('takes no repetition within a batch for a gap', async () => {
    await add('1', 1);
    await add('1', 2);
    const [first, second] = await log();
    await apply([first!, first!, second!, first!], projector(totals(), { feeds: emptyFeeds }));
    expect(await total()).toBe(3);
  });

  it('applies each event once when two members have it at the same time', async () => {
    await add('1', 1, 2);
    const commits = await log();
    await Promise.all([apply(commits), apply(commits)]);
    expect(await total()).toBe(3);
  });

  it('fetches what is missing in a stream from its owner', async () => {
    for (const by of [1, 2, 3]) await add('1', by);
    const [, , third] = await log();
    await apply([third!]);
    expect(await total()).toBe(6);
    expect(service.log.entries).toContainEqual(expect.objectContaining({ level: 'warn', fields: { projection: 'totals', streamId: 'counter-1', after: 0 } }));
  });

  it('finds a gap in a batch of any size', async () => {
    for (let by = 1; by <= 8; by++) await add('1', by);
    await apply((await log()).slice(5));
    expect(await marks('1')).toEqual({ accepted: 8, applied: 8 });
    for (let by = 9; by <= 40; by++) await add('1', by);
    await apply((await log()).slice(9));
    expect(await marks('1')).toEqual({ accepted: 40, applied: 40 });
    expect(await total()).toBe(820);
  });

  it('judges each stream by its own mark in a batch of any size', async () => {
    for (let by = 1; by <= 5; by++) await add('1', by);
    await apply(await log());
    await add('2', 100);
    await apply((await log()).slice(5));
    for (let by = 6; by <= 30; by++) await add('1', by);
    await add('3', 1_000);
    await apply(await log());
    expect(await total()).toBe(465 + 1_100);
    expect([await marks('1'), await marks('2'), await marks('3')].map((mark) => mark?.applied)).toEqual([30, 1, 1]);
  });

  it('writes nothing of a large batch that is known from end to end', async () => {
    for (let by = 1; by <= 30; by++) await add('1', by);
    const commits = await log();
    await apply(commits);
    store.transact = () => Promise.reject(new Error('written'));
    await apply(commits);
    expect(await total()).toBe(465);
  });

  it('looks at the marks before a large batch at the start, and behind a batch of which something was known', async () => {
    const many = async (): Promise<SequencedCommit[]> => {
      const last = (await log()).length;
      for (let i = 0; i < 25; i++) await add('1', 1);
      return (await log()).slice(last);
    };
    let looks = 0;
    const { marks: look } = store;
    store.marks = (...asked) => (looks++, look.apply(store, asked));
    const subscriber = projector();
    const looksFor = async (commits: readonly SequencedCommit[]): Promise<number> => {
      const before = looks;
      await apply(commits, subscriber);
      return looks - before;
    };
    const [first, second, third, fourth, fifth] = [await many(), await many(), await many(), await many(), await many()];
    expect([await looksFor(first), await looksFor(second), await looksFor(third)]).toEqual([1, 0, 0]);
    expect([await looksFor(second), await looksFor([...third, ...fourth]), await looksFor(fifth)]).toEqual([0, 1, 1]);
    expect(await total()).toBe(125);
    await many();
    expect([await looksFor(await many()), await total()]).toEqual([1, 175]); // a gap, found by the write
  });

  it('takes nothing of a batch with a gap that the feed cannot fill yet', async () => {
    await add('1', 1);
    await add('1', 2);
    await add('2', 4);
    const [, second, other] = await log();
    await expect(apply([second!, other!], projector(totals(), { feeds: emptyFeeds }))).rejects.toThrow(/no events after version 0 yet/);
    expect(await total()).toBe(0);
    expect(await marks('2')).toBeUndefined();
  });

  it('moves the marks of streams whose events it does not know', async () => {
    await service.store.append(someCommit('counter-1', 0, { events: [someEvent({}, 'test.counter.invented-later'), someEvent({ by: 5, group: 'g' })] }));
    await apply(await log());
    expect(await total()).toBe(5);
    expect(await marks('1')).toEqual({ accepted: 2, applied: 2 });
  });

  it('leaves streams of other aggregates alone', async () => {
    await service.store.append(someCommit('counterfeit-1', 0));
    await apply(await log());
    expect((await store.marks(totals(), ['counterfeit-1'])).size).toBe(0);
  });
});

describe('an event that cannot be applied', () => {
  const broken = () => projector(totals((by) => by === 13));

  it('is parked, later ones of its stream queue behind it, and all other streams flow', async () => {
    await add('1', 1);
    await add('1', 13, 2);
    await add('2', 4);
    await add('1', 3);
    const commits = await log();
    await apply(commits.slice(0, 3), broken());
    await apply(commits.slice(3), broken());
    expect(await parked()).toEqual(['counter-1@2', 'counter-1@3', 'counter-1@4']);
    expect(await marks('1')).toEqual({ accepted: 4, applied: 1 });
    expect(await marks('2')).toEqual({ accepted: 1, applied: 1 });
    expect(await total()).toBe(5);
    await apply(commits, broken());
    expect(await parked()).toHaveLength(3);
  });

  it('is applied by a retry once the fold is mended, with all that waited behind it, in order', async () => {
    await add('1', 13, 2);
    await add('1', 3);
    await apply(await log(), broken());
    expect(await letters().retry(projector(), 'counter-1')).toEqual({ applied: 3, left: 0, cause: null });
    expect(await total()).toBe(18);
    expect(await marks('1')).toEqual({ accepted: 3, applied: 3 });
    await add('1', 1);
    await apply(await log());
    expect(await total()).toBe(19);
  });

  it('stays at the head of the queue when the retry fails as well', async () => {
    await add('1', 13, 2, 14, 3);
    await apply(await log(), broken());
    expect(await letters().retry(projector(totals((by) => by === 14)), 'counter-1')).toEqual({ applied: 2, left: 2, cause: 'RangeError: cannot fold 14' });
    expect(await parked()).toEqual(['counter-1@3', 'counter-1@4']);
    expect(await marks('1')).toEqual({ accepted: 4, applied: 2 });
  });

  it('is not applied twice when a retry died before its letter was removed', async () => {
    await add('1', 13);
    await apply(await log(), broken());
    const [letter] = await store.deadLetters(totals(), { limit: 1 });
    await letters().retry(projector(), 'counter-1');
    await store.transact(totals(), { partition: 'p', streams: [], rows: [] }, () => ({ marks: new Map(), rows: new Map(), parked: [letter!] }));
    expect(await letters().retry(projector(), 'counter-1')).toEqual({ applied: 0, left: 0, cause: null });
    expect(await total()).toBe(13);
  });

  it('of a schema version from the future waits for a process that knows it', async () => {
    await service.store.append(someCommit('counter-1', 0, { events: [{ ...someEvent({ amount: 7, group: 'g' }), schemaVersion: 2 }, someEvent({ by: 1, group: 'g' })] }));
    await apply(await log());
    expect(await parked()).toEqual(['counter-1@1', 'counter-1@2']);
    const newer = new EventRegistry([
      { ...counterContract, events: { 'test.counter.counted': { version: 2, upcast: upcastFrom<{ by: number }>().to((old) => ({ ...old, amount: old.by })) } } } as unknown as AggregateContract<never>,
    ]);
    const byAmount = { ...totals(), fold: (row: Total | null, event: RecordedEvent, id: string) => ({ id, total: (row?.total ?? 0) + (event.data as { amount: number }).amount }) };
    expect(await letters({ registry: newer }).retry(projector(byAmount, { registry: newer }), 'counter-1')).toMatchObject({ applied: 2, left: 0 });
    expect(await total()).toBe(8);
  });
});

describe('messages of a topic', () => {
  const receive = async (edit: Parameters<typeof batches>[1]) => {
    for (const batch of batches(await log(), edit)) await deliver(batch, [projector()], service.tools);
  };

  it('with data that is no JSON are parked', async () => {
    await add('1', 1);
    await add('2', 2);
    await receive((messages) => messages.map((message, i) => (i === 0 ? { ...message, value: '{broken' } : message)));
    expect(await parked()).toEqual(['counter-1@1']);
    expect((await store.deadLetters(totals(), { limit: 1 }))[0]).toMatchObject({ event: null, raw: '{broken' });
    expect(await total()).toBe(2);
    await letters().retry(projector(), 'counter-1');
    expect(await total()).toBe(3);
  });

  it('without an envelope are reported and left out', async () => {
    await add('1', 1);
    await receive((messages) => [{ ...messages[0]!, headers: {} }, ...messages]);
    expect(await total()).toBe(1);
    expect(service.log.entries).toContainEqual(expect.objectContaining({ level: 'error', fields: expect.objectContaining({ topic: 'test.events.v1', offset: '0' }) }));
  });
});

describe('the rows', () => {
  const rowsAfter = async (deliveries: readonly (readonly SequencedCommit[])[]): Promise<unknown> => {
    const fresh = service.projections();
    const to = new Projector(totals(), fresh, service.tools);
    for (const commits of deliveries) await to.apply('test.events.v1/0', incoming(service, commits));
    return [await fresh.view(totals()).find({ limit: 100 }), Object.fromEntries(await fresh.marks(totals(), ['1', '2', '3', '4'].map((id) => `counter-${id}`)))];
  };

  it('are the same in whatever order the streams arrive, in whatever batches, with whatever comes twice', async () => {
    for (let round = 0; round < 5; round++) for (const id of ['1', '2', '3', '4']) await add(id, round, Number(id));
    const commits = await log();
    const inOrder = await rowsAfter([commits]);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat({ max: 3 })), fc.infiniteStream(fc.nat({ max: 5 })), async (choices, sizes) => {
        const queues = [...Map.groupBy(commits, (commit) => commit.streamId).values()].map((queue) => [...queue]);
        const shuffled: SequencedCommit[] = [];
        for (const choice of choices) {
          const left = queues.filter((queue) => queue.length > 0);
          if (left.length === 0) break;
          shuffled.push(left[choice % left.length]!.shift()!);
        }
        const deliveries: SequencedCommit[][] = [];
        for (let at = 0; at < shuffled.length; ) {
          const size = 1 + sizes.next().value!;
          deliveries.push(shuffled.slice(Math.max(0, at - 1), at + size));
          at += size;
        }
        expect(await rowsAfter(deliveries)).toEqual(inOrder);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a replay', () => {
  it('reads a log once for all subscribers, and gives each what it is not known to have handled', async () => {
    for (let i = 0; i < 5; i++) await add(String(i), 1);
    let pages = 0;
    const feeds: TestService['tools']['feeds'] = { ...service.tools.feeds, after: (of, position, limit) => ((pages += position === 0 ? 1 : 0), service.tools.feeds.after(of, position, limit)) };
    const given = new Map<string, number>();
    const subscriber = (name: string): Subscriber => ({ name, projection: { ...totals(), name }, apply: async (_partition, events) => void given.set(name, (given.get(name) ?? 0) + events.length) }) as Partial<Subscriber> as Subscriber;
    const seen: [number, number][] = [];
    const handled = async ({ name }: Subscriber) => (name === 'done' ? 5 : 0);
    await replay('test', [subscriber('new'), subscriber('done'), projector()], { ...service.tools, feeds }, { handled, progress: (done, end) => void seen.push([done, end]) });
    expect([[...given], pages, seen.at(-1), await total()]).toEqual([[['new', 5]], 1, [5, 5], 5]);
    await replay('test', [subscriber('late')], service.tools, { signal: AbortSignal.abort() });
    expect(given.has('late')).toBe(false);
  });

  it('that breaks off goes on from where all have it, and an owner that does not answer holds up nobody else', async () => {
    for (let i = 0; i < 1_200; i++) await add(String(i), 1);
    const given: number[] = [];
    const asked: number[] = [];
    let silent = 3;
    let failing = true;
    const feeds: TestService['tools']['feeds'] = {
      ...service.tools.feeds,
      lastPosition: async (of) => {
        if (of === 'elsewhere' && silent-- > 0) throw new Unavailable(of);
        return of === 'elsewhere' ? 0 : service.tools.feeds.lastPosition(of);
      },
      after: (of, position, limit) => (asked.push(position), service.tools.feeds.after(of, position, limit)),
    };
    const apply = async (_partition: string, events: readonly Incoming[]): Promise<void> => {
      if (given.length === 1_000 && failing) throw new Unavailable(String((failing = false)));
      given.push(...events.map(({ version }) => version));
    };
    const elsewhere = { service: 'elsewhere', name: 'else', streamPrefix: 'else', events: {} } as AggregateContract<never>;
    const follower = { name: 'new', projection: { ...totals(), name: 'new', follows: [...totals().follows, elsewhere] }, apply } as Partial<Subscriber> as Subscriber;
    const clock = { now: () => service.tools.clock.now(), wait: () => Promise.resolve() };
    await replayOnce([follower], { ...service.tools, feeds, store, clock });
    expect([given.length, asked.filter((position) => position === 0)]).toEqual([1_200, [0]]);
    expect(await store.built(follower.projection)).toBe(true);
  });
});
