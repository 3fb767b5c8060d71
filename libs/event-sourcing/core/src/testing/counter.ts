import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../command.js';
import { decider, ignored } from '../decider.js';
import { DomainError } from '../errors.js';
import { defineContract, type DomainEvent } from '../events.js';
import { someActor } from './commits.js';

/** A small aggregate for the specs of the machinery: it counts up to 10, and knows a person's name. */
export type CounterEvent = DomainEvent<'test.counter.counted', { by: number; group?: string }> | DomainEvent<'test.counter.named', { personId: string; name: string }>;

export const counterContract = defineContract<CounterEvent>({
  service: 'test',
  name: 'counter',
  streamPrefix: 'counter',
  events: {
    'test.counter.counted': { version: 1 },
    'test.counter.named': { version: 1, personal: { of: 'personId', fields: ['name'] } },
  },
});

export interface Counter {
  readonly total: number;
  readonly name: string | null;
}

export const counter = decider<Counter, CounterEvent>({
  contract: counterContract,
  initial: { total: 0, name: null },
  evolve: (state, fact) => {
    switch (fact.type) {
      case 'test.counter.counted':
        return { ...state, total: state.total + fact.data.by };
      case 'test.counter.named':
        return { ...state, name: fact.data.name };
      default:
        return ignored(state, fact);
    }
  },
  partitionKey: (first) => (first.type === 'test.counter.counted' ? (first.data.group ?? null) : null),
});

export const counted = (by: number, group?: string): CounterEvent => ({ type: 'test.counter.counted', data: { by, ...(group && { group }) } });

export function count(by: number) {
  return ({ total }: Counter): readonly CounterEvent[] => {
    if (total + by > 10) throw new DomainError('too-much', { total, by });
    return by === 0 ? [] : [counted(by)];
  };
}

export const someContext = (overrides: Partial<CommandContext> = {}): CommandContext => ({
  commandId: randomUUID(),
  commandHash: 'hash',
  repeatable: true,
  actor: someActor,
  correlationId: randomUUID(),
  causationId: null,
  traceparent: null,
  expectedVersion: null,
  dryRun: false,
  now: '2026-01-01T00:00:00.000Z',
  ...overrides,
});
