import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandBus } from '@nestjs/cqrs';
import { type Aggregates, Forbidden, noMetrics } from '@keyfold/event-sourcing';
import { counter } from '@keyfold/event-sourcing/testing';
import { AggregateCommand, CommandEdge, looksAt, type Scope, type Scopes } from './commands.js';
import { systemIds } from './crypto.js';
import type { Caller } from './edge.js';
import type { Adapters } from './tokens.js';

class Count extends AggregateCommand {
  like?: string;
}
class Reset extends AggregateCommand {}
looksAt(Count, { on: counter, beside: ({ like }) => (like === undefined ? null : [counter, like]) });

const scope = { memberId: 'm' } as Scope;
const target = { state: { total: 3, name: null }, version: 3, partitionKey: null };
const other = { ...target, version: 5 };
let steps: string[];
let left: boolean;

const caller = (id: string | null, idempotencyKey: string | null = null): Caller => ({ principal: { subject: 'u', memberId: 'm', roles: [] }, id, idempotencyKey } as unknown as Caller);

/** Who asks is answered for only after the target is asked for. */
function edge(): CommandEdge {
  const asked = Promise.withResolvers<void>();
  const bus = { execute: async () => steps.push('executed') } as unknown as CommandBus;
  const scopes = {
    of: async () => {
      await asked.promise;
      if (left) throw new Forbidden('member-offboarded');
      return scope;
    },
  } as Scopes;
  const aggregates = {
    look: async (_decider: unknown, id: string, isNew: boolean) => {
      steps.push(`look at ${id.length === 36 ? 'an own id' : id}, ${isNew ? 'new' : 'as it is'}`);
      asked.resolve();
      return target;
    },
    load: async (_decider: unknown, id: string) => {
      steps.push(`load ${id}`);
      return other;
    },
  } as unknown as Aggregates;
  return new CommandEdge(bus, scopes, aggregates, { ids: systemIds, clock: { now: () => new Date(0) }, metrics: noMetrics } as unknown as Adapters);
}

beforeEach(() => {
  steps = [];
  left = false;
});

describe('the edge', () => {
  it('gets the target beside who asks, for a command that looks at it', async () => {
    const command = new Count();
    await edge().run(command, caller('c'));
    expect([steps, command.seen, command.scope]).toEqual([['look at c, as it is', 'executed'], { target, beside: null }, scope]);
  });

  it('gets with it what the command is judged by beside', async () => {
    const command = Object.assign(new Count(), { like: 'd' });
    await edge().run(command, caller('c'));
    expect([steps, command.seen]).toEqual([['look at c, as it is', 'load d', 'executed'], { target, beside: other }]);
  });

  it('takes for new what has an id that was made just now, and that alone', async () => {
    await edge().run(new Count(), caller(null));
    await edge().run(new Count(), caller(null, 'key'));
    expect(steps).toEqual(['look at an own id, new', 'executed', 'look at an own id, as it is', 'executed']);
  });

  it('runs nothing for a member who has left', async () => {
    left = true;
    await expect(edge().run(new Count(), caller('c'))).rejects.toMatchObject({ code: 'member-offboarded' });
    expect(steps).toEqual(['look at c, as it is']);
  });
});

it('a command that does not look at its target is not kept waiting for it', async () => {
  const command = new Reset();
  const scopes = { of: async () => scope } as Scopes;
  const bus = { execute: async () => ({ id: 'c', version: 1, events: [] }) } as unknown as CommandBus;
  await new CommandEdge(bus, scopes, {} as Aggregates, { ids: systemIds, clock: { now: () => new Date(0) }, metrics: noMetrics } as unknown as Adapters).run(command, caller('c'));
  expect(command.seen).toBeNull();
});
