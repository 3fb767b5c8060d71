import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, type CommandSender, DeadLetters, idOf, processContract, type ProcessManager, ProcessRunner, type ProjectionStore, replay, Unavailable } from '@keyfold/event-sourcing';
import { counted, counter, counterContract, eventually, someContext, within } from '@keyfold/event-sourcing/testing';
import { EmbeddedProjectionStore } from '../embedded-projection-store.js';
import { incoming, live, testService, type TestService } from '../../test/service.js';

const contract = processContract('test', 'echoing', 'echoing');
const sortingContract = processContract('test', 'sorting', 'sorting');
const alarmContract = processContract('test', 'alarm', 'alarm');
const HOUR = 3_600_000;

/** What is counted on a source is counted on `echo`; a refusal is counted on `sorry`, an hour without an end on `late`. */
const echoing: ProcessManager<{ inputs: readonly string[] }> = {
  name: 'echoing',
  contract,
  follows: [counterContract as AggregateContract],
  instanceOf: (event) => (event.streamId.startsWith('counter-source') ? idOf(counterContract, event.streamId) : null),
  initial: { inputs: [] },
  evolve: (state, input) => ({ inputs: [...state.inputs, input.type] }),
  react: (state, input, now) => {
    const send = (step: string, id: string, by: number) => ({ step, send: { name: 'counters/count', id, body: { by } } });
    if (input.type === 'command-refused') return [send(`sorry-${state.inputs.length}`, 'sorry', 1)];
    if (input.type === 'timer-fired') return [send('late', 'late', 1)];
    return [send(`echo-${state.inputs.length}`, 'echo', (input.data as { by: number }).by), { timer: 'patience', at: new Date(Date.parse(now) + HOUR).toISOString() }];
  },
};

let service: TestService;
beforeEach(() => {
  service = testService([counterContract, contract, sortingContract, alarmContract] as unknown as AggregateContract<never>[]);
});
afterEach(() => service.close());

/** A process that was just started: it knows what is on the disk, and nothing else. */
const started = (sender: CommandSender = service.sender) => {
  const store = service.projections();
  return new ProcessRunner(echoing, { ...service.tools, sender, store, aggregates: service.process() });
};
const add = (id: string, by: number) => service.aggregates.execute(counter, id, someContext({ correlationId: 'story' }), () => [counted(by)]);
const total = async (id: string) => (await service.process().load(counter, id)).state.total;
const story = async (instance = 'source') =>
  (await service.store.load(`echoing-${instance}`)).map((commit) => commit.events.map((event) => event.type.replace('test.echoing.', '')).join(' + '));
/** Delivers the whole log to one member, or to all, until nothing new comes of it. */
async function run<State>(process: ProcessRunner<State>, only?: string): Promise<void> {
  for (let before = -1; before !== (await service.store.lastPosition()); ) {
    before = await service.store.lastPosition();
    await replay('test', process.subscribers.filter(({ name }) => !only || name === only), service.tools);
  }
}

describe('a process', () => {
  it('keeps its input and what it decided in one commit, then sends, then records the answer', async () => {
    await add('source', 3);
    await run(started());
    expect(await story()).toEqual(['received + command-decided + timer-set', 'command-accepted']);
    expect(await total('echo')).toBe(3);
    expect((await service.store.load('counter-echo'))[0]).toMatchObject({ correlationId: 'story' });
  });

  it('takes each input once, however often it comes', async () => {
    await add('source', 3);
    const own = started();
    await run(own);
    await run(own);
    await run(started());
    await own.subscribers[0]!.apply('test.events.v1/0', incoming(service, await service.store.feed(0, 100)));
    expect(await story()).toHaveLength(2);
    expect(await total('echo')).toBe(3);
  });

  it('that crashed between deciding and sending sends after its restart', async () => {
    await add('source', 3);
    await run(started(), 'echoing-inputs');
    expect(await total('echo')).toBe(0);
    await run(started());
    expect(await total('echo')).toBe(3);
    expect(await story()).toEqual(['received + command-decided + timer-set', 'command-accepted']);
  });

  it('that crashed between sending and recording the answer sends the same command and records it once', async () => {
    await add('source', 3);
    const dying: CommandSender = {
      send: async (command) => {
        await service.sender.send(command);
        throw new Unavailable('the process (killed)');
      },
    };
    await expect(run(started(dying))).rejects.toThrow(Unavailable);
    expect(await total('echo')).toBe(3);
    await run(started());
    expect(await total('echo')).toBe(3);
    expect(await story()).toEqual(['received + command-decided + timer-set', 'command-accepted']);
  });

  it('that crashed between recording the answer and its mark records it once', async () => {
    await add('source', 3);
    await run(started(), 'echoing-inputs');
    service.marks.exec(`CREATE TRIGGER crash BEFORE INSERT ON marks WHEN NEW.projection LIKE '%dispatch%' BEGIN SELECT RAISE(FAIL, 'crash'); END`);
    await expect(run(started(), 'echoing-dispatch')).rejects.toThrow('crash');
    service.marks.exec('DROP TRIGGER crash');
    await run(started());
    expect(await story()).toEqual(['received + command-decided + timer-set', 'command-accepted']);
  });

  it('hears of a refusal as of any other input', async () => {
    await add('source', 8);
    await add('source', 5);
    await run(started());
    expect(await total('echo')).toBe(8);
    expect(await total('sorry')).toBe(1);
    expect(await story()).toEqual([
      'received + command-decided + timer-set',
      'received + command-decided + timer-set',
      'command-accepted',
      'command-refused + received + command-decided',
      'command-accepted',
    ]);
  });

  it('is one story per instance', async () => {
    await add('source-1', 2);
    await add('source-2', 3);
    await add('other', 4);
    await run(started());
    expect(await total('echo')).toBe(5);
    expect(await story('source-1')).toHaveLength(2);
    expect(await story('source-2')).toHaveLength(2);
    expect(await story('other')).toEqual([]);
  });

  it('takes what concerns one instance in the order of the batch, whatever the keys', async () => {
    const store = service.projections();
    const one = new ProcessRunner({ ...echoing, instanceOf: () => 'one' }, { ...service.tools, sender: service.sender, store, aggregates: service.process() });
    await add('source-1', 1);
    await add('source-1', 2);
    await add('source-2', 3);
    await one.subscribers[0]!.apply('test.events.v1/0', incoming(service, await service.store.feed(0, 100)));
    expect((await service.store.load('echoing-one')).map(({ events }) => (events[0]!.data as { data: { by: number } }).data.by)).toEqual([1, 2, 3]);
  });

  it('does not wait for the commands of another instance', async () => {
    await add('source-1', 1);
    await add('source-2', 2);
    const begun: number[] = [];
    const all = Promise.withResolvers<void>();
    const sender: CommandSender = {
      send: async (command) => {
        if (begun.push((command.body as { by: number }).by) === 2) all.resolve();
        await within(5_000, all.promise);
        return service.sender.send(command);
      },
    };
    const own = started(sender);
    await run(own, 'echoing-inputs');
    await own.subscribers[1]!.apply('test.events.v1/0', incoming(service, await service.store.feed(0, 100)));
    expect(begun).toEqual([1, 2]);
    expect(await total('echo')).toBe(3);
  });

  it('runs over the topic as well', async () => {
    const own = started();
    await live(service, own.subscribers, async () => {
      await add('source', 3);
      await eventually(async () => expect(await story()).toHaveLength(2));
    });
    expect(await total('echo')).toBe(3);
  });
});

/** Its instances are the groups of what is counted, from whichever stream. Seven is more than it can take, until it is mended; every other number is counted on the group. */
const picky = { mended: false, evolves: false };
const sorting: ProcessManager<readonly number[]> = {
  name: 'sorting',
  contract: sortingContract,
  follows: [counterContract as AggregateContract],
  instanceOf: (event) => (event.streamId.startsWith('counter-source') ? ((event.data as { group?: string }).group ?? null) : null),
  initial: [],
  evolve: (taken, input) => {
    const { by } = input.data as { by: number };
    if (by === 7 && picky.evolves) throw new Error('seven cannot be folded');
    return [...taken, by];
  },
  react: (taken, input) => {
    const { by } = input.data as { by: number };
    if (by === 7 && !picky.mended) throw new Error('seven is too much');
    return [{ step: `count-${taken.length}`, send: { name: 'counters/count', id: `${input.streamId}-${by}`, body: { by: 1 } } }];
  },
};

describe('an instance that cannot go on', () => {
  beforeEach(() => {
    picky.mended = picky.evolves = false;
  });
  const sorter = (store = service.projections()) => new ProcessRunner(sorting, { ...service.tools, sender: service.sender, store, aggregates: service.process() });
  const count = (id: string, by: number, group: string) => service.aggregates.execute(counter, id, someContext(), () => [counted(by, group)]);
  const taken = async (instance: string) =>
    (await service.store.load(`sorting-${instance}`)).flatMap((commit) => commit.events.flatMap(({ type, data }) => (type === 'test.sorting.received' ? [(data as { data: { by: number } }).data.by] : [])));
  const letters = (store: ProjectionStore) => store.deadLetters(sorter().subscribers[1]!.projection, { limit: 100 });

  it('is alone in that: the streams that feed it go on for the others, and nothing of it is overtaken', async () => {
    await count('source-1', 1, 'a');
    await count('source-1', 7, 'a');
    await count('source-1', 2, 'a');
    await count('source-1', 3, 'b');
    await count('source-2', 4, 'a');
    await count('source-2', 5, 'b');
    const store = service.projections();
    await run(sorter(store));
    expect([await taken('a'), await taken('b')]).toEqual([[1], [3, 5]]);
    expect(await Promise.all(['source-1-1', 'source-1-3', 'source-2-5', 'source-1-2', 'source-2-4'].map((id) => total(`counter-${id}`)))).toEqual([1, 1, 1, 0, 0]);
    expect((await letters(store)).map(({ streamId, cause }) => [streamId, cause])).toEqual([
      ['sorting-a', 'Error: seven is too much'],
      ...Array.from({ length: 3 }, () => ['sorting-a', 'queued behind a dead letter']),
    ]);
    expect(service.log.entries.filter(({ level }) => level === 'error')).toContainEqual({ level: 'error', message: 'process: an input was parked', fields: { process: 'sorting', instance: 'a' } });
  });

  it('takes what was parked in the order in which it came, once it can', async () => {
    for (const [id, by] of [['source-1', 7], ['source-2', 4], ['source-1', 2]] as const) {
      await count(id, by, 'a');
      await run(sorter());
    }
    await count('source-2', 5, 'a');
    const store = service.projections();
    await run(sorter(store));
    expect(await taken('a')).toEqual([]);
    expect(await letters(store)).toHaveLength(4);
    picky.mended = true;
    const mended = sorter(store);
    const retry = () => new DeadLetters(store, service.tools).retry(mended.subscribers[1]!, 'sorting-a');
    expect(await retry()).toEqual({ applied: 4, left: 0, cause: null });
    await run(mended);
    expect(await taken('a')).toEqual([7, 4, 2, 5]);
    expect(await Promise.all(['source-1-7', 'source-2-4', 'source-1-2', 'source-2-5'].map((id) => total(`counter-${id}`)))).toEqual([1, 1, 1, 1]);
    expect([await letters(store), (await retry()).applied]).toEqual([[], 0]);
    await run(sorter(new EmbeddedProjectionStore({ clock: service.clock, database: null })));
    expect(await taken('a')).toEqual([7, 4, 2, 5]);
  });

  it('because a newer program cannot fold its story waits for one that can', async () => {
    picky.mended = true;
    await count('source-1', 7, 'a');
    await run(sorter());
    picky.evolves = true;
    await count('source-1', 2, 'a');
    await count('source-1', 3, 'b');
    await run(sorter());
    expect([await taken('a'), await taken('b')]).toEqual([[7], [3]]);
    picky.evolves = false;
    await run(sorter(new EmbeddedProjectionStore({ clock: service.clock, database: null })));
    expect(await taken('a')).toEqual([7, 2]);
  });

  it('because its command cannot be sent holds up its own commands only', async () => {
    const failing: CommandSender = {
      send: (command) => (command.id === 'counter-source-1-1' ? Promise.reject(new TypeError('there is no such command')) : service.sender.send(command)),
    };
    const store = service.projections();
    const own = new ProcessRunner(sorting, { ...service.tools, sender: failing, store, aggregates: service.process() });
    await count('source-1', 1, 'a');
    await count('source-1', 2, 'a');
    await count('source-1', 3, 'b');
    await run(own);
    expect(await Promise.all(['source-1-1', 'source-1-2', 'source-1-3'].map((id) => total(`counter-${id}`)))).toEqual([0, 0, 1]);
    expect(new Set((await letters(store)).map(({ streamId }) => streamId))).toEqual(new Set(['sorting-a']));
  });
});

describe('a timer', () => {
  /** Lets the timers of these runners run, with everything else, until the test is through. */
  async function ticking<State>(runners: readonly ProcessRunner<State>[], work: () => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const timers = runners.map((runner) => runner.runTimers(stop.signal));
    try {
      await live(service, runners[0]!.subscribers, work);
    } finally {
      stop.abort();
      await Promise.all(timers);
    }
  }

  it('fires when it is due, not before, and once, whoever looks', async () => {
    const own = started();
    await ticking([own, own], async () => {
      await add('source', 3);
      await eventually(async () => expect(await story()).toHaveLength(2));
      service.clock.pass(HOUR - 1);
      await add('other', 1);
      await eventually(async () => expect(await story()).toHaveLength(2));
      service.clock.pass(1);
      await eventually(async () => expect(await total('late')).toBe(1));
      await eventually(async () => expect(await story()).toHaveLength(4));
      service.clock.pass(10 * HOUR);
      await add('source', 1);
      await eventually(async () => expect(await total('echo')).toBe(4));
    });
    expect(await total('late')).toBe(1);
  });

  it('that came due while nobody was there fires at the next start', async () => {
    await add('source', 3);
    await run(started());
    service.clock.pass(2 * HOUR);
    const later = started();
    await run(later);
    await ticking([later], () => eventually(async () => expect(await total('late')).toBe(1)));
  });

  /** Sets the alarm for the first hour of the year at each count, whatever the time is; its instances are the streams. Those of `broken` throw while they are asleep. */
  let asleep: boolean;
  const FIRST_HOUR = '2026-01-01T01:00:00.000Z';
  const alarm: ProcessManager<{ rung: number }> = {
    name: 'alarm',
    contract: alarmContract,
    follows: [counterContract as AggregateContract],
    instanceOf: (event) => (event.streamId.startsWith('counter-sleeper') ? idOf(counterContract, event.streamId) : null),
    initial: { rung: 0 },
    evolve: (state, input) => (input.type === 'timer-fired' ? { rung: state.rung + 1 } : state),
    react: (_state, input) => {
      if (asleep && input.streamId.includes('broken')) throw new Error('does not wake');
      return input.type === 'timer-fired' ? [] : [{ timer: 'alarm', at: FIRST_HOUR }];
    },
  };
  const clockmaker = (store: ProjectionStore) => new ProcessRunner(alarm, { ...service.tools, sender: service.sender, store, aggregates: service.process() });
  const rung = async (instance: string) => (await service.store.load(`alarm-${instance}`)).flatMap(({ events }) => events.filter(({ type, data }) => type === 'test.alarm.received' && (data as { type: string }).type === 'timer-fired')).length;
  /** Only the timers: the rows stay as they are. */
  async function poll(process: ProcessRunner<{ rung: number }>, until: () => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const timers = process.runTimers(stop.signal);
    await eventually(until).finally(() => stop.abort());
    await timers;
  }

  it('whose instance throws, or which cannot fire, keeps no other from its turn', async () => {
    const sleepers = Array.from({ length: 120 }, (_, i) => `sleeper-${i < 110 ? 'broken' : 'sound'}-${i}`);
    asleep = false;
    for (const id of sleepers) await add(id, 1);
    const store = service.projections();
    const process = clockmaker(store);
    await run(process);
    asleep = true;
    service.clock.pass(HOUR);
    // The rows do not move meanwhile: the first page is full of timers that have nothing left to do.
    await poll(process, async () => expect(await Promise.all(sleepers.slice(110).map(rung))).toEqual(Array.from({ length: 10 }, () => 1)));
    await run(process);
    expect(await store.view(process.subscribers[2]!.projection).count()).toBe(0);
    expect((await store.deadLetters(process.subscribers[1]!.projection, { limit: 200 })).map(({ cause }) => cause)).toEqual(Array.from({ length: 110 }, () => 'Error: does not wake'));
  });

  it('that is set for the same instant again, because the clock was set back, fires again, and once', async () => {
    const process = clockmaker(service.projections());
    await add('sleeper', 1);
    await run(process);
    service.clock.pass(HOUR);
    await poll(process, async () => expect(await rung('sleeper')).toBe(1));
    service.clock.pass(-HOUR);
    await run(process);
    await add('sleeper', 1);
    await run(process);
    expect(await rung('sleeper')).toBe(1);
    service.clock.pass(HOUR);
    await poll(process, async () => expect(await rung('sleeper')).toBe(2));
    await run(process);
    await add('sleeper-other', 1);
    await run(process);
    await poll(process, async () => expect(await rung('sleeper-other')).toBe(1));
    expect(await rung('sleeper')).toBe(2);
  });

  it('that was set anew behind the back of its row does not fire for the old setting, and does not take the new one away', async () => {
    const process = clockmaker(service.projections());
    await add('sleeper', 1);
    await add('sleeper-before', 1);
    await run(process);
    await add('sleeper', 1);
    await run(process, 'alarm-inputs'); // the row still knows the first setting
    service.clock.pass(HOUR);
    await poll(process, async () => expect(await rung('sleeper-before')).toBe(1)); // on the same page
    expect(await rung('sleeper')).toBe(0);
    await run(process);
    await poll(process, async () => expect(await rung('sleeper')).toBe(1));
  });

  it('that is set by an input that was parked outlives the one that was parked behind it', async () => {
    asleep = false;
    await add('sleeper-broken', 1);
    await run(clockmaker(service.projections()));
    asleep = true;
    await add('sleeper-broken', 1);
    const process = clockmaker(service.projections());
    await run(process);
    service.clock.pass(HOUR);
    await poll(process, async () => expect(await service.store.head('alarm-sleeper-broken')).toBe(4));
    expect(await rung('sleeper-broken')).toBe(0);
    asleep = false;
    const afresh = clockmaker(new EmbeddedProjectionStore({ clock: service.clock, database: null }));
    await run(afresh);
    expect(await rung('sleeper-broken')).toBe(1);
    await poll(afresh, async () => expect(await rung('sleeper-broken')).toBe(2));
  });
});
