import type { AggregateContract, DomainEvent, Fact } from './events.js';

/**
 * An aggregate: what it publishes and how its state follows from that. Pure: no clock, no ids, no I/O.
 * Decisions are named functions beside it, `(state, command) => events`. They throw DomainError to refuse and return [] when there is nothing to do.
 */
export interface Decider<State, E extends DomainEvent> {
  readonly contract: AggregateContract<E>;
  readonly initial: State;
  /** Never throws: what happened, happened. */
  evolve(state: State, fact: Fact<E>): State;
  /** Key that orders this stream on the topic: the account it belongs to. Read from the first event only; absent: the aggregate's id. */
  partitionKey?(first: E): string | null;
  /**
   * Present: states of long streams are kept as snapshots, so that a cold load need not fold them from the beginning. They must be plain JSON then.
   * A snapshot is dropped by itself when the text of `evolve` or of an upcaster, the initial state or a version of the contract changes; raise the number
   * when something that `evolve` calls changes.
   */
  readonly snapshotVersion?: number;
}

export const decider = <State, E extends DomainEvent>(definition: Decider<State, E>): Decider<State, E> => definition;

/** Exhaustiveness check of an evolve: a new event type that is not folded does not compile. Old code reading a newer log keeps its state. */
export const ignored = <State>(state: State, _fact: never): State => state;
