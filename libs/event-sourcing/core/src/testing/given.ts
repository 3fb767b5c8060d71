import assert from 'node:assert/strict';
import type { Decider } from '../decider.js';
import { DomainError } from '../errors.js';
import type { DomainEvent, Fact } from '../events.js';

/**
 * given(keyAccount, qualified).when((account) => changeTier(account, { tier: 'A' })).then(tierChanged('A'))
 * Folds the past, runs one decision on the state and compares whole events, not types.
 */
export function given<State, E extends DomainEvent>(decider: Decider<State, E>, ...past: readonly NoInfer<E>[]) {
  const state = past.reduce((folded, event, i) => decider.evolve(folded, asFact(event, i + 1)), decider.initial);
  return {
    when(decide: (state: State) => readonly E[]) {
      const run = (): readonly E[] => decide(state);
      return {
        then: (...expected: readonly E[]): void => assert.deepStrictEqual(run(), expected),
        thenNothing: (): void => assert.deepStrictEqual(run(), []),
        thenRefused: (code: string, params?: DomainError['params']): void =>
          assert.throws(run, (error) => {
            assert.ok(error instanceof DomainError, `expected a refusal with ${code}, got ${String(error)}`);
            assert.equal(error.code, code);
            if (params) assert.deepStrictEqual(error.params, params);
            return true;
          }),
      };
    },
    thenState: (expected: State): void => assert.deepStrictEqual(state, expected),
  };
}

const asFact = <E extends DomainEvent>(event: E, version: number): Fact<E> =>
  ({ type: event.type, data: event.data, version, occurredAt: event.occurredAt ?? '2026-01-01T00:00:00.000Z', supersedes: event.supersedes ?? [] }) as unknown as Fact<E>;
