import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, type CommandSender, idOf, processContract, type ProcessManager, ProcessRunner, replay, Unavailable } from '@keyfold/event-sourcing';
import { counted, counter, counterContract, eventually, someContext } from '@keyfold/event-sourcing/testing';
import { incoming, live, testService, type TestService } from '../../test/service.js';

const contract = processContract('test', 'echoing', 'echoing');
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
  service = testService([counterContract as AggregateContract<never>, contract as AggregateContract<never>]);
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
async function run(process: ProcessRunner<{ inputs: readonly string[] }>, only?: string): Promise<void> {
  for (let before = -1; before !== (await service.store.lastPosition()); ) {
    before = await service.store.lastPosition();
    for (const subscriber of process.subscribers) if (!only || subscriber.name === only) await replay(subscriber, service.tools);
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

  it('runs over the topic as well', async () => {
    const own = started();
    await live(service, own.subscribers, async () => {
      await add('source', 3);
      await eventually(async () => expect(await story()).toHaveLength(2));
    });
    expect(await total('echo')).toBe(3);
  });
});

describe('a timer', () => {
  /** Lets the timers of these runners run, with everything else, until the test is through. */
  async function ticking(runners: readonly ProcessRunner<{ inputs: readonly string[] }>[], work: () => Promise<void>): Promise<void> {
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
});
