import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type AggregateContract, type CommandSender, DeadLetters, EventRegistry, policy, PolicyRunner, projection, type Projection, Projector, Unavailable, upcastFrom } from '@keyfold/event-sourcing';
import { counted, counter, counterContract, type CounterEvent, someCommit, someContext, someEvent } from '@keyfold/event-sourcing/testing';
import fc from 'fast-check';
import type { EmbeddedProjectionStore } from '../embedded-projection-store.js';
import { emptyFeeds, incoming, testService, type TestService } from '../../test/service.js';

interface Steps {
  readonly id: string;
  readonly seen: readonly number[];
}

const follows = [counterContract as AggregateContract<never>];
const AT = '2026-01-01T00:00:00.000Z';

/** What of each counter was seen, in the order in which it was; it cannot fold the values that `broken` holds. */
const broken = new Set<number>();
const steps: Projection<Steps> = projection<Steps>({
  name: 'steps',
  version: 1,
  follows,
  fold: (row, event, id) => {
    const { by } = event.data as { by?: number };
    if (by === undefined || broken.has(by)) throw new RangeError(`cannot fold ${by}`);
    return { id, seen: [...(row?.seen ?? []), by] };
  },
});

/** Every counter's steps are counted on another one. */
const echo = policy<CounterEvent>({
  name: 'echo',
  follows,
  react: (event) => {
    if (event.type !== 'test.counter.counted' || event.streamId === 'counter-echo') return [];
    if (broken.has(event.data.by)) throw new RangeError(`cannot echo ${event.data.by}`);
    return [{ name: 'counters/count', id: 'echo', body: { by: event.data.by } }];
  },
});

let service: TestService;
let store: EmbeddedProjectionStore;
beforeEach(() => {
  service = testService();
  store = service.projections();
  broken.clear();
});
afterEach(() => service.close());

const add = (id: string, ...by: number[]) => service.aggregates.execute(counter, id, someContext(), () => by.map((n) => counted(n)));
const arrived = async (from = 0) => incoming(service, await service.store.feed(from, 1_000));
const projector = () => new Projector(steps, store, service.tools);
const runner = (sender: CommandSender = service.sender) => new PolicyRunner(echo, store, { ...service.tools, sender });
const letters = (overrides: Partial<TestService['tools']> = {}) => new DeadLetters(store, { ...service.tools, ...overrides });
const seen = async (id = '1') => (await store.view(steps).get(id))?.seen ?? [];
const marksOf = async (of: { projection: Projection }, id = '1') => (await store.marks(of.projection, [`counter-${id}`])).get(`counter-${id}`);
const unrecorded = async (): Promise<void> => undefined;

describe('a dead letter', () => {
  it('says why it is there', async () => {
    broken.add(13);
    await add('1', 13, 2);
    await service.store.append(someCommit('counter-2', 0, { events: [{ ...someEvent({ by: 1 }), schemaVersion: 2 }] }));
    await projector().apply('p/0', await arrived());
    expect((await store.deadLetters(steps, { limit: 10 })).map(({ streamId, version, kind }) => [streamId, version, kind])).toEqual([
      ['counter-1', 1, 'poison'],
      ['counter-1', 2, 'queued'],
      ['counter-2', 1, 'unknown-version'],
    ]);
  });

  it('holds personal data as the log does: as ciphertext', async () => {
    await service.aggregates.execute(counter, '1', someContext(), () => [{ type: 'test.counter.named' as const, data: { personId: 'p-1', name: 'Marguerite Dubois' } }]);
    await projector().apply('p/0', await arrived());
    const failing = new PolicyRunner(echo, store, { ...service.tools, sender: service.sender }, () => () => Promise.reject(new Error('no')));
    await failing.apply('p/0', await arrived());
    const kept = [await store.deadLetters(steps, { limit: 10 }), await store.deadLetters(failing.projection, { limit: 10 })];
    expect(kept.map((list) => list.length)).toEqual([1, 1]);
    const shown = JSON.stringify([kept, await letters().stored(kept[0]![0]!, projector())]);
    expect(shown).toContain('sealed.p-1.');
    expect(shown).not.toContain('Marguerite');
  });

  it('is shown with all that the log knows of its event', async () => {
    broken.add(13);
    await add('1', 1, 13);
    await projector().apply('p/0', await arrived());
    const [letter] = await store.deadLetters(steps, { limit: 1 });
    const [commit] = await service.store.load('counter-1');
    expect(await letters().stored(letter!, projector())).toMatchObject({ streamId: 'counter-1', version: 2, eventId: commit!.events[1]!.eventId, type: 'test.counter.counted', schemaVersion: 1, data: { by: 13 }, position: 1 });
    expect(await letters({ feeds: emptyFeeds }).stored(letter!, projector())).toBeNull();
  });
});

describe('a retry', () => {
  it('sends the commands of a policy under the ids that they would have had', async () => {
    broken.add(3);
    await add('1', 3, 2);
    const commits = await arrived();
    await runner().apply('p/0', commits);
    expect(await marksOf(runner())).toEqual({ accepted: 2, applied: 0 });
    broken.clear();
    expect(await letters().retry(runner(), 'counter-1')).toEqual({ applied: 2, left: 0, cause: null });
    expect(await marksOf(runner())).toEqual({ accepted: 2, applied: 2 });
    const [first] = await service.store.load('counter-1');
    const ids = (await service.store.load('counter-echo')).map(({ commandId }) => commandId);
    expect(ids).toEqual(first!.events.map(({ eventId }) => service.tools.ids.derive(eventId, 'echo', '0', 'echo')));
  });

  it('begins again at the head where another generation serves since, of which more is parked', async () => {
    broken.add(13);
    await add('1', 13, 1, 2);
    await projector().apply('p/0', await arrived());
    broken.clear();
    const [, ...former] = await store.deadLetters(steps, { limit: 10 });
    jest.spyOn(store, 'deadLetters').mockResolvedValueOnce(former);
    expect(await letters().retry(projector(), 'counter-1')).toEqual({ applied: 3, left: 0, cause: null });
    expect(await seen()).toEqual([13, 1, 2]);
  });

  it('that died before the mark does not repeat the effect', async () => {
    broken.add(3);
    await add('1', 3);
    await runner().apply('p/0', await arrived());
    broken.clear();
    service.marks.exec(`CREATE TRIGGER crash BEFORE INSERT ON marks BEGIN SELECT RAISE(FAIL, 'crash'); END`);
    await letters().retry(runner(), 'counter-1').catch(() => undefined);
    service.marks.exec('DROP TRIGGER crash');
    expect(await letters().retry(runner(), 'counter-1')).toMatchObject({ applied: 1, left: 0 });
    expect((await service.process().load(counter, 'echo')).state.total).toBe(3);
  });

  it('stops at an outage and says so; what came before it is applied', async () => {
    broken.add(3);
    await add('1', 3, 2, 1);
    await runner().apply('p/0', await arrived());
    broken.clear();
    let calls = 0;
    const sender: CommandSender = { send: (command) => (++calls === 2 ? Promise.reject(new Unavailable('a peer')) : service.sender.send(command)) };
    await expect(letters().retry(runner(sender), 'counter-1')).rejects.toThrow(Unavailable);
    expect(await marksOf(runner())).toEqual({ accepted: 3, applied: 1 });
    expect((await store.deadLetters(runner().projection, { limit: 10 })).map(({ kind }) => kind)).toEqual(['queued', 'queued']);
    expect(await letters().retry(runner(), 'counter-1')).toMatchObject({ applied: 2, left: 0 });
  });

  it('says of the one that is now at the head why it stays', async () => {
    broken.add(13).add(14);
    await add('1', 13, 2, 14, 3);
    await projector().apply('p/0', await arrived());
    broken.delete(13);
    expect(await letters().retry(projector(), 'counter-1')).toEqual({ applied: 2, left: 2, cause: 'RangeError: cannot fold 14' });
    expect((await store.deadLetters(steps, { limit: 10 })).map(({ version, kind, cause }) => [version, kind, cause])).toEqual([
      [3, 'poison', 'RangeError: cannot fold 14'],
      [4, 'queued', 'queued behind a dead letter'],
    ]);
  });

  it('takes the letter out of the generation whose mark it moves, and not out of one that serves since', async () => {
    broken.add(3);
    await add('1', 3);
    await projector().apply('p/0', await arrived());
    const [parked] = await store.deadLetters(steps, { limit: 1 });
    await store.setBuilt(steps);
    await store.generations.begin(steps, AT);
    const claim = (await store.generations.claim(steps))!;
    const mark = { accepted: 1, applied: 0, isNew: true };
    await store.generations.checkpoint(steps, claim, { rows: new Map(), marks: new Map([['counter-1', mark]]), parked: [parked!], positions: {} }, {});
    const nothing = { rows: new Map(), marks: new Map(), parked: [], positions: {} };
    const transact = store.transact.bind(store);
    store.transact = async <Row extends object>(...batch: Parameters<typeof transact<Row>>) => {
      store.transact = transact;
      await transact(...batch);
      await store.generations.switchOver(steps, claim, { state: 'switched', at: AT, beyond: new Map(), tail: async () => nothing });
    };
    broken.clear();
    expect(await letters().retry(projector(), 'counter-1')).toMatchObject({ left: 0, cause: null });
    expect([await seen(), await marksOf(projector())]).toEqual([[3], { accepted: 1, applied: 1 }]);
  });

  it('removes the letter of an event that was applied, as former releases could leave it', async () => {
    broken.add(3);
    await add('1', 3);
    await projector().apply('p/0', await arrived());
    const [parked] = await store.deadLetters(steps, { limit: 1 });
    broken.clear();
    await letters().retry(projector(), 'counter-1');
    await store.transact(steps, { partition: 'p/0', streams: [], rows: [] }, () => ({ marks: new Map(), rows: new Map(), parked: [parked!] }));
    expect(await letters().retry(projector(), 'counter-1')).toEqual({ applied: 0, left: 0, cause: null });
    expect(await seen()).toEqual([3]);
  });

  it('neither loses nor reorders an event that arrives meanwhile, however the two fall together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.constantFrom('deliver', 'retry'), { minLength: 4, maxLength: 10 }), async (scheduler, story) => {
        service.close();
        service = testService();
        store = service.projections();
        // Every access to the store is a place where the other may come first.
        const interleaved = new Proxy(store, {
          get: (target, name) => {
            const member = Reflect.get(target, name) as unknown;
            return typeof member === 'function' ? async (...args: unknown[]) => (await scheduler.schedule(Promise.resolve(), String(name)), (member as (...given: unknown[]) => unknown).apply(target, args)) : member;
          },
        });
        const own = [new Projector(steps, interleaved, service.tools), new PolicyRunner(echo, interleaved, { ...service.tools, sender: service.sender })];
        broken.add(13);
        await add('1', 13, 1);
        for (const subscriber of [projector(), runner()]) await subscriber.apply('p/0', await arrived());
        broken.clear();
        const work = story.map(async (what, i) => {
          if (what === 'retry') {
            for (const subscriber of own) await new DeadLetters(interleaved, service.tools).retry(subscriber, 'counter-1');
            return;
          }
          await add('1', i % 3);
          const batch = (await arrived()).filter(({ streamId }) => streamId === 'counter-1');
          for (const subscriber of own) for (let again = true; again; ) again = await subscriber.apply('p/0', batch).then(() => false, () => true); // as the transport does
        });
        await scheduler.waitFor(Promise.all(work));
        for (const subscriber of own) expect(await letters().retry(subscriber, 'counter-1')).toMatchObject({ left: 0 });
        const logged = (await service.store.load('counter-1')).flatMap(({ events }) => events.map(({ data }) => (data as { by: number }).by));
        expect(await seen()).toEqual(logged);
        for (const subscriber of own) expect(await marksOf(subscriber)).toEqual({ accepted: logged.length, applied: logged.length });
      }),
      { numRuns: 60 },
    );
  });
});

describe('a policy whose marks were moved by another', () => {
  /** The store as a member sees it that is overtaken just before it writes. */
  const overtakenBy = (other: () => Promise<unknown>): EmbeddedProjectionStore => {
    let once = other;
    return new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (name !== 'transact') return typeof member === 'function' ? member.bind(target) : member;
        return async (...args: Parameters<EmbeddedProjectionStore['transact']>) => {
          const [meanwhile] = [once, (once = async () => undefined)];
          await meanwhile();
          return target.transact(...args);
        };
      },
    });
  };
  const overtaken = (other: () => Promise<unknown>) => new PolicyRunner(echo, overtakenBy(other), { ...service.tools, sender: service.sender });

  it('passes no letter over that another has parked meanwhile', async () => {
    await add('1', 3, 2);
    const commits = await arrived();
    broken.clear();
    const slow = overtaken(async () => {
      broken.add(3);
      await runner().apply('p/0', commits.slice(0, 1));
    });
    await expect(slow.apply('p/0', commits)).rejects.toThrow('as it was read');
    expect(await marksOf(slow)).toEqual({ accepted: 1, applied: 0 });
    await slow.apply('p/0', commits);
    expect(await marksOf(slow)).toEqual({ accepted: 2, applied: 0 });
  });

  it('queues no event behind a queue that a retry has drained meanwhile', async () => {
    broken.add(3);
    await add('1', 3);
    await runner().apply('p/0', await arrived());
    broken.clear();
    await add('1', 2);
    const slow = overtaken(() => letters().retry(runner(), 'counter-1'));
    await expect(slow.apply('p/0', await arrived())).rejects.toThrow('as it was read');
    await slow.apply('p/0', await arrived());
    expect([await marksOf(slow), await store.countDeadLetters(slow.projection)]).toEqual([{ accepted: 2, applied: 2 }, 0]);
  });
});

describe('an outage', () => {
  it('of the feed, the store or the key vault fills no queue: the batch comes again', async () => {
    await add('1', 1);
    await add('1', 2);
    const outage = () => Promise.reject(new Unavailable('it'));
    const second = (await arrived()).slice(1);
    await expect(new Projector(steps, store, { ...service.tools, feeds: { ...service.tools.feeds, stream: outage } }).apply('p/0', second)).rejects.toThrow(Unavailable);
    const unreachable = new Proxy(store, { get: (target, name) => (name === 'transact' ? outage : Reflect.get(target, name)) });
    await expect(new Projector(steps, unreachable, service.tools).apply('p/0', second)).rejects.toThrow(Unavailable);
    const vaultless: Projection<Steps> = { ...steps, fold: () => { throw new Unavailable('the key vault'); } };
    await expect(new Projector(vaultless, store, service.tools).apply('p/0', second)).rejects.toThrow(Unavailable);
    await expect(new PolicyRunner(echo, store, { ...service.tools, sender: service.sender }, () => outage).apply('p/0', second)).rejects.toThrow(Unavailable);
    for (const projected of [steps, runner().projection]) expect([await store.countDeadLetters(projected), (await store.marks(projected, ['counter-1'])).size]).toEqual([0, 0]);
    await projector().apply('p/0', second);
    expect(await seen()).toEqual([1, 2]);
  });
});

describe('discarding', () => {
  it('passes over the head alone; what queues behind it can be applied, and the stream flows again', async () => {
    broken.add(13);
    await add('1', 1, 13, 2);
    await projector().apply('p/0', await arrived());
    const recorded: number[] = [];
    await letters().discard(projector(), { streamId: 'counter-1', version: 2 }, async ({ version }) => void recorded.push(version));
    expect(recorded).toEqual([2]);
    expect(await marksOf(projector())).toEqual({ accepted: 3, applied: 2 });
    expect((await store.deadLetters(steps, { limit: 10 })).map(({ version }) => version)).toEqual([3]);
    expect(await letters().retry(projector(), 'counter-1')).toEqual({ applied: 1, left: 0, cause: null });
    await add('1', 4);
    await projector().apply('p/0', await arrived());
    expect(await seen()).toEqual([1, 2, 4]);
    expect((await store.deadLetters(steps, { kind: 'discarded', limit: 10 })).map(({ version, cause }) => [version, cause])).toEqual([[2, 'RangeError: cannot fold 13']]);
  });

  it('refuses any event but the head, twice the same, and one that is not parked', async () => {
    broken.add(13);
    await add('1', 13, 2);
    await projector().apply('p/0', await arrived());
    const discard = (version: number, streamId = 'counter-1') => letters().discard(projector(), { streamId, version }, unrecorded);
    await expect(discard(2)).rejects.toMatchObject({ code: 'dead-letter-not-head', params: { version: 2, head: 1 } });
    await discard(1);
    await expect(discard(1)).rejects.toMatchObject({ code: 'dead-letter-not-head' });
    await expect(discard(1, 'counter-2')).rejects.toThrow('no dead letter');
    expect(await marksOf(projector())).toEqual({ accepted: 2, applied: 1 });
  });

  it('does nothing when it cannot be recorded', async () => {
    broken.add(13);
    await add('1', 13);
    await projector().apply('p/0', await arrived());
    const unable = () => Promise.reject(new Unavailable('the audit log'));
    await expect(letters().discard(projector(), { streamId: 'counter-1', version: 1 }, unable)).rejects.toThrow(Unavailable);
    expect(await marksOf(projector())).toEqual({ accepted: 1, applied: 0 });
  });
});

describe('events of a schema version from the future', () => {
  const newer = new EventRegistry([{ ...counterContract, events: { 'test.counter.counted': { version: 2, upcast: upcastFrom<object>().to((data) => data) } } } as unknown as AggregateContract<never>]);

  it('are applied by a process that knows it, with what queued behind them, and those that it does not know stay', async () => {
    const future = (streamId: string, schemaVersion: number) => service.store.append(someCommit(streamId, 0, { events: [{ ...someEvent({ by: 7 }), schemaVersion }, someEvent({ by: 1 })] }));
    await future('counter-1', 2);
    await future('counter-2', 3);
    broken.add(13);
    await add('3', 13);
    await projector().apply('p/0', await arrived());
    expect(await letters().drainUnknownVersions(projector())).toBe(0);
    expect(await letters({ registry: newer }).drainUnknownVersions(new Projector(steps, store, { ...service.tools, registry: newer }))).toBe(2);
    expect(await seen('1')).toEqual([7, 1]);
    expect((await store.deadLetters(steps, { limit: 10 })).map(({ streamId, version }) => `${streamId}@${version}`)).toEqual(['counter-2@1', 'counter-2@2', 'counter-3@1']);
  });

  it('are found behind a dead letter that was mended, and behind more letters than one look takes', async () => {
    broken.add(13);
    await service.store.append(someCommit('counter-1', 0, { events: [someEvent({ by: 13 }), { ...someEvent({ by: 7 }), schemaVersion: 2 }] }));
    for (let i = 100; i < 205; i++) await service.store.append(someCommit(`counter-${i}`, 0, { events: [{ ...someEvent({ by: i }), schemaVersion: i === 204 ? 2 : 3 }] }));
    await projector().apply('p/0', await arrived());
    broken.clear();
    expect(await letters().retry(projector(), 'counter-1')).toMatchObject({ applied: 1, left: 1 });
    expect(await letters({ registry: newer }).drainUnknownVersions(projector())).toBe(2);
    expect([await seen('1'), await seen('204')]).toEqual([[13, 7], [204]]);
  });
});
