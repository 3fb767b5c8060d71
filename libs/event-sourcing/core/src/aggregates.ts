import { AggregateStates, type Held, type Loaded } from './aggregate-states.js';
import type { Decider } from './decider.js';
import { CommandAlreadyAppended, DomainError, NotFound, StaleVersion, Unavailable, WrongExpectedVersion } from './errors.js';
import { type Actor, type DomainEvent, type EventRegistry, type NewCommit, streamOf } from './events.js';
import { FirstResults } from './first-results.js';
import { NewCommits } from './new-commits.js';
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

/** What a command writes on a stream beside its own: a claim before it (a reservation, a guard), or what follows behind it (that the claim came to be, a seat that is given up). */
export interface StreamWrite {
  readonly decider: AnyDecider;
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
   * Decided on the state that the command left. Each by itself, on fresh states, where another append came first or nothing was decided: a crash may have come before them when the command
   * was given first. One that is refused then, is refused behind a command that is stored.
   */
  follow?(state: State): readonly StreamWrite[];
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

/** The command itself, a claim of it, or what follows it. */
interface Step extends StreamWrite {
  readonly streamId: string;
}

interface Outcome {
  readonly answer: CommandResult;
  readonly appended: boolean;
  /** What follows is in the log as well. */
  readonly complete: boolean;
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
  private readonly commits: NewCommits;
  private readonly results: FirstResults;
  private readonly turns: Turns;

  constructor(
    private readonly store: EventStore,
    registry: EventRegistry,
    private readonly tools: AggregateTools,
  ) {
    const snapshots = tools.snapshots ? new Snapshots(tools.snapshots, store, tools) : null;
    this.states = new AggregateStates(store, registry, snapshots, tools.cacheBytes);
    this.commits = new NewCommits(registry, tools);
    this.results = new FirstResults(store, registry, tools.vault);
    this.turns = new Turns(tools.clock);
  }

  /**
   * Runs one command on one stream, with what it writes on others. `decide` returns the events, none if there is nothing to do (then nothing is claimed either), or throws DomainError.
   * Throws CommandIdReused, StaleVersion, DomainError, WrongExpectedVersion (lost the race 4 times), Unavailable,
   * UnknownEventVersion (a newer process wrote to the stream: nothing may be decided on a state that is not understood).
   */
  // oxlint-disable-next-line max-params -- reads as the sentence it is: on this one, with this context, decide so, and that on the others
  async execute<State, E extends DomainEvent>(
    decider: Decider<State, E>,
    id: string,
    context: CommandContext,
    decide: (state: State, version: number) => readonly E[],
    { claims = [], follow }: OtherStreams<State> = {},
  ): Promise<CommandResult> {
    const command = stepOf({ decider, id, context, decide } as unknown as StreamWrite);
    const claimed = claims.map(stepOf);
    // The command id comes before If-Match and before the decision: a repeated command must get its first result, not a refusal.
    const [earlier, open] = context.repeatable ? await Promise.all([this.results.of(id, context), this.unclaimed(claimed)]) : [null, claimed];
    const streams = [...open, command].map(({ streamId }) => streamId);
    const outcome = earlier ? notAppended(earlier) : await this.turns.takeAll(streams, () => this.attempts(open, command, follow as OtherStreams<unknown>['follow']));
    if (follow && !outcome.complete && !context.dryRun) {
      const { state } = await this.load(decider, id, outcome.appended ? outcome.answer.version : Infinity);
      for (const one of follow(state)) await this.alone(one);
    }
    return outcome.answer;
  }

  private async alone({ decider, id, context, decide }: StreamWrite): Promise<void> {
    try {
      await this.execute(decider, id, context, decide);
    } catch (error) {
      // Not as if the command had lost its race: it is stored, and whoever repeats it gets its result.
      throw error instanceof WrongExpectedVersion ? new Unavailable(error.streamId, { cause: error }) : error;
    }
  }

  private async attempts(claims: readonly Step[], command: Step, follow: OtherStreams<unknown>['follow']): Promise<Outcome> {
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
        const result = await this.decideAndAppend(steps, held, { moved, follow });
        if (result.appended) return result;
        // Without an append nothing has validated the state: neither "there is nothing to do" nor a dry run.
        if (attempt === ATTEMPTS || !(await moved())) return notAppended((context.repeatable && (await this.results.of(id, context))) || result.answer);
      } catch (error) {
        // The same command may have come through elsewhere since it was looked up; then whatever stopped this one is its own doing.
        const first = this.mayBeRepeated(error, context) && (await this.results.of(id, context));
        if (first) return notAppended(first);
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
    const made = await Promise.all(claims.map(({ id, context }) => this.results.of(id, context)));
    return claims.filter((_claim, i) => !made[i]);
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
    { moved, follow }: { moved: () => Promise<boolean>; follow: OtherStreams<unknown>['follow'] },
  ): Promise<Outcome> {
    const states = new Map(held);
    const writes: Written[] = [];
    let answer!: CommandResult;
    for (const step of steps) {
      const loaded = states.get(step.streamId)!;
      const decided = step.decide(loaded.state, loaded.version);
      answer = { id: step.id, version: loaded.version + decided.length, events: decided.map((event) => event.type) };
      if (decided.length > 0 && !step.context.dryRun) writes.push(await this.written(step, decided, states));
    }
    const command = steps.at(-1)!;
    if (writes.at(-1)?.step !== command) return notAppended(answer);
    // A claim that has nothing to write is validated by no append.
    if (writes.length < steps.length && (await moved())) throw new WrongExpectedVersion(steps[0]!.streamId, held.get(steps[0]!.streamId)!.version);
    const behind = follow ? await this.following(follow(states.get(command.streamId)!.state).map(stepOf), states, writes) : [];
    const complete = await this.append(behind ? [...writes, ...behind] : writes, command);
    return { answer, appended: true, complete: complete && behind !== null };
  }

  /**
   * What follows, on what those before it leave and else on what is cached: the append finds out whether that is so. Null where one is refused, or has nothing to write on a stream that
   * the append does not validate: by themselves they are decided on fresh states.
   */
  private async following(steps: readonly Step[], states: Map<string, Held<unknown>>, before: readonly Written[]): Promise<readonly Written[] | null> {
    const writes: Written[] = [];
    try {
      for (const step of steps) {
        const loaded = states.get(step.streamId) ?? (await this.states.held(step.decider, step.streamId));
        const decided = step.decide(loaded.state, loaded.version);
        if (decided.length > 0) writes.push(await this.written(step, decided, states.set(step.streamId, loaded)));
        else if (![...before, ...writes].some((write) => write.step.streamId === step.streamId)) return null;
      }
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
    return writes;
  }

  private async written(step: Step, decided: readonly DomainEvent[], states: Map<string, Held<unknown>>): Promise<Written> {
    const loaded = states.get(step.streamId)!;
    const commit = await this.commits.of(step, loaded, decided);
    const left = this.states.fold(step.decider, loaded, [{ ...commit, position: null, recordedAt: null }]);
    states.set(step.streamId, left);
    return { step, commit, left };
  }

  /** Whether all of them are stored; of those behind the command one may have been overtaken. */
  private async append(writes: readonly Written[], command: Step): Promise<boolean> {
    let stored = writes;
    await this.tools.failpoint('before-append');
    try {
      await this.store.append(...writes.map(({ commit }) => commit));
    } catch (error) {
      for (const { step } of writes) this.states.forget(step.streamId); // the outcome may be unknown: the next command reads the log
      const lost = writes.findIndex(({ commit }) => isOvertaken(error, commit));
      if (lost <= writes.findIndex(({ step }) => step === command)) throw error;
      stored = writes.slice(0, lost);
    }
    await this.tools.failpoint('after-append');
    for (const { step, left } of stored) this.states.remember(step.decider, step.streamId, left);
    return stored === writes;
  }
}

const stepOf = (write: StreamWrite): Step => ({ ...write, streamId: streamOf(write.decider.contract, write.id) });

const notAppended = (answer: CommandResult): Outcome => ({ answer, appended: false, complete: false });

/** Another append came first, of this commit or whichever; of a claim also the same one, of the same command that runs elsewhere. */
const isOvertaken = (error: unknown, commit?: NewCommit): boolean =>
  (error instanceof WrongExpectedVersion && (!commit || (error.streamId === commit.streamId && error.expected === commit.expectedVersion))) ||
  (error instanceof CommandAlreadyAppended && (!commit || error.commandId === commit.commandId));

const isRefusal = (error: unknown): boolean => error instanceof DomainError || error instanceof StaleVersion || error instanceof NotFound;

function assertExpected({ expectedVersion }: CommandContext, { version }: Loaded<unknown>): void {
  if (expectedVersion !== null && expectedVersion !== version) throw new StaleVersion(expectedVersion, version);
}
