import type { Decider } from './decider.js';
import type { Actor, DomainEvent } from './events.js';

/** Everything about a command but its body: who, which one, on which version. Made at the edge. */
export interface CommandContext {
  readonly commandId: string;
  /** Hash of (actor, command, target, body without what is personal). */
  readonly commandHash: string;
  /** What of the body is personal, in the clear and never stored; and the hash over the whole body, which older logs hold. */
  readonly personal?: { readonly texts: readonly string[]; readonly formerHash: string };
  /** True when the caller chose the command id, so that it may have been appended before. */
  readonly repeatable: boolean;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly traceparent: string | null;
  /** If-Match; null when the caller does not care. */
  readonly expectedVersion: number | null;
  /** Decide, but append nothing. */
  readonly dryRun: boolean;
  /** The time of the command, RFC 3339 in UTC. */
  readonly now: string;
}

export interface CommandResult {
  readonly id: string;
  /** Version of the stream after the command. */
  readonly version: number;
  /** Types of the events that were appended, or would be in a dry run; empty when there was nothing to do. */
  readonly events: readonly string[];
}

/** What a command writes on a stream beside its own: a claim before it (a reservation, a guard), or what follows behind it (that the claim came to be, a seat that is given up). */
export interface StreamWrite {
  readonly decider: Decider<unknown, DomainEvent>;
  readonly id: string;
  /** The command's, with a command id of its own that is the same whenever the command is repeated. */
  readonly context: CommandContext;
  decide(state: unknown, version: number): readonly DomainEvent[];
}

/**
 * In one write with the command's own commit and in this order, each stored only where those before it are: a crash in between leaves claims without a decision, or a decision without what follows,
 * never a decision without its claim.
 */
export interface OtherStreams<State> {
  /** One that is refused refuses the command. */
  readonly claims?: readonly StreamWrite[];
  /**
   * What follows, from the state that the command left. Where another append comes first on its stream, it is run by itself behind the command, which stands; so it is where the command
   * decided nothing or was given before, as a crash may have come in between. It may therefore be decided more than once: whatever it finds done it leaves, and it refuses nothing.
   */
  follow?(state: State): readonly StreamWrite[];
}
