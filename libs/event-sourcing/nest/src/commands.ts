import { Inject, Injectable, type Type } from '@nestjs/common';
import { Command, CommandBus } from '@nestjs/cqrs';
import {
  type Actor,
  Aggregates,
  type Clock,
  type CommandContext,
  type CommandResult,
  type Decider,
  type DomainEvent,
  type EventStore,
  type Ids,
  type Loaded,
  NotFound,
  StaleVersion,
  type OtherStreams,
  type StreamWrite,
} from '@keyfold/event-sourcing';
import type { Caller } from './edge.js';
import { hashedBody } from './personal-field.js';
import { ADAPTERS, type Adapters, CLOCK, IDS, STORE } from './tokens.js';

/**
 * A command: its class is the body (class-validator decorators), its target and context are put on it at the edge and can never come from a body,
 * because they carry no decorator and unknown fields are refused.
 */
export abstract class AggregateCommand extends Command<CommandResult> {
  id!: string;
  context!: CommandContext;
  scope!: Scope;
  /** As of its beginning; null where its handler looks for itself. */
  seen!: Seen | null;
  /** What it claims in its own write; null where it is not being prepared. */
  claims!: StreamWrite[] | null;
}

export interface Seen {
  readonly target: Loaded<unknown>;
  /** What it is judged by beside its target. */
  readonly beside: Loaded<unknown> | null;
}

type AnyDecider = Decider<unknown, DomainEvent>;

/** What commands of a class look at before anything is decided, and where the id of that is. */
interface Looks<C> {
  readonly on: AnyDecider;
  beside?(command: C): readonly [AnyDecider, string] | null;
}

const LOOKS = new WeakMap<object, Looks<AggregateCommand>>();

/** The edge looks for commands of this class, beside the look at who asks. */
export function looksAt<C extends AggregateCommand>(type: Type<C>, looks: { on: unknown; beside?(command: C): readonly [unknown, string] | null }): void {
  LOOKS.set(type, looks as Looks<AggregateCommand>);
}

/** Whose accounts and deals the caller may touch. */
export interface Scope {
  readonly memberId: string | null;
  /** May the caller see or touch something that this member owns? `null`: something nobody owns. */
  covers(ownerId: string | null): boolean;
  /** May the caller see, or change, what belongs to this account? Its owner's scope and the account team may. */
  coversAccount(account: AccountAccess, access: AccessLevel): boolean;
}

export type AccessLevel = 'read' | 'edit';

/** Who has a say in an account today. */
export interface AccountAccess {
  /** By which a grant may open it to be read; absent where it is to be changed. */
  readonly accountId?: string;
  readonly ownerId: string | null;
  readonly team: readonly { readonly memberId: string; readonly access: AccessLevel }[];
}

/** Answers what a principal may see; the platform's Access implements it. */
export abstract class Scopes {
  /** As of the first time that it was asked of this very object: of one request, as of its beginning. Throws Forbidden for a member who has left. */
  abstract of(principal: Actor): Promise<Scope>;
}

/** Puts a validated command on the bus. The one way in: HTTP, bulk, policies and processes all pass here. */
@Injectable()
export class CommandEdge {
  constructor(
    private readonly bus: CommandBus,
    private readonly scopes: Scopes,
    private readonly aggregates: Aggregates,
    @Inject(ADAPTERS) private readonly adapters: Adapters,
  ) {}

  async run(command: AggregateCommand, caller: Caller, options: { id?: string; dryRun?: boolean; causationId?: string } = {}): Promise<CommandResult> {
    const commandId = caller.idempotencyKey ?? this.adapters.ids.next();
    const named = options.id ?? caller.id;
    const id = named ?? this.adapters.ids.derive(commandId, command.constructor.name);
    const isNew = named === null && caller.idempotencyKey === null;
    const hashed = hashedBody(caller.principal.subject, id, command);
    command.id = id;
    [command.scope, command.seen] = await Promise.all([this.scopes.of(caller.principal), this.look(command, isNew)]);
    command.context = {
      commandId,
      ...hashed,
      repeatable: caller.idempotencyKey !== null,
      actor: caller.principal,
      correlationId: caller.correlationId ?? commandId,
      causationId: options.causationId ?? null,
      traceparent: caller.traceparent,
      expectedVersion: caller.expectedVersion,
      dryRun: options.dryRun ?? false,
      now: this.adapters.clock.now().toISOString(),
    };
    return this.counted(this.bus.execute(command));
  }

  private async look(command: AggregateCommand, isNew: boolean): Promise<Seen | null> {
    const looks = LOOKS.get(command.constructor);
    if (!looks) return null;
    const named = looks.beside?.(command);
    const [target, beside] = await Promise.all([this.aggregates.look(looks.on, command.id, isNew), named ? this.aggregates.load(...named) : null]);
    return { target, beside };
  }

  private async counted(result: Promise<CommandResult>): Promise<CommandResult> {
    try {
      const accepted = await result;
      this.adapters.metrics.count('commands_total', { outcome: 'accepted' });
      return accepted;
    } catch (error) {
      this.adapters.metrics.count('commands_total', { outcome: OUTCOMES[(error as Error).name] ?? 'failed' });
      throw error;
    }
  }
}

const OUTCOMES: Readonly<Record<string, string>> = {
  DomainError: 'refused', NotFound: 'refused', Forbidden: 'refused', StaleVersion: 'stale', WrongExpectedVersion: 'conflict', CommandIdReused: 'refused', CommitTooLarge: 'refused', Unavailable: 'unavailable',
};

/** What a command handler uses: the command path with the caller's scope checked on the loaded state. */
@Injectable()
export class Commands {
  constructor(
    private readonly aggregates: Aggregates,
    @Inject(STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(IDS) private readonly ids: Ids,
  ) {}

  /** A command that makes an aggregate, or repeats its making. `follow`: what it writes on other streams behind its own, on the state that it left. */
  // oxlint-disable-next-line max-params -- reads as the sentence it is: create this, for this command, by this decision, and let that follow
  create<State, E extends DomainEvent>(
    decider: Decider<State, E>,
    command: AggregateCommand,
    decide: (state: State) => readonly E[],
    follow?: OtherStreams<State>['follow'],
  ): Promise<CommandResult> {
    return this.aggregates.execute(decider, command.id, command.context, decide, { claims: command.claims ?? [], follow });
  }

  /**
   * A command on an aggregate that exists. NotFound when it does not, and also when `ownerOf` says that the caller's scope does not cover it:
   * nobody learns what exists beyond his scope. `follow` as of `create`.
   */
  // oxlint-disable-next-line max-params -- reads as the sentence it is: change this, for this command, if it is his, by this decision, and let that follow
  change<State, E extends DomainEvent>(
    decider: Decider<State, E>,
    command: AggregateCommand,
    ownerOf: ((state: State) => string | null) | null,
    decide: (state: State) => readonly E[],
    follow?: OtherStreams<State>['follow'],
  ): Promise<CommandResult> {
    const covered = (state: State, version: number): readonly E[] => {
      assertCovered(decider, command, ownerOf, { state, version });
      return decide(state);
    };
    return this.aggregates.execute(decider, command.id, command.context, covered, { claims: command.claims ?? [], follow });
  }

  /**
   * What a command asks of other streams, or claims on them, before its own append: only on a target that the caller covers and at the version he has seen.
   * Left out for a repeated command, which gets its first result whatever has happened since.
   */
  before<State, E extends DomainEvent>(
    decider: Decider<State, E>,
    command: AggregateCommand,
    ownerOf: ((state: State) => string | null) | null,
    work: (state: State) => Promise<void>,
  ): Promise<void> {
    return this.unlessRepeated(command, async () => {
      const loaded = await this.load(decider, command.id);
      assertTarget(decider, command, ownerOf, loaded);
      await work(loaded.state);
    });
  }

  async unlessRepeated({ context }: AggregateCommand, work: () => Promise<void>): Promise<void> {
    if (!(context.repeatable && (await this.store.findCommand(context.commandId)))) await work();
  }

  /**
   * What must be written on another stream before the command's own decision (a reservation, an entry in a guard), while it is prepared: decided with it and written with it, in this
   * order. So it does not hold yet when this returns, and a command that is refused, or has nothing to do, claims nothing.
   */
  // oxlint-disable-next-line max-params -- reads as the sentence it is: claim, on this stream, for this command, in this step
  claim<State, E extends DomainEvent>(decider: Decider<State, E>, id: string, command: AggregateCommand, step: string, decide: (state: State) => readonly E[]): void {
    if (!command.claims) throw new Error(`${command.constructor.name} claims ${step} while it is not being prepared: it would never be written`);
    command.claims.push(this.write(decider, id, command, step, decide));
  }

  /** What the same command writes on a further stream, under a command id of its own: for `follow`. */
  // oxlint-disable-next-line max-params -- reads as the sentence it is: write, on this stream, for this command, in this step
  write<State, E extends DomainEvent>(decider: Decider<State, E>, id: string, command: AggregateCommand, step: string, decide: (state: State) => readonly E[]): StreamWrite {
    return { decider, id, context: this.contextOf(command, step, id), decide } as unknown as StreamWrite;
  }

  /** A further stream that the same command writes, at once and on its own, under a command id of its own. */
  // oxlint-disable-next-line max-params -- reads as the sentence it is: also, on this stream, for this command, in this step
  also<State, E extends DomainEvent>(
    decider: Decider<State, E>,
    id: string,
    command: AggregateCommand,
    step: string,
    decide: (state: State) => readonly E[],
  ): Promise<CommandResult> {
    return this.aggregates.execute(decider, id, this.contextOf(command, step, id), decide);
  }

  private contextOf({ context }: AggregateCommand, step: string, id: string): CommandContext {
    const { commandId, commandHash, personal } = context;
    return {
      ...context,
      commandId: this.ids.derive(commandId, step, id),
      commandHash: `${commandHash}:${step}`,
      ...(personal && { personal: { ...personal, formerHash: `${personal.formerHash}:${step}` } }),
      expectedVersion: null,
    };
  }

  /** As it is now, whichever process wrote to it last; or as it was at `atLeast`, or later, where that version is known and will do. */
  load<State, E extends DomainEvent>(decider: Decider<State, E>, id: string, atLeast?: number): Promise<Loaded<State>> {
    return this.aggregates.load(decider, id, atLeast);
  }

  now(): Date {
    return this.clock.now();
  }
}

/** Throws NotFound for a target that is not there or that the caller does not cover, StaleVersion for one that is not at the version he has seen. */
export function assertTarget<State, E extends DomainEvent>(decider: Decider<State, E>, command: AggregateCommand, ownerOf: ((state: State) => string | null) | null, target: Loaded<State>): void {
  assertCovered(decider, command, ownerOf, target);
  const { expectedVersion } = command.context;
  if (expectedVersion !== null && expectedVersion !== target.version) throw new StaleVersion(expectedVersion, target.version);
}

function assertCovered<State, E extends DomainEvent>(
  { contract }: Decider<State, E>,
  { id, scope }: AggregateCommand,
  ownerOf: ((state: State) => string | null) | null,
  { state, version }: { state: State; version: number },
): void {
  if (version === 0 || (ownerOf && !scope.covers(ownerOf(state)))) throw new NotFound(contract.name, id);
}
