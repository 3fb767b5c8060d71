import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AggregateContract,
  Aggregates,
  type CommandContext,
  CommandIdReused,
  decider,
  defineContract,
  DomainError,
  type DomainEvent,
  type NewCommit,
  StaleVersion,
  type StreamWrite,
  Unavailable,
  UnknownEventVersion,
  upcastFrom,
  WrongExpectedVersion,
} from '@keyfold/event-sourcing';
import { count, counted, type Counter, counter, type CounterEvent, someCommit, someContext, someEvent } from '@keyfold/event-sourcing/testing';
import { mirrorVault, testService, type TestService } from '../../test/service.js';

let service: TestService;
beforeEach(() => {
  service = testService();
});
afterEach(() => service.close());

const total = async (id = '1'): Promise<number> => (await service.process().load(counter, id)).state.total;

describe('a command', () => {
  it('appends what was decided and answers with id, version and event types', async () => {
    const result = await service.aggregates.execute(counter, '1', someContext(), () => [counted(1), counted(2)]);
    expect(result).toEqual({ id: '1', version: 2, events: ['test.counter.counted', 'test.counter.counted'] });
    expect(await service.aggregates.execute(counter, '1', someContext(), count(4))).toMatchObject({ version: 3 });
    expect(await total()).toBe(7);
  });

  it('keeps who, why and when with every commit', async () => {
    const context = someContext({ causationId: 'cause', traceparent: '00-a-b-01', now: '2026-03-04T05:06:07.000Z' });
    await service.aggregates.execute(counter, '1', context, () => [counted(1), { ...counted(1), occurredAt: '2020-01-01T00:00:00.000Z', supersedes: [1] }]);
    const [commit] = await service.store.load('counter-1');
    const { commandId, commandHash, actor, correlationId, causationId, traceparent } = context;
    expect(commit).toMatchObject({ commandId, commandHash, actor, correlationId, causationId, traceparent });
    expect(commit!.events.map((event) => [event.occurredAt, event.supersedes])).toEqual([
      ['2026-03-04T05:06:07.000Z', undefined],
      ['2020-01-01T00:00:00.000Z', [1]],
    ]);
  });

  it('orders a stream by the key of its first event, for ever', async () => {
    await service.aggregates.execute(counter, '1', someContext(), () => [counted(1, 'account-7')]);
    await service.process().execute(counter, '1', someContext(), () => [counted(1, 'account-8')]);
    await service.aggregates.execute(counter, '2', someContext(), count(1));
    expect((await service.store.feed(0, 10)).map((commit) => commit.partitionKey)).toEqual(['account-7', 'account-7', '2']);
  });

  it('with nothing to do appends nothing', async () => {
    await service.aggregates.execute(counter, '1', someContext(), count(1));
    expect(await service.aggregates.execute(counter, '1', someContext(), count(0))).toEqual({ id: '1', version: 1, events: [] });
    expect(await service.store.lastPosition()).toBe(1);
  });

  it('in a dry run tells what would happen, or why not, and appends nothing', async () => {
    const dry = () => someContext({ dryRun: true });
    expect(await service.aggregates.execute(counter, '1', dry(), count(3))).toEqual({ id: '1', version: 1, events: ['test.counter.counted'] });
    await expect(service.aggregates.execute(counter, '1', dry(), count(11))).rejects.toThrow(DomainError);
    expect(await service.store.lastPosition()).toBe(0);
    expect(await total()).toBe(0);
  });

  it('whose turn does not come in time is not begun, and says so', async () => {
    let answer!: () => void;
    const slowStore = new Promise<void>((resolve) => (answer = resolve));
    const aggregates = service.process({ failpoint: () => slowStore });
    const first = aggregates.execute(counter, '1', someContext({ repeatable: false }), count(1));
    const second = aggregates.execute(counter, '1', someContext({ repeatable: false }), () => {
      throw new Error('was begun');
    });
    service.clock.pass(6_000);
    await expect(second).rejects.toThrow('a turn on counter-1 is not available');
    answer();
    await first;
    expect(await aggregates.execute(counter, '1', someContext(), count(2))).toMatchObject({ version: 2 });
  });

  it('of many on one stream at the same time goes through in turn, none lost and none refused', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => service.aggregates.execute(counter, '1', someContext(), count(1))));
    expect(results.map((result) => result.version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await expect(service.aggregates.execute(counter, '1', someContext(), count(1))).rejects.toThrow(DomainError);
  });

  it('lets personal fields leave as ciphertext only', async () => {
    const named: CounterEvent = { type: 'test.counter.named', data: { personId: 'p-1', name: 'Zoë' } };
    await service.aggregates.execute(counter, '1', someContext(), () => [named]);
    const stored = (await service.store.load('counter-1'))[0]!.events[0]!.data;
    expect(stored).toEqual({ personId: 'p-1', name: 'sealed.p-1.ëoZ' });
    expect((await service.aggregates.load(counter, '1')).state.name).toBe('sealed.p-1.ëoZ');
  });
});

describe('a repeated command', () => {
  it('gets its first result, also when the rules or If-Match would refuse it now', async () => {
    const context = someContext({ expectedVersion: 0 });
    const first = await service.aggregates.execute(counter, '1', context, count(8));
    await service.aggregates.execute(counter, '1', someContext(), count(1));
    expect(await service.aggregates.execute(counter, '1', context, count(8))).toEqual(first);
    expect(await service.process().execute(counter, '1', context, count(8))).toEqual(first);
    expect(await total()).toBe(9);
  });

  it('is refused when it is another one under the same id', async () => {
    const context = someContext();
    await service.aggregates.execute(counter, '1', context, count(1));
    await expect(service.aggregates.execute(counter, '1', { ...context, commandHash: 'other' }, count(2))).rejects.toThrow(CommandIdReused);
    expect(await total()).toBe(1);
  });

  describe('with a name in it', () => {
    const commandId = 'naming';
    const naming = (name: string, overrides: object = {}) => someContext({ commandId, commandHash: 'without the name', personal: { texts: [name], formerHash: `with ${name}` }, ...overrides });
    const name = (text: string): CounterEvent => ({ type: 'test.counter.named', data: { personId: 'p-1', name: text } });
    const run = (aggregates: Aggregates, text: string, overrides?: object) => aggregates.execute(counter, '1', naming(text, overrides), () => [name(text)]);

    it('is the same when it says the same name, which its hash does not hold', async () => {
      const first = await run(service.aggregates, 'Zoë');
      expect(await run(service.process(), 'Zoë')).toEqual(first);
      await expect(run(service.process(), 'Zoé')).rejects.toThrow(CommandIdReused);
      await expect(run(service.process(), 'Zoë', { commandHash: 'other' })).rejects.toThrow(CommandIdReused);
      expect((await service.store.load('counter-1'))[0]!.commandHash).toBe('without the name');
    });

    it('gets its first result, whatever name it says, once the person is erased', async () => {
      const first = await run(service.aggregates, 'Zoë');
      const erased = new Aggregates(service.store, service.registry, { ...service.tools, vault: { ...mirrorVault, decrypt: async () => null }, failpoint: () => undefined, cacheBytes: 1_000 });
      expect(await run(erased, 'Zoé')).toEqual(first);
    });

    it('is known in a log that holds its hash over the whole body', async () => {
      const first = await run(service.aggregates, 'Zoë', { commandHash: 'with Zoë', personal: undefined });
      expect(await run(service.process(), 'Zoë')).toEqual(first);
      await expect(run(service.process(), 'Zoé')).rejects.toThrow(CommandIdReused);
    });
  });

  it('that comes through elsewhere at the same moment gives the same result in both places', async () => {
    const context = someContext();
    let elsewhere: unknown;
    const here = service.process({
      failpoint: async (name) => {
        if (name === 'before-append' && !elsewhere) elsewhere = await service.aggregates.execute(counter, '1', context, count(8));
      },
    });
    expect(await here.execute(counter, '1', context, count(8))).toEqual({ id: '1', version: 1, events: ['test.counter.counted'] });
    expect(elsewhere).toMatchObject({ version: 1 });
    expect(await total()).toBe(8);
  });

  it('that is sent twice at once gets its first result twice, also where the second finds nothing to do', async () => {
    const context = someContext();
    const fill = ({ total: now }: { total: number }) => (now === 8 ? [] : [counted(8 - now)]);
    const results = await Promise.all([1, 2].map(() => service.aggregates.execute(counter, '1', context, fill)));
    expect(results).toEqual([1, 2].map(() => ({ id: '1', version: 1, events: ['test.counter.counted'] })));
  });

  it('makes the same event ids, so that nobody downstream takes it for two', async () => {
    const context = someContext();
    await service.aggregates.execute(counter, '1', context, () => [counted(1), counted(1)]);
    const ids = (await service.store.load('counter-1')).flatMap((commit) => commit.events.map((event) => event.eventId));
    expect(ids).toEqual([service.tools.ids.derive(context.commandId, '0'), service.tools.ids.derive(context.commandId, '1')]);
  });

  it('after a crash behind the append gets the result that the first never gave', async () => {
    const context = someContext();
    const crashing = service.process({
      failpoint: (name) => {
        if (name === 'after-append') throw new Error('crash');
      },
    });
    await expect(crashing.execute(counter, '1', context, count(8))).rejects.toThrow('crash');
    expect(await service.process().execute(counter, '1', context, count(8))).toMatchObject({ version: 1 });
    expect(await total()).toBe(8);
  });
});

describe('a state that another process has moved', () => {
  beforeEach(async () => {
    await service.aggregates.execute(counter, '1', someContext(), count(10));
    await service.process().execute(counter, '1', someContext(), () => [counted(-5)]);
  });

  it('refuses nothing before it was loaded again', async () => {
    expect(await service.aggregates.execute(counter, '1', someContext(), count(3))).toMatchObject({ version: 3 });
    expect(await total()).toBe(8);
  });

  it('still refuses what the rules refuse on the present state', async () => {
    const refused = service.aggregates.execute(counter, '1', someContext(), count(6));
    await expect(refused).rejects.toMatchObject({ code: 'too-much', params: { total: 5, by: 6 } });
  });

  it('does not answer that there is nothing to do', async () => {
    const fill = ({ total: now }: { total: number }) => (now === 10 ? [] : [counted(10 - now)]);
    expect(await service.aggregates.execute(counter, '1', someContext(), fill)).toMatchObject({ version: 3, events: ['test.counter.counted'] });
  });

  it('is not what If-Match is compared with', async () => {
    expect(await service.aggregates.execute(counter, '1', someContext({ expectedVersion: 2 }), count(1))).toMatchObject({ version: 3 });
    await expect(service.aggregates.execute(counter, '1', someContext({ expectedVersion: 2 }), count(1))).rejects.toThrow(StaleVersion);
  });
});

describe('a lost race', () => {
  const racing = (losses: number) => {
    let lost = 0;
    return service.process({
      failpoint: async (name) => {
        if (name === 'before-append' && lost++ < losses) await service.process().execute(counter, '1', someContext(), count(1));
      },
    });
  };

  it('is run again on the state of the winner', async () => {
    expect(await racing(3).execute(counter, '1', someContext(), count(1))).toMatchObject({ version: 4 });
    expect(await total()).toBe(4);
  });

  it('is refused by the rules when the winner left no room', async () => {
    await service.aggregates.execute(counter, '1', someContext(), count(8));
    await expect(racing(1).execute(counter, '1', someContext(), count(2))).rejects.toThrow(DomainError);
    expect(await total()).toBe(9);
  });

  it('is given up after four losses', async () => {
    await expect(racing(4).execute(counter, '1', someContext(), count(1))).rejects.toThrow(WrongExpectedVersion);
    expect(await total()).toBe(4);
  });
});

describe('a claim', () => {
  const claimOn = (id: string, context: CommandContext, decide: (state: Counter) => readonly CounterEvent[]): StreamWrite =>
    ({ decider: counter, id, context: { ...context, commandId: `${context.commandId} ${id}`, commandHash: 'claim' }, decide }) as unknown as StreamWrite;
  const inLog = async (): Promise<string[]> => (await service.store.feed(0, 100)).map(({ streamId, expectedVersion }) => `${streamId}@${expectedVersion}`);
  const run = (aggregates: Aggregates, by: number, claimed: number, context = someContext()) =>
    aggregates.execute(counter, '1', context, count(by), { claims: [claimOn('seats', context, count(claimed))] });

  it('is written before the decision, each under a command id of its own', async () => {
    const context = someContext();
    expect(await run(service.aggregates, 2, 3, context)).toEqual({ id: '1', version: 1, events: ['test.counter.counted'] });
    expect((await service.store.feed(0, 10)).map(({ streamId, commandId }) => [streamId, commandId])).toEqual([
      ['counter-seats', `${context.commandId} seats`],
      ['counter-1', context.commandId],
    ]);
    expect([await total('seats'), await total()]).toEqual([3, 2]);
  });

  it('is not made by a command that is refused, has nothing to do, or only asks', async () => {
    await expect(run(service.aggregates, 11, 1)).rejects.toThrow(DomainError);
    expect(await run(service.aggregates, 0, 1)).toMatchObject({ version: 0, events: [] });
    expect(await run(service.aggregates, 1, 1, someContext({ dryRun: true }))).toMatchObject({ version: 1 });
    expect(await inLog()).toEqual([]);
  });

  it('that is refused refuses the command', async () => {
    await expect(run(service.aggregates, 1, 11)).rejects.toMatchObject({ code: 'too-much' });
    expect(await inLog()).toEqual([]);
  });

  it('sees what those before it on its stream claim', async () => {
    const context = someContext();
    const claims = [claimOn('seats', context, count(6)), { ...claimOn('seats', context, count(6)), context: someContext() }];
    await expect(service.aggregates.execute(counter, '1', context, count(1), { claims })).rejects.toMatchObject({ params: { total: 6, by: 6 } });
    expect(await inLog()).toEqual([]);
  });

  it('that another process overtakes is decided again with the command, on the state of the winner', async () => {
    const rivals = [5];
    const racing = service.process({
      failpoint: async (name) => {
        const by = name === 'before-append' && rivals.pop();
        if (by) await service.process().execute(counter, 'seats', someContext(), count(by));
      },
    });
    expect(await run(racing, 1, 4)).toMatchObject({ version: 1 });
    expect([await total('seats'), await total()]).toEqual([9, 1]);
    rivals.push(1);
    await expect(run(racing, 1, 1)).rejects.toMatchObject({ code: 'too-much', params: { total: 10 } });
    expect(await total()).toBe(1);
  });

  it('stays where the decision is overtaken, and is not made twice', async () => {
    let lost = false;
    const racing = service.process({
      failpoint: async (name) => {
        if (name !== 'before-append' || lost) return;
        lost = true;
        await service.process().execute(counter, '1', someContext(), count(1));
      },
    });
    expect(await run(racing, 1, 4)).toMatchObject({ version: 2 });
    expect(await inLog()).toEqual(['counter-1@0', 'counter-seats@0', 'counter-1@1']);
  });

  it('that was made before a crash is found by the repeated command', async () => {
    const context = someContext();
    const { store } = service;
    const cut = Object.assign(Object.create(store) as typeof store, { append: (first: NewCommit) => store.append(first).then(() => Promise.reject(new Unavailable('the event store'))) });
    const crashing = new Aggregates(cut, service.registry, { ...service.tools, vault: mirrorVault, failpoint: () => undefined, cacheBytes: 1_000 });
    await expect(run(crashing, 1, 4, context)).rejects.toThrow(Unavailable);
    expect(await inLog()).toEqual(['counter-seats@0']);
    expect(await run(service.process(), 1, 4, context)).toMatchObject({ version: 1 });
    expect(await run(service.process(), 1, 4, context)).toMatchObject({ version: 1 });
    expect(await inLog()).toEqual(['counter-seats@0', 'counter-1@0']);
  });

  it('that has nothing to do is looked at again where another process has moved its stream', async () => {
    const filled = (context: CommandContext) => [claimOn('seats', context, ({ total: now }) => (now === 10 ? [] : [counted(10 - now)]))];
    const fill = (context = someContext()) => service.aggregates.execute(counter, '1', context, count(1), { claims: filled(context) });
    await fill();
    await fill();
    expect(await inLog()).toEqual(['counter-seats@0', 'counter-1@0', 'counter-1@1']);
    await service.process().execute(counter, 'seats', someContext(), () => [counted(-5)]);
    await fill();
    expect(await total('seats')).toBe(10);
  });

  it('of two commands on each other’s streams makes neither wait for the other for ever', async () => {
    const crossed = ['a', 'b'].flatMap((id) => [1, 2, 3].map((by) => {
      const context = someContext();
      return service.aggregates.execute(counter, id, context, count(by % 2), { claims: [claimOn(id === 'a' ? 'b' : 'a', context, count(1))] });
    }));
    await Promise.all(crossed);
    expect([await total('a'), await total('b')]).toEqual([4, 4]);
  });
});

describe('the cache of states', () => {
  it('holds no more than it may, and answers the same without', async () => {
    for (const cacheBytes of [0, 500]) {
      const small = service.process({ cacheBytes });
      for (const id of ['1', '2', '1', '2']) await small.execute(counter, id, someContext(), count(2));
    }
    expect([await total('1'), await total('2')]).toEqual([8, 8]);
  });

  it('answers nobody with what another process has overtaken', async () => {
    await service.aggregates.execute(counter, '1', someContext(), count(1));
    await service.process().execute(counter, '1', someContext(), count(1));
    expect((await service.aggregates.load(counter, '1')).state.total).toBe(2);
  });

  it('is not looked for where the version that is known will do', async () => {
    const { version } = await service.aggregates.execute(counter, '1', someContext(), count(1));
    const other = await service.process().execute(counter, '1', someContext(), count(1));
    const totalAt = async (atLeast: number): Promise<number> => (await service.aggregates.load(counter, '1', atLeast)).state.total;
    expect([await totalAt(version), await totalAt(other.version), await totalAt(version)]).toEqual([1, 2, 2]);
  });

  it('is nothing, for which the log is not asked, where the id is new; one that is not so new after all is told by the append', async () => {
    const { store } = service;
    let asked = 0;
    const asking = Object.assign(Object.create(store) as typeof store, { load: (...of: Parameters<typeof store.load>) => (asked++, store.load(...of)) });
    const here = new Aggregates(asking, service.registry, { ...service.tools, vault: mirrorVault, failpoint: () => undefined, cacheBytes: 1_000 });
    expect(await here.look(counter, '1', true)).toMatchObject({ state: counter.initial, version: 0 });
    await here.execute(counter, '1', someContext(), count(1));
    expect(asked).toBe(0);
    await service.process().execute(counter, '2', someContext(), count(1));
    await here.look(counter, '2', true);
    expect([await here.execute(counter, '2', someContext(), count(1)), asked]).toEqual([expect.objectContaining({ version: 2 }), 1]);
  });
});

describe('an event of an older schema version', () => {
  it('is upcast before it is folded', async () => {
    const contract = defineContract<DomainEvent<'test.thing.moved', { place: string }>>({
      service: 'test',
      name: 'thing',
      streamPrefix: 'thing',
      events: { 'test.thing.moved': { version: 2, upcast: upcastFrom<{ to: string }>().to((old) => ({ place: old.to })) } },
    });
    const thing = decider<string | null, DomainEvent<'test.thing.moved', { place: string }>>({ contract, initial: null, evolve: (_place, fact) => fact.data.place });
    const other = testService([contract as AggregateContract<never>]);
    await other.store.append(someCommit('thing-1', 0, { events: [someEvent({ to: 'Lyon' }, 'test.thing.moved')] }));
    expect((await other.aggregates.load(thing, '1')).state).toBe('Lyon');
    other.close();
  });
});

describe('an event of a schema version from the future', () => {
  const fromTheFuture = () => someCommit('counter-1', 1, { events: [{ ...someEvent({ amount: 7 }), schemaVersion: 2 }] });

  it('makes its stream refuse commands, by name and version, and no other stream', async () => {
    await service.aggregates.execute(counter, '1', someContext(), count(1));
    await service.store.append(fromTheFuture());
    const older = service.process();
    const refusal = older.execute(counter, '1', someContext(), count(1));
    await expect(refusal).rejects.toThrow(UnknownEventVersion);
    await expect(refusal).rejects.toThrow('test.counter.counted version 2 is not known to this process');
    expect(await older.execute(counter, '2', someContext(), count(1))).toMatchObject({ version: 1 });
    expect(await service.store.head('counter-1')).toBe(2);
  });

  it('is noticed by a process that holds the state from before', async () => {
    await service.aggregates.execute(counter, '1', someContext(), count(1));
    await service.store.append(fromTheFuture());
    for (const by of [1, 0, 99]) await expect(service.aggregates.execute(counter, '1', someContext(), count(by))).rejects.toThrow(UnknownEventVersion);
    expect(await service.store.head('counter-1')).toBe(2);
  });

  it('does not change what a command was answered before', async () => {
    const context = someContext();
    const first = await service.aggregates.execute(counter, '1', context, count(1));
    await service.store.append(fromTheFuture());
    expect(await service.process().execute(counter, '1', context, count(1))).toEqual(first);
  });
});
