import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { decider, type DomainEvent, type StreamWrite, WrongExpectedVersion } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands, type Seen } from './commands.js';
import { ScopedQuery } from './queries.js';
import { ROUTE_COMMAND, ROUTE_ROLES } from './routes.js';
import { queryCase, type UseCase, useCase, useCases } from './use-case.js';

type Counted = DomainEvent<'test.counter.counted', { by: number }>;
const counter = decider<number, Counted>({
  contract: { service: 'test', name: 'counter', streamPrefix: 'counter', events: { 'test.counter.counted': { version: 1 } } },
  initial: 0,
  evolve: (state, fact) => state + fact.data.by,
});

class Count extends AggregateCommand {
  by!: number;
}
class GetCount extends ScopedQuery<number> {}
class Steps {
  readonly taken: string[] = [];
}

const count = useCase(Count, {
  route: ['counters', 'counters/:id/count'],
  roles: ['director'],
  on: counter,
  makes: true,
  needs: [Steps],
  permit: async (_command, state, [steps]) => void steps.taken.push(`permit at ${state}`),
  prepare: async ({ by }, _state, [steps]) => {
    steps.taken.push('prepare');
    return by * 10;
  },
  decide: (_state, _command, by, [steps]) => {
    steps.taken.push('decide');
    return [{ type: 'test.counter.counted', data: { by } }];
  },
  follow: (_command, state, [steps]) => {
    steps.taken.push(`follow at ${state}`);
    return [];
  },
  after: async (_command, state, [steps]) => void steps.taken.push(`after at ${state}`),
});
/** What a definition only needs to be one. */
const COUNTING = { route: 'counters/:id/count', roles: ['director'], on: counter, makes: true } as const;
const getCount = queryCase<number, GetCount>(GetCount, { route: 'counters/:id', roles: ['auditor'], answer: async () => 7 });

/** The target as the edge saw it. */
const BEGINNING = { target: { state: 0, version: 0, partitionKey: null }, beside: null };

/** Commands over a counter in memory; `repeated`: the command id is known. */
const commandsOn = (repeated: boolean, loads: (number | undefined)[] = []) => {
  let state = 0;
  return {
    load: (_on: unknown, _id: string, atLeast?: number) => {
      loads.push(atLeast);
      return Promise.resolve({ state });
    },
    unlessRepeated: (_command: unknown, work: () => Promise<void>) => (repeated ? Promise.resolve() : work()),
    // oxlint-disable-next-line max-params -- of the shape of what it stands for
    create: async (_on: unknown, _command: unknown, decide: (from: number) => Counted[], follow?: (left: number) => unknown) => {
      if (!repeated) for (const { data } of decide(state)) state += data.by;
      follow?.(state);
      return { id: 'c', version: 1, events: [] };
    },
  } as unknown as Commands;
};

/** Counts two, as the edge hands it over. */
const handOver = ({ handler }: UseCase, commands: Commands, needed: readonly object[] = [], seen: Seen = BEGINNING): Promise<unknown> =>
  new (handler as new (...injected: object[]) => { execute(command: Count): Promise<unknown> })(commands, ...needed).execute(Object.assign(new Count(), { by: 2, seen }));

const execute = async (repeated: boolean, loads?: (number | undefined)[]): Promise<readonly string[]> => {
  const steps = new Steps();
  await handOver(count, commandsOn(repeated, loads), [steps]);
  return steps.taken;
};

describe('a use case', () => {
  it('is permitted, prepared, decided and followed up, in this order', async () => expect(await execute(false)).toEqual(['permit at 0', 'prepare', 'decide', 'follow at 20', 'after at 20']));
  it('that is repeated is permitted and followed up, and prepares and decides nothing', async () => expect(await execute(true)).toEqual(['permit at 0', 'follow at 0', 'after at 0']));

  it('claims while it is prepared, anew each time, and then no more', async () => {
    const claimed: (number | null | undefined)[] = [];
    let attempts = 0;
    const claiming = useCase(Count, {
      ...COUNTING,
      prepare: async ({ claims }) => void claimed.push(claims!.push({} as StreamWrite)),
      decide: (_state, { claims }) => {
        claimed.push(claims?.length);
        if (++attempts === 1) throw new WrongExpectedVersion('counter-c', 0);
        return [];
      },
      after: async ({ claims }) => void claimed.push(claims?.length),
    });
    await handOver(claiming, commandsOn(false));
    expect(claimed).toEqual([1, 1, 1, 1, undefined]);
  });

  it('takes its target as the edge saw it, and looks again only afterwards where it was repeated', async () => {
    const loads = { first: [] as (number | undefined)[], repeated: [] as (number | undefined)[] };
    await execute(false, loads.first);
    await execute(true, loads.repeated);
    expect(loads).toEqual({ first: [1], repeated: [undefined] });
  });

  it('is permitted on what it is judged by beside, as the edge saw it', async () => {
    const seen: unknown[] = [];
    const counting = useCase(Count, { ...COUNTING, beside: () => [counter, 'other'], permit: async (_command, state, _needs, beside) => seen.push(state, beside), decide: () => [] });
    await handOver(counting, commandsOn(false), [], { ...BEGINNING, beside: { ...BEGINNING.target, state: 7 } });
    expect(seen).toEqual([0, 7]);
  });

  it('is prepared again when what was prepared does not hold any more, and given up after the third time', async () => {
    const moving = (times: number) => {
      const steps: string[] = [];
      const counting = useCase(Count, {
        ...COUNTING,
        permit: async () => 'as it was permitted',
        prepare: async (_command, _state, _needs, permitted) => steps.push(permitted ?? 'on a fresh look'),
        decide: (_state, _command, prepared) => {
          if (prepared <= times) throw new WrongExpectedVersion('counter-c', prepared);
          return [{ type: 'test.counter.counted', data: { by: prepared } }];
        },
      });
      const done = handOver(counting, commandsOn(false));
      return { steps, done };
    };
    const twice = moving(2);
    await twice.done;
    expect(twice.steps).toEqual(['as it was permitted', 'on a fresh look', 'on a fresh look']);
    const always = moving(9);
    await expect(always.done).rejects.toThrow(WrongExpectedVersion);
    expect(always.steps).toHaveLength(3);
  });

  it('has a route for each way to tell it, found on a controller like any other', () => {
    const { controllers, providers } = useCases('test', count, getCount);
    expect(controllers.map(({ name }) => name)).toEqual(['CountersController']);
    expect(providers.map(({ name }) => name)).toEqual(['CountHandler', 'GetCountHandler']);
    const prototype = controllers[0]!.prototype as Record<string, object>;
    const routes = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
    const said = (key: string) => routes.map((name) => Reflect.getMetadata(key, prototype[name]!) as unknown);
    expect(Reflect.getMetadata(PATH_METADATA, controllers[0]!)).toBe('api/test/counters');
    expect(routes).toEqual(['createCount', 'count', 'getCount']);
    expect(said(PATH_METADATA)).toEqual(['/', ':id/count', ':id']);
    expect(said(METHOD_METADATA)).toEqual([1, 1, 0]);
    expect(said(ROUTE_COMMAND)).toEqual([{ name: null }, { name: 'count' }, undefined]);
    expect(said(ROUTE_ROLES)).toEqual([['director'], ['director'], ['auditor']]);
  });

  it('is not there twice', () => expect(() => useCases('test', count, count)).toThrow('two routes'));
});
