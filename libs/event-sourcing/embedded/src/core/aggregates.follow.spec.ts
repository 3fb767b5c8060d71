import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Aggregates, type CommandContext, DomainError, type NewCommit, type StreamWrite, Unavailable } from '@keyfold/event-sourcing';
import { count, counted, type Counter, counter, type CounterEvent, someContext } from '@keyfold/event-sourcing/testing';
import { mirrorVault, testService, type TestService } from '../../test/service.js';

let service: TestService;
beforeEach(() => {
  service = testService();
});
afterEach(() => service.close());

type Decide = (state: Counter) => readonly CounterEvent[];

const total = async (id: string): Promise<number> => (await service.process().load(counter, id)).state.total;
const inLog = async (): Promise<string[]> => (await service.store.feed(0, 100)).map(({ streamId, expectedVersion }) => `${streamId}@${expectedVersion}`);

const writeOn = (id: string, context: CommandContext, step: string, decide: Decide): StreamWrite =>
  ({ decider: counter, id, context: { ...context, commandId: `${context.commandId} ${step} ${id}`, commandHash: step }, decide }) as unknown as StreamWrite;

/** Takes a ticket on `tickets` where one is asked for, counts on `1`, and brings `board` up to the total of `1`. */
const run = (aggregates: Aggregates, by: number, context = someContext(), { tickets = 0, on = 'board' }: { tickets?: number; on?: string } = {}) =>
  aggregates.execute(counter, '1', context, count(by), {
    claims: tickets === 0 ? [] : [writeOn('tickets', context, 'claim', count(tickets))],
    follow: ({ total: left }) => [writeOn(on, context, 'follow', (board) => (board.total < left ? [counted(left - board.total)] : []))],
  });

/** A process whose next appends are overtaken on a stream by another one. */
const overtakenOn = (id: string, rivals: number[]): Aggregates =>
  service.process({
    failpoint: async (name) => {
      const by = name === 'before-append' && rivals.pop();
      if (by) await service.process().execute(counter, id, someContext(), count(by));
    },
  });

describe('what follows a command', () => {
  it('is decided on the state that the command left, and written behind it in the same write', async () => {
    const writes: number[] = [];
    const { store } = service;
    const watched = Object.assign(Object.create(store) as typeof store, { append: (...commits: NewCommit[]) => (writes.push(commits.length), store.append(...commits)) });
    const aggregates = new Aggregates(watched, service.registry, { ...service.tools, vault: mirrorVault, failpoint: () => undefined, cacheBytes: 1_000 });
    expect(await run(aggregates, 2, someContext(), { tickets: 1 })).toEqual({ id: '1', version: 1, events: ['test.counter.counted'] });
    expect(await run(aggregates, 3)).toMatchObject({ version: 2 });
    expect([await inLog(), writes]).toEqual([['counter-tickets@0', 'counter-1@0', 'counter-board@0', 'counter-1@1', 'counter-board@1'], [3, 2]]);
    expect(await total('board')).toBe(5);
  });

  it('sees on the stream of a claim what was claimed', async () => {
    await run(service.aggregates, 3, someContext(), { tickets: 1, on: 'tickets' });
    expect([await inLog(), await total('tickets')]).toEqual([['counter-tickets@0', 'counter-1@0', 'counter-tickets@1'], 3]);
  });

  it('that another process overtakes is decided again by itself, and the command stands', async () => {
    const context = someContext();
    expect(await run(overtakenOn('board', [1]), 4, context)).toMatchObject({ version: 1, events: ['test.counter.counted'] });
    expect([await inLog(), await total('board')]).toEqual([['counter-board@0', 'counter-1@0', 'counter-board@1'], 4]);
    expect(await run(service.process(), 4, context)).toMatchObject({ version: 1 });
    expect(await inLog()).toHaveLength(3);
  });

  it('waits for the command that is overtaken, and is decided on what that leaves', async () => {
    expect(await run(overtakenOn('1', [5]), 2)).toMatchObject({ version: 2 });
    expect([await inLog(), await total('board')]).toEqual([['counter-1@0', 'counter-1@1', 'counter-board@0'], 7]);
  });

  it('is looked at anew where it has nothing to write on what is cached', async () => {
    const aggregates = service.process();
    await run(aggregates, 2);
    await aggregates.execute(counter, 'board', someContext(), count(3));
    await service.process().execute(counter, 'board', someContext(), () => [counted(-4)]);
    await run(aggregates, 1);
    expect(await total('board')).toBe(3);
  });

  it('is done where a crash came before it and the command is repeated, and is not done twice', async () => {
    const { store } = service;
    const context = someContext();
    const cut = Object.assign(Object.create(store) as typeof store, { append: (first: NewCommit) => store.append(first).then(() => Promise.reject(new Unavailable('the event store'))) });
    const crashing = new Aggregates(cut, service.registry, { ...service.tools, vault: mirrorVault, failpoint: () => undefined, cacheBytes: 1_000 });
    await expect(run(crashing, 2, context)).rejects.toThrow(Unavailable);
    expect(await inLog()).toEqual(['counter-1@0']);
    for (let times = 0; times < 2; times++) expect(await run(service.process(), 2, context)).toMatchObject({ version: 1, events: ['test.counter.counted'] });
    expect(await inLog()).toEqual(['counter-1@0', 'counter-board@0']);
  });

  it('is made good by a command that has nothing to do, and left by one that only asks or is refused', async () => {
    await service.aggregates.execute(counter, '1', someContext(), count(2));
    await run(service.aggregates, 1, someContext({ dryRun: true }));
    await expect(run(service.aggregates, 11)).rejects.toThrow(DomainError);
    expect(await total('board')).toBe(0);
    expect(await run(service.aggregates, 0)).toMatchObject({ version: 1, events: [] });
    expect(await total('board')).toBe(2);
  });

  it('that is refused is refused behind the command', async () => {
    const context = someContext();
    const refusing = () =>
      service.aggregates.execute(counter, '1', context, count(1), { follow: () => [writeOn('board', context, 'follow', count(11))] });
    await expect(refusing()).rejects.toMatchObject({ code: 'too-much' });
    expect([await total('1'), await total('board')]).toEqual([1, 0]);
  });

  it('that loses every race is not available, as the command itself stands', async () => {
    const rivals = Array.from({ length: 13 }, (_, i) => (i % 2 === 0 ? -1 : 1)); // one for the write of both, and three times four
    await expect(run(overtakenOn('board', rivals), 8)).rejects.toThrow(Unavailable);
    expect([rivals, await total('1'), await total('board')]).toEqual([[], 8, -1]);
  });

  it('of many commands at once in one process loses no race: whoever cannot have the turn on its stream waits for it behind his own write', async () => {
    const lost: unknown[] = [];
    const { store } = service;
    const watched = Object.assign(Object.create(store) as typeof store, {
      append: (...commits: NewCommit[]) => store.append(...commits).catch((error: unknown) => {
        lost.push(error);
        throw error;
      }),
    });
    const aggregates = new Aggregates(watched, service.registry, { ...service.tools, vault: mirrorVault, failpoint: () => undefined, cacheBytes: 100_000 });
    await Promise.all(Array.from({ length: 9 }, (_, i) => {
      const context = someContext();
      return aggregates.execute(counter, String(i), context, count(1), { follow: () => [writeOn('board', context, 'follow', count(1))] });
    }));
    expect([lost, await total('board')]).toEqual([[], 9]);
  });

  it('of many commands at once on one stream is all done', async () => {
    const others = [service.process(), service.process()];
    await Promise.all(Array.from({ length: 9 }, (_, i) => {
      const context = someContext();
      const on = String(i);
      return others[i % 2]!.execute(counter, on, context, count(1), { follow: () => [writeOn('board', context, 'follow', count(1))] });
    }));
    expect(await total('board')).toBe(9);
  });
});
