import type { Decider } from './decider.js';
import { CommandAlreadyAppended, CommandIdReused, DomainError, NotFound, StaleVersion, WrongExpectedVersion } from './errors.js';
import { type Actor, type Commit, type CommittedEvent, type DomainEvent, type EventRegistry, type Fact, type NewCommit, streamOf } from './events.js';
import type { Vault } from './personal-data.js';
import type { Clock, EventStore, Failpoint, Ids, Metrics, SnapshotStore } from './ports.js';
import { Snapshots, type Standing } from './snapshots.js';
import { StateCache, weigh } from './state-cache.js';
import { Turns } from './turns.js';

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

export interface Loaded<State> {
  readonly state: State;
  readonly version: number;
  readonly partitionKey: string | null;
}

export interface AggregateTools {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly failpoint: Failpoint;
  /** Memory that cached states may take, in bytes by estimate. */
  readonly cacheBytes: number;
  /** Absent: no snapshots are kept or read. */
  readonly snapshots?: SnapshotStore;
  readonly metrics?: Metrics;
}

/** A state as the cache holds it. */
interface Held<State> extends Loaded<State> {
  /** The last commit folded in; null for a stream that has none, or no snapshots. */
  readonly tip: Standing<State>['tip'] | null;
  readonly bytes: number;
  /** Version at which the bytes were estimated last. */
  readonly weighedAt: number;
  /** Version up to which there is a snapshot, or need not be one. */
  readonly snapshotAt: number;
}

/** One call of `execute`. */
interface Command<State, E extends DomainEvent> {
  readonly decider: Decider<State, E>;
  readonly id: string;
  readonly streamId: string;
  readonly context: CommandContext;
  decide(state: State, version: number): readonly E[];
}

const ATTEMPTS = 4;
/** Events between two snapshots of a stream, and more where the state is large: a snapshot costs at most this many bytes per event. */
const SNAPSHOT_EVERY = 25;
const SNAPSHOT_BYTES_PER_EVENT = 1_024;

/**
 * The command path: look the command id up, load, decide, append, and again when another append came first.
 * States are cached (those used last, within `cacheBytes`) and validated by the expected version of the append; a refusal, and the answer that there is
 * nothing to do, append nothing and so validate nothing: they are repeated on a fresh state when the head has moved.
 */
export class Aggregates {
  private readonly cache: StateCache<Held<unknown>>;
  private readonly snapshots: Snapshots | null;
  private readonly turns: Turns;

  constructor(
    private readonly store: EventStore,
    private readonly registry: EventRegistry,
    private readonly tools: AggregateTools,
  ) {
    this.cache = new StateCache(tools.cacheBytes);
    this.turns = new Turns(tools.clock);
    this.snapshots = tools.snapshots ? new Snapshots(tools.snapshots, store, tools) : null;
  }

  /**
   * Runs one command on one stream. `decide` returns the events, none if there is nothing to do, or throws DomainError.
   * Throws CommandIdReused, StaleVersion, DomainError, WrongExpectedVersion (lost the race 4 times), Unavailable,
   * UnknownEventVersion (a newer process wrote to the stream: nothing may be decided on a state that is not understood).
   */
  async execute<State, E extends DomainEvent>(
    decider: Decider<State, E>,
    id: string,
    context: CommandContext,
    decide: (state: State, version: number) => readonly E[],
  ): Promise<CommandResult> {
    // The command id comes before If-Match and before the decision: a repeated command must get its first result, not a refusal.
    const earlier = context.repeatable && (await this.firstResult(id, context));
    if (earlier) return earlier;
    const streamId = streamOf(decider.contract, id);
    return this.turns.take(streamId, () => this.attempts({ decider, id, streamId, context, decide }));
  }

  private async attempts<State, E extends DomainEvent>(command: Command<State, E>): Promise<CommandResult> {
    const { decider, id, streamId, context } = command;
    for (let attempt = 1; ; attempt++) {
      const cached = this.cache.has(streamId);
      const loaded = await this.held(decider, streamId);
      const moved = async (): Promise<boolean> => cached && (await this.store.head(streamId)) !== loaded.version;
      try {
        assertExpected(context, loaded);
        const result = await this.decideAndAppend(command, loaded);
        if (result.appended) return result.answer;
        // Without an append nothing has validated the state: neither "there is nothing to do" nor a dry run.
        if (attempt === ATTEMPTS || !(await moved())) return (context.repeatable && (await this.firstResult(id, context))) || result.answer;
      } catch (error) {
        // The same command may have come through elsewhere since it was looked up; then whatever stopped this one is its own doing.
        const first = this.mayBeRepeated(error, context) && (await this.firstResult(id, context));
        if (first) return first;
        const decidedOnOldState = error instanceof WrongExpectedVersion || (isRefusal(error) && (await moved()));
        if (!decidedOnOldState || attempt === ATTEMPTS) throw error;
      }
      this.cache.delete(streamId);
    }
  }

  private mayBeRepeated(error: unknown, { repeatable }: CommandContext): boolean {
    return error instanceof CommandAlreadyAppended || (repeatable && (error instanceof WrongExpectedVersion || isRefusal(error)));
  }

  /** What the command id gave before. Throws CommandIdReused when it belongs to another command. */
  private async firstResult(id: string, context: CommandContext): Promise<CommandResult | null> {
    const commit = await this.store.findCommand(context.commandId);
    if (!commit) return null;
    if (!(await this.isSameCommand(commit, context))) throw new CommandIdReused(context.commandId);
    return { id, version: commit.expectedVersion + commit.events.length, events: commit.events.map((event) => event.type) };
  }

  /** The personal part of the body is compared with what the commit encrypted of it; what an erasure has closed can only be taken for the same. */
  private async isSameCommand(commit: Commit, { commandHash, personal }: CommandContext): Promise<boolean> {
    if (commit.commandHash === personal?.formerHash) return true;
    if (commit.commandHash !== commandHash) return false;
    if (!personal) return true;
    for (const { type, schemaVersion, data } of commit.events) {
      const current = this.registry.upcast(type, schemaVersion, data) as Record<string, unknown>;
      for (const field of (this.registry.knows(type) && this.registry.spec(type).personal?.fields) || []) {
        const text = typeof current[field] === 'string' ? await this.tools.vault.decrypt(current[field]) : null;
        if (text !== null && !personal.texts.includes(text)) return false;
      }
    }
    return true;
  }

  /**
   * State of a stream as it is now, whichever process wrote to it last: what the cache holds when the head has not moved beyond it. For decisions over other streams of the
   * same service, which no append validates. `atLeast`: a version that will do, though the stream may have gone on since.
   */
  async load<State, E extends DomainEvent>(decider: Decider<State, E>, id: string, atLeast = Infinity): Promise<Loaded<State>> {
    const streamId = streamOf(decider.contract, id);
    const held = this.cache.get(streamId) as Held<State> | undefined;
    if (held && held.version >= atLeast) return held;
    if (held) {
      const head = await this.store.head(streamId);
      const known = this.cache.get(streamId) as Held<State> | undefined;
      if (known && known.version >= head) return known;
      this.cache.delete(streamId);
    }
    return this.held(decider, streamId);
  }

  /** As `load`. `isNew`: the id was made just now, so that nobody can have written to the stream, and the log need not be asked. */
  async look<State, E extends DomainEvent>(decider: Decider<State, E>, id: string, isNew: boolean): Promise<Loaded<State>> {
    if (!isNew) return this.load(decider, id);
    const nothing = beginningOf(decider);
    this.remember(decider, streamOf(decider.contract, id), nothing);
    return nothing;
  }

  private async held<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string): Promise<Held<State>> {
    const known = this.cache.get(streamId) as Held<State> | undefined;
    if (known) return known;
    const fresh = await this.loadCold(decider, streamId);
    this.remember(decider, streamId, fresh);
    return fresh;
  }

  private async loadCold<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string): Promise<Held<State>> {
    const start = decider.snapshotVersion === undefined ? null : await this.snapshots?.find(decider, streamId);
    if (start) return this.fold(decider, { ...start, bytes: 0, weighedAt: 0, snapshotAt: start.version }, start.beyond);
    return this.fold(decider, beginningOf(decider), await this.store.load(streamId));
  }

  private async decideAndAppend<State, E extends DomainEvent>(
    { decider, id, streamId, context, decide }: Command<State, E>,
    loaded: Held<State>,
  ): Promise<{ answer: CommandResult; appended: boolean }> {
    const decided = decide(loaded.state, loaded.version);
    const answer = { id, version: loaded.version + decided.length, events: decided.map((event) => event.type) };
    if (decided.length === 0 || context.dryRun) return { answer, appended: false };
    const commit: NewCommit = {
      commitId: this.tools.ids.next(),
      streamId,
      expectedVersion: loaded.version,
      partitionKey: loaded.partitionKey ?? decider.partitionKey?.(decided[0]!) ?? id,
      events: await this.committed(decided, context),
      commandId: context.commandId,
      commandHash: context.commandHash,
      actor: context.actor,
      correlationId: context.correlationId,
      causationId: context.causationId,
      traceparent: context.traceparent,
    };
    await this.tools.failpoint('before-append');
    try {
      await this.store.append(commit);
    } catch (error) {
      this.cache.delete(streamId); // the outcome may be unknown: the next command reads the log
      throw error;
    }
    await this.tools.failpoint('after-append');
    this.remember(decider, streamId, this.fold(decider, loaded, [{ ...commit, position: null, recordedAt: null }]));
    return { answer, appended: true };
  }

  /** Event ids follow from the command id, so the same command makes the same events. Personal fields leave here as ciphertext. */
  private committed(decided: readonly DomainEvent[], context: CommandContext): Promise<CommittedEvent[]> {
    return Promise.all(
      decided.map(async (event, index) => {
        const spec = this.registry.spec(event.type);
        const data: Record<string, unknown> = { ...event.data };
        for (const field of spec.personal?.fields ?? [])
          if (typeof data[field] === 'string') data[field] = await this.tools.vault.encrypt(String(data[spec.personal!.of]), data[field]);
        return {
          eventId: this.tools.ids.derive(context.commandId, String(index)),
          type: event.type,
          schemaVersion: spec.version,
          occurredAt: event.occurredAt ?? context.now,
          ...(event.supersedes?.length && { supersedes: event.supersedes }),
          data,
        };
      }),
    );
  }

  private fold<State, E extends DomainEvent>(decider: Decider<State, E>, from: Held<State>, commits: readonly Commit[]): Held<State> {
    let { state, version } = from;
    for (const commit of commits)
      for (const event of commit.events) {
        version += 1;
        const data = this.registry.upcast(event.type, event.schemaVersion, event.data);
        state = decider.evolve(state, { type: event.type, data, version, occurredAt: event.occurredAt, supersedes: event.supersedes ?? [] } as unknown as Fact<E>);
      }
    const last = decider.snapshotVersion === undefined ? undefined : commits.at(-1);
    const tip = last ? { commitId: last.commitId, expectedVersion: last.expectedVersion } : from.tip;
    // Weighing walks through the whole state: as it grows, less often.
    const grown = version - from.weighedAt > from.weighedAt / 4;
    const bytes = grown ? weigh(state).bytes : from.bytes;
    return { state, version, partitionKey: from.partitionKey ?? commits[0]?.partitionKey ?? null, tip, bytes, weighedAt: grown ? version : from.weighedAt, snapshotAt: from.snapshotAt };
  }

  private remember<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string, held: Held<State>): void {
    const { state, version, tip, bytes, snapshotAt } = held;
    const due = decider.snapshotVersion !== undefined && version - snapshotAt >= Math.max(SNAPSHOT_EVERY, bytes / SNAPSHOT_BYTES_PER_EVENT);
    if (due && tip && weigh(state).plain) this.snapshots?.offer(decider, streamId, { state, version, tip });
    this.cache.set(streamId, due ? { ...held, snapshotAt: version } : held);
  }
}

const beginningOf = <State, E extends DomainEvent>({ initial }: Decider<State, E>): Held<State> => ({ state: initial, version: 0, partitionKey: null, tip: null, bytes: 0, weighedAt: 0, snapshotAt: 0 });

const isRefusal = (error: unknown): boolean => error instanceof DomainError || error instanceof StaleVersion || error instanceof NotFound;

function assertExpected({ expectedVersion }: CommandContext, { version }: Loaded<unknown>): void {
  if (expectedVersion !== null && expectedVersion !== version) throw new StaleVersion(expectedVersion, version);
}
