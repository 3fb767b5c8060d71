import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, type CommandSender, policy, PolicyRunner, Unavailable } from '@keyfold/event-sourcing';
import { counted, counter, counterContract, type CounterEvent, eventually, someCommit, someContext, someEvent } from '@keyfold/event-sourcing/testing';
import { EmbeddedProjectionStore } from '../embedded-projection-store.js';
import { incoming, live, testService, type TestService } from '../../test/service.js';

/** When a counter is counted by more than 0, another one counts the same. */
const echoCounts = policy<CounterEvent>({
  name: 'echo-counts',
  follows: [counterContract as AggregateContract<never>],
  react: (event, derive) => {
    if (event.type !== 'test.counter.counted' || !event.streamId.startsWith('counter-source')) return [];
    const { by } = event.data;
    if (by === 13) throw new RangeError('unlucky');
    return [{ name: 'counters/count', id: by === 7 ? derive('own') : 'echo', body: { by } }];
  },
});

let service: TestService;
beforeEach(() => {
  service = testService();
});
afterEach(() => service.close());

const runner = (sender: CommandSender = service.sender) => new PolicyRunner(echoCounts, service.projections(), { ...service.tools, sender });
const add = (id: string, ...by: number[]) => service.aggregates.execute(counter, id, someContext({ correlationId: 'story' }), () => by.map((n) => counted(n)));
const log = () => service.store.feed(0, 100);
const apply = async (to = runner(), from = 0) => to.apply('test.events.v1/0', incoming(service, (await log()).slice(from)));
const total = async (id = 'echo') => (await service.process().load(counter, id)).state.total;
const marks = async (id: string, of = runner()) => (await service.projections().marks(of.projection, [`counter-${id}`])).get(`counter-${id}`);

/** Read models of a process with nothing on its disk. */
const withoutMarks = () => new EmbeddedProjectionStore({ clock: service.clock, database: null });

/** A sender that fails as long as it is told to. */
function failing(error: Error, after: 'before' | 'after' = 'before') {
  const broken = { is: true, calls: 0 };
  const sender: CommandSender = {
    send: async (command) => {
      broken.calls += 1;
      if (broken.is && after === 'before') throw error;
      const result = await service.sender.send(command);
      if (broken.is) throw error;
      return result;
    },
  };
  return { broken, sender };
}

/** Keys in hand at the same time. */
const LANES = 8;

/** A sender that answers each command when it is told to. */
function held() {
  const begun: number[] = [];
  const gates = new Map<number, PromiseWithResolvers<void>>();
  const sender: CommandSender = {
    send: async ({ id, body }) => {
      const { by } = body as { by: number };
      const gate = Promise.withResolvers<void>();
      gates.set(by, gate);
      begun.push(by);
      await gate.promise;
      return { id, version: 1, events: ['test.counter.counted'] };
    },
  };
  return { sender, begun, answer: (by: number) => gates.get(by)!.resolve() };
}

/** A sender that has an outage for one amount, as long as it is told to. */
function outageAt(by: number, other = service.sender) {
  const broken = { is: true };
  const sent: number[] = [];
  const sender: CommandSender = {
    send: (command) => {
      const amount = (command.body as { by: number }).by;
      sent.push(amount);
      return broken.is && amount === by ? Promise.reject(new Unavailable('the network')) : other.send(command);
    },
  };
  return { sender, sent, broken };
}

describe('a policy', () => {
  it('sends the command that an event calls for, with its causes', async () => {
    await add('source', 3);
    await apply();
    const [commit] = await service.store.load('counter-echo');
    expect(commit).toMatchObject({ correlationId: 'story', causationId: (await log())[0]!.events[0]!.eventId });
    expect(await total()).toBe(3);
  });

  it('has its effect once, however often the event comes, also to a process that knows nothing of it', async () => {
    await add('source', 3, 2);
    await apply();
    await apply();
    await apply(new PolicyRunner(echoCounts, withoutMarks(), { ...service.tools, sender: service.sender }));
    expect(await total()).toBe(5);
    expect(await service.store.head('counter-echo')).toBe(2);
  });

  it('gives what it makes the same id for the same event', async () => {
    await add('source', 7);
    await apply();
    await apply(new PolicyRunner(echoCounts, withoutMarks(), { ...service.tools, sender: service.sender }));
    const id = service.tools.ids.derive((await log())[0]!.events[0]!.eventId, 'echo-counts', 'own');
    expect(await total(id)).toBe(7);
    expect(await service.store.lastPosition()).toBe(2);
  });

  it('that crashes between the command and its mark sends the same command again', async () => {
    await add('source', 3);
    service.marks.exec(`CREATE TRIGGER crash BEFORE INSERT ON marks BEGIN SELECT RAISE(FAIL, 'crash'); END`);
    await expect(apply()).rejects.toThrow('crash');
    expect(await marks('source')).toBeUndefined();
    service.marks.exec('DROP TRIGGER crash');
    await apply();
    expect(await total()).toBe(3);
    expect(await marks('source')).toEqual({ accepted: 1, applied: 1 });
  });

  it('whose answer was lost finds its command done', async () => {
    await add('source', 3);
    const { sender, broken } = failing(new Unavailable('the network'), 'after');
    await expect(apply(runner(sender))).rejects.toThrow(Unavailable);
    broken.is = false;
    await apply(runner(sender));
    expect(await total()).toBe(3);
  });

  it('takes a refusal for an answer and goes on', async () => {
    await add('source', 8);
    await add('source', 9);
    await add('source', 2);
    await apply();
    expect(await total()).toBe(10);
    expect(service.log.entries).toContainEqual(expect.objectContaining({ level: 'info', fields: expect.objectContaining({ policy: 'echo-counts' }) }));
    expect(await marks('source')).toEqual({ accepted: 3, applied: 3 });
  });

  it('waits out an outage: nothing is parked, what was done before it is not done again', async () => {
    await add('source', 1);
    await add('source', 2);
    const { sender, broken } = failing(new Unavailable('the network'));
    broken.is = false;
    await apply(runner(sender));
    broken.is = true;
    await add('source', 4);
    const from = (await log()).length - 1;
    await expect(apply(runner(sender), from)).rejects.toThrow(Unavailable);
    expect(await marks('source')).toEqual({ accepted: 2, applied: 2 });
    broken.is = false;
    await apply(runner(sender));
    expect(await total()).toBe(7);
    expect(broken.calls).toBe(4);
  });

  it('parks an event that it cannot deal with, and what comes behind it in the stream, while others flow', async () => {
    await add('source-1', 1, 13, 2);
    await add('source-2', 4);
    await apply();
    expect(await total()).toBe(5);
    expect(await marks('source-1')).toEqual({ accepted: 3, applied: 1 });
    await add('source-1', 3);
    await apply();
    expect(await total()).toBe(5);
    const letters = await service.projections().deadLetters(runner().projection, { limit: 10 });
    expect(letters.map(({ version, cause }) => [version, cause])).toEqual([
      [2, 'RangeError: unlucky'],
      [3, 'queued behind a dead letter'],
      [4, 'queued behind a dead letter'],
    ]);
  });

  it('moves its marks over event types that it does not know', async () => {
    await service.store.append(someCommit('counter-source', 0, { events: [someEvent({}, 'test.counter.invented-later'), someEvent({ by: 2 })] }));
    await apply();
    expect(await total()).toBe(2);
    expect(await marks('source')).toEqual({ accepted: 2, applied: 2 });
  });

  it('parks an event of a schema version from the future, and one whose command meets such a stream', async () => {
    const newer = { ...someEvent({ amount: 3 }), schemaVersion: 2 };
    await service.store.append(someCommit('counter-source-1', 0, { events: [newer] }));
    await add('source-2', 4);
    await service.store.append(someCommit('counter-echo', 0, { events: [newer] }));
    await apply();
    const letters = await service.projections().deadLetters(runner().projection, { limit: 10 });
    const cause = 'UnknownEventVersion: test.counter.counted version 2 is not known to this process';
    expect(letters.map(({ streamId, cause: why }) => [streamId, why])).toEqual(['echo', 'source-1', 'source-2'].map((id) => [`counter-${id}`, cause]));
    expect(await service.store.head('counter-echo')).toBe(1);
  });

  describe('on a batch with which it does nothing', () => {
    /** A runner, and how often it has looked at marks. */
    const looking = () => {
      const store = service.projections();
      const looks = { count: 0 };
      const counting = new Proxy(store, {
        get: (target, name) => {
          if (name === 'marks') looks.count += 1;
          const member = Reflect.get(target, name) as unknown;
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
      return { runner: new PolicyRunner(echoCounts, counting, { ...service.tools, sender: service.sender }), looks };
    };

    it('moves its marks without a look at them', async () => {
      const { runner: quiet, looks } = looking();
      await add('other', 1, 2);
      await apply(quiet);
      await apply(quiet);
      expect([looks.count, await marks('other')]).toEqual([0, { accepted: 2, applied: 2 }]);
    });

    it('looks at them where versions are missing, and has those from the feed', async () => {
      const { runner: quiet, looks } = looking();
      for (const by of [1, 2, 3]) await add('other', by);
      await apply(quiet, 2);
      expect([looks.count, await marks('other')]).toEqual([1, { accepted: 3, applied: 3 }]);
      expect(service.log.entries).toContainEqual(expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ streamId: 'counter-other' }) }));
    });

    it('queues behind a dead letter all the same', async () => {
      await add('source', 13);
      await apply();
      await service.store.append(someCommit('counter-source', 1, { events: [someEvent({}, 'test.counter.invented-later')] }));
      await apply();
      expect(await marks('source')).toEqual({ accepted: 2, applied: 0 });
      expect(await service.projections().deadLetters(runner().projection, { limit: 10 })).toHaveLength(2);
    });
  });

  it('does not move its marks back when another member was faster', async () => {
    for (const by of [1, 2, 3]) await add('source', by);
    const commits = await log();
    const slow = service.projections();
    const overtaken: CommandSender = {
      send: async (command) => {
        await apply(new PolicyRunner(echoCounts, slow, { ...service.tools, sender: service.sender }));
        return service.sender.send(command);
      },
    };
    const held = new PolicyRunner(echoCounts, slow, { ...service.tools, sender: overtaken });
    await held.apply('test.events.v1/0', incoming(service, commits.slice(0, 1)));
    expect((await slow.marks(held.projection, ['counter-source'])).get('counter-source')).toEqual({ accepted: 3, applied: 3 });
    expect(await total()).toBe(6);
  });

  it('reacts to events of several keys at once, and to those of one in their order', async () => {
    const { sender, begun, answer } = held();
    await add('source-a', 1);
    await add('source-b', 2);
    await add('source-a', 3);
    await add('source-c', 4);
    const applied = apply(runner(sender));
    await eventually(async () => expect(begun).toEqual([1, 2, 4]));
    answer(1);
    await eventually(async () => expect(begun).toEqual([1, 2, 4, 3]));
    for (const by of [2, 3, 4]) answer(by);
    await applied;
    expect([await marks('source-a'), await marks('source-c')]).toEqual([
      { accepted: 2, applied: 2 },
      { accepted: 1, applied: 1 },
    ]);
  });

  it('sends the commands of one event for different ids at once, and those for one id in their order', async () => {
    const { sender, begun, answer } = held();
    const shares = policy<CounterEvent>({
      name: 'shares',
      follows: [counterContract as AggregateContract<never>],
      react: () => ['a', 'b', 'a'].map((id, i) => ({ name: 'counters/count', id, body: { by: i + 1 } })),
    });
    await add('source', 9);
    const applied = apply(new PolicyRunner(shares, service.projections(), { ...service.tools, sender }));
    await eventually(() => expect(begun).toEqual([1, 2]));
    answer(2);
    answer(1);
    await eventually(() => expect(begun).toEqual([1, 2, 3]));
    answer(3);
    await applied;
  });

  it('reacts to events of one key one after the other, whichever streams they are of', async () => {
    const { sender, begun, answer } = held();
    await service.store.append(someCommit('counter-source-a', 0, { partitionKey: 'acme', events: [someEvent({ by: 1 })] }));
    await service.store.append(someCommit('counter-source-b', 0, { partitionKey: 'acme', events: [someEvent({ by: 2 })] }));
    const applied = apply(runner(sender));
    await eventually(async () => expect(begun).toEqual([1]));
    answer(1);
    await eventually(async () => expect(begun).toEqual([1, 2]));
    answer(2);
    await applied;
  });

  it('that asks for it reacts to one event after the other, whatever their keys', async () => {
    const { sender, begun, answer } = held();
    await add('source-a', 1);
    await add('source-b', 2);
    const applied = apply(new PolicyRunner({ ...echoCounts, oneAtATime: true }, service.projections(), { ...service.tools, sender }));
    await eventually(async () => expect(begun).toEqual([1]));
    answer(1);
    await eventually(async () => expect(begun).toEqual([1, 2]));
    answer(2);
    await applied;
  });

  it('has a bounded number of keys in hand', async () => {
    const { sender, begun, answer } = held();
    const all = Array.from({ length: 20 }, (_, i) => 100 + i);
    for (const by of all) await add(`source-${by}`, by);
    const applied = apply(runner(sender));
    for (const [done, by] of all.entries()) {
      await eventually(async () => expect(begun).toEqual(all.slice(0, done + LANES)));
      answer(by);
    }
    await applied;
    expect(await marks('source-119')).toEqual({ accepted: 1, applied: 1 });
  });

  it('of which one key meets an outage goes on with the others, settles what it dealt with, and has the rest again', async () => {
    await add('source-a', 1, 2, 3);
    for (let i = 0; i < 10; i++) await add(`source-${i}`, 0);
    const { sender, sent, broken } = outageAt(2);
    await expect(apply(runner(sender))).rejects.toThrow(Unavailable);
    expect(sent).toEqual([1, ...Array.from({ length: 7 }, () => 0), 2, 0, 0, 0]);
    expect([await marks('source-a'), await marks('source-9')]).toEqual([
      { accepted: 1, applied: 1 },
      { accepted: 1, applied: 1 },
    ]);
    broken.is = false;
    sent.length = 0;
    await apply(runner(sender));
    expect(sent).toEqual([2, 3]);
    expect(await marks('source-a')).toEqual({ accepted: 3, applied: 3 });
  });

  it('settles nothing before all that went out is answered', async () => {
    const { sender, begun, answer } = held();
    await add('source-a', 2);
    await add('source-b', 4);
    const { sender: failing } = outageAt(2, sender);
    let ended = false;
    const applied = apply(runner(failing)).finally(() => (ended = true));
    applied.catch(() => undefined);
    await eventually(async () => expect(begun).toEqual([4]));
    expect(await marks('source-b')).toBeUndefined();
    expect(ended).toBe(false);
    answer(4);
    await expect(applied).rejects.toThrow(Unavailable);
    expect([await marks('source-a'), await marks('source-b')]).toEqual([undefined, { accepted: 1, applied: 1 }]);
  });

  it('runs over the topic as well', async () => {
    const store = service.projections();
    const own = new PolicyRunner(echoCounts, store, { ...service.tools, sender: service.sender });
    await live(service, [own], async () => {
      await add('source', 1);
      await add('source', 2);
      await eventually(async () => expect(await total()).toBe(3));
    });
    expect(await service.store.lastPosition()).toBe(4);
  });
});
