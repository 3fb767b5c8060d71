import { AggregateStates, type Held, type Loaded } from './aggregate-states.js';
import type { CommandContext, CommandResult, OtherStreams, StreamWrite } from './command.js';
import type { Decider } from './decider.js';
import { CommandAlreadyAppended, DomainError, NotFound, StaleVersion, Unavailable, WrongExpectedVersion } from './errors.js';
import { type DomainEvent, type EventRegistry, type NewCommit, streamOf } from './events.js';
import { FirstResults } from './first-results.js';
import { NewCommits } from './new-commits.js';
import type { Vault } from './personal-data.js';
import type { Clock, EventStore, Failpoint, Ids, Metrics, SnapshotStore } from './ports.js';
import { Snapshots } from './snapshots.js';
import { Turns } from './turns.js';

export type { Loaded } from './aggregate-states.js';

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
  readonly follow?: OtherStreams<unknown>['follow'];
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
const ALONE_TIMES = 3;

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
    const command = stepOf({ decider, id, context, decide, follow } as unknown as StreamWrite);
    const claimed = claims.map(stepOf);
    // The command id comes before If-Match and before the decision: a repeated command must get its first result, not a refusal.
    const [earlier, open] = context.repeatable ? await Promise.all([this.results.of(id, context), this.unclaimed(claimed)]) : [null, claimed];
    const streams = [...open, command].map(({ streamId }) => streamId);
    const outcome = earlier ? notAppended(earlier) : await this.turns.takeAll(streams, () => this.attempts(open, command));
    if (follow && !outcome.complete && !context.dryRun) {
      const { state } = await this.load(decider, id);
      for (const one of follow(state)) await this.alone(one);
    }
    return outcome.answer;
  }

  /** By itself, on fresh states, also where it is there: of several only those behind the one that was overtaken are not. */
  private async alone({ decider, id, context, decide }: StreamWrite): Promise<void> {
    for (let times = 1; ; times++)
      try {
        await this.execute(decider, id, { ...context, repeatable: true }, decide);
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedVersion)) throw error;
        // Not as if the command had lost its race: it is stored, and whoever repeats it gets its result.
        if (times === ALONE_TIMES) throw new Unavailable(error.streamId, { cause: error });
      }
  }

  private async attempts(claims: readonly Step[], command: Step): Promise<Outcome> {
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
    moved: () => Promise<boolean>,
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
    const turns: (() => void)[] = [];
    try {
      const behind = await this.following(command, { states, writes, turns });
      // A claim that has nothing to write is validated by no append.
      if (writes.length < steps.length && (await moved())) throw new WrongExpectedVersion(steps[0]!.streamId, held.get(steps[0]!.streamId)!.version);
      const areStored = await this.append(writes, behind ?? []);
      return { answer, appended: true, complete: areStored && behind !== null };
    } finally {
      for (const giveBack of turns) giveBack();
    }
  }

  /**
   * What follows, on what those before it leave, or else on what is cached: the append finds out whether that is so. Null where it has to be run by itself: where somebody else has
   * the turn on its stream, where it is refused, and where it has nothing to write on a stream that the append does not validate.
   */
  private async following({ streamId: own, follow }: Step, { states, writes, turns }: { states: Map<string, Held<unknown>>; writes: readonly Written[]; turns: (() => void)[] }): Promise<readonly Written[] | null> {
    const behind: Written[] = [];
    try {
      for (const step of follow?.(states.get(own)!.state).map(stepOf) ?? []) {
        const { streamId } = step;
        if (!states.has(streamId)) {
          const giveBack = this.turns.takeFree(streamId);
          if (!giveBack) return null;
          turns.push(giveBack);
          states.set(streamId, await this.states.held(step.decider, streamId));
        }
        const { state, version } = states.get(streamId)!;
        const decided = step.decide(state, version);
        if (decided.length > 0) behind.push(await this.written(step, decided, states));
        else if (![...writes, ...behind].some((write) => write.step.streamId === streamId)) return null;
      }
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
    return behind;
  }

  private async written(step: Step, decided: readonly DomainEvent[], states: Map<string, Held<unknown>>): Promise<Written> {
    const loaded = states.get(step.streamId)!;
    const commit = await this.commits.of(step, loaded, decided);
    const left = this.states.fold(step.decider, loaded, [{ ...commit, position: null, recordedAt: null }]);
    states.set(step.streamId, left);
    return { step, commit, left };
  }

  /** Whether those behind are stored as well: one of them may have been overtaken, and then all before it are stored, and none behind it. */
  private async append(own: readonly Written[], behind: readonly Written[]): Promise<boolean> {
    const writes = [...own, ...behind];
    let stored = writes.length;
    await this.tools.failpoint('before-append');
    try {
      await this.store.append(...writes.map(({ commit }) => commit));
    } catch (error) {
      for (const { step } of writes) this.states.forget(step.streamId); // the outcome may be unknown: the next command reads the log
      stored = writes.findIndex(({ commit }) => isOvertaken(error, commit));
      if (stored < own.length) throw error;
    }
    await this.tools.failpoint('after-append');
    for (const { step, left } of writes.slice(0, stored)) this.states.remember(step.decider, step.streamId, left);
    return stored === writes.length;
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
