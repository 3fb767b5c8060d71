import { AggregateStates, type Held, type Loaded } from './aggregate-states.js';
import type { Decider } from './decider.js';
import { CommandAlreadyAppended, CommandIdReused, DomainError, NotFound, StaleVersion, WrongExpectedVersion } from './errors.js';
import { type Actor, type Commit, type CommittedEvent, type DomainEvent, type EventRegistry, type NewCommit, streamOf } from './events.js';
import type { Vault } from './personal-data.js';
import type { Clock, EventStore, Failpoint, Ids, Metrics, SnapshotStore } from './ports.js';
import { Snapshots } from './snapshots.js';
import { Turns } from './turns.js';

export type { Loaded } from './aggregate-states.js';

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

type AnyDecider = Decider<unknown, DomainEvent>;

/**
 * What a command writes on another stream before its own (a reservation, a guard). In one write with it, in this order: the command's own commit is stored only where all of these are,
 * and a crash in between leaves claims without a decision, never a decision without its claim.
 */
export interface StreamClaim {
  readonly decider: AnyDecider;
  readonly id: string;
  /** The command's, with a command id of its own that is the same whenever the command is repeated. */
  readonly context: CommandContext;
  decide(state: unknown, version: number): readonly DomainEvent[];
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

/** The command itself, or a claim of it. */
interface Step extends StreamClaim {
  readonly streamId: string;
}

/** What a step appends, and the state that it leaves. */
interface Written {
  readonly step: Step;
  readonly commit: NewCommit;
  readonly left: Held<unknown>;
}

const ATTEMPTS = 4;

/**
 * The command path: look the command id up, load, decide, append, and again when another append came first.
 * States are cached (those used last, within `cacheBytes`) and validated by the expected version of the append; a refusal, and the answer that there is
 * nothing to do, append nothing and so validate nothing: they are repeated on a fresh state when the head has moved.
 */
export class Aggregates {
  private readonly states: AggregateStates;
  private readonly turns: Turns;

  constructor(
    private readonly store: EventStore,
    private readonly registry: EventRegistry,
    private readonly tools: AggregateTools,
  ) {
    const snapshots = tools.snapshots ? new Snapshots(tools.snapshots, store, tools) : null;
    this.states = new AggregateStates(store, registry, snapshots, tools.cacheBytes);
    this.turns = new Turns(tools.clock);
  }

  /**
   * Runs one command on one stream, with its claims on others. `decide` returns the events, none if there is nothing to do (then nothing is claimed either), or throws DomainError.
   * Throws CommandIdReused, StaleVersion, DomainError, WrongExpectedVersion (lost the race 4 times), Unavailable,
   * UnknownEventVersion (a newer process wrote to the stream: nothing may be decided on a state that is not understood).
   */
  // oxlint-disable-next-line max-params -- reads as the sentence it is: on this one, with this context, decide so, once that is claimed
  async execute<State, E extends DomainEvent>(
    decider: Decider<State, E>,
    id: string,
    context: CommandContext,
    decide: (state: State, version: number) => readonly E[],
    claims: readonly StreamClaim[] = [],
  ): Promise<CommandResult> {
    const command = stepOf({ decider, id, context, decide } as unknown as StreamClaim);
    const claimed = claims.map(stepOf);
    // The command id comes before If-Match and before the decision: a repeated command must get its first result, not a refusal.
    const [earlier, open] = context.repeatable ? await Promise.all([this.firstResult(id, context), this.unclaimed(claimed)]) : [null, claimed];
    if (earlier) return earlier;
    return this.turns.takeAll([...open, command].map(({ streamId }) => streamId), () => this.attempts(open, command));
  }

  private async attempts(claims: readonly Step[], command: Step): Promise<CommandResult> {
    const { id, context } = command;
    for (let attempt = 1, open = claims; ; attempt++) {
      const steps = [...open, command];
      const cached = steps.filter(({ streamId }) => this.states.isCached(streamId));
      const held = new Map(await Promise.all(steps.map(async ({ decider, streamId }) => [streamId, await this.states.held(decider, streamId)] as const)));
      const moved = async (): Promise<boolean> => {
        const heads = await Promise.all(cached.map(({ streamId }) => this.store.head(streamId)));
        return heads.some((head, i) => head !== held.get(cached[i]!.streamId)!.version);
      };
      try {
        assertExpected(context, held.get(command.streamId)!);
        const result = await this.decideAndAppend(steps, held, moved);
        if (result.appended) return result.answer;
        // Without an append nothing has validated the state: neither "there is nothing to do" nor a dry run.
        if (attempt === ATTEMPTS || !(await moved())) return (context.repeatable && (await this.firstResult(id, context))) || result.answer;
      } catch (error) {
        // The same command may have come through elsewhere since it was looked up; then whatever stopped this one is its own doing.
        const first = this.mayBeRepeated(error, context) && (await this.firstResult(id, context));
        if (first) return first;
        const decidedOnOldState = isOvertaken(error) || (isRefusal(error) && (await moved()));
        if (!decidedOnOldState || attempt === ATTEMPTS) throw error;
      }
      for (const { streamId } of steps) this.states.forget(streamId);
      open = await this.unclaimed(open); // of a write that was cut short, the claims may be there
    }
  }

  private mayBeRepeated(error: unknown, { repeatable }: CommandContext): boolean {
    return error instanceof CommandAlreadyAppended || (repeatable && (error instanceof WrongExpectedVersion || isRefusal(error)));
  }

  /** Those that no earlier attempt of the same command has made. */
  private async unclaimed(claims: readonly Step[]): Promise<readonly Step[]> {
    const made = await Promise.all(claims.map(({ id, context }) => this.firstResult(id, context)));
    return claims.filter((_claim, i) => !made[i]);
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
  load<State, E extends DomainEvent>(decider: Decider<State, E>, id: string, atLeast = Infinity): Promise<Loaded<State>> {
    return this.states.load(decider, id, atLeast);
  }

  /** As `load`. `isNew`: the id was made just now, so that nobody can have written to the stream, and the log need not be asked. */
  async look<State, E extends DomainEvent>(decider: Decider<State, E>, id: string, isNew: boolean): Promise<Loaded<State>> {
    return isNew ? this.states.beginning(decider, id) : this.states.load(decider, id, Infinity);
  }

  /** The last step is the command. One that is decided behind others is decided on what they leave. */
  private async decideAndAppend(
    steps: readonly Step[],
    held: ReadonlyMap<string, Held<unknown>>,
    moved: () => Promise<boolean>,
  ): Promise<{ answer: CommandResult; appended: boolean }> {
    const states = new Map(held);
    const writes: Written[] = [];
    let answer!: CommandResult;
    for (const step of steps) {
      const loaded = states.get(step.streamId)!;
      const decided = step.decide(loaded.state, loaded.version);
      answer = { id: step.id, version: loaded.version + decided.length, events: decided.map((event) => event.type) };
      if (decided.length === 0 || step.context.dryRun) continue;
      const commit = await this.commitOf(step, loaded, decided);
      const left = this.states.fold(step.decider, loaded, [{ ...commit, position: null, recordedAt: null }]);
      states.set(step.streamId, left);
      writes.push({ step, commit, left });
    }
    if (writes.at(-1)?.step !== steps.at(-1)) return { answer, appended: false };
    // A claim that has nothing to write is validated by no append.
    if (writes.length < steps.length && (await moved())) throw new WrongExpectedVersion(steps[0]!.streamId, held.get(steps[0]!.streamId)!.version);
    await this.append(writes);
    return { answer, appended: true };
  }

  private async append(writes: readonly Written[]): Promise<void> {
    await this.tools.failpoint('before-append');
    try {
      await this.store.append(...writes.map(({ commit }) => commit));
    } catch (error) {
      for (const { step } of writes) this.states.forget(step.streamId); // the outcome may be unknown: the next command reads the log
      throw error;
    }
    await this.tools.failpoint('after-append');
    for (const { step, left } of writes) this.states.remember(step.decider, step.streamId, left);
  }

  private async commitOf({ decider, id, streamId, context }: Step, loaded: Held<unknown>, decided: readonly DomainEvent[]): Promise<NewCommit> {
    return {
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
}

const stepOf = (claim: StreamClaim): Step => ({ ...claim, streamId: streamOf(claim.decider.contract, claim.id) });

/** Another append came first; of a claim also the same one, of the same command that runs elsewhere. */
const isOvertaken = (error: unknown): boolean => error instanceof WrongExpectedVersion || error instanceof CommandAlreadyAppended;

const isRefusal = (error: unknown): boolean => error instanceof DomainError || error instanceof StaleVersion || error instanceof NotFound;

function assertExpected({ expectedVersion }: CommandContext, { version }: Loaded<unknown>): void {
  if (expectedVersion !== null && expectedVersion !== version) throw new StaleVersion(expectedVersion, version);
}
