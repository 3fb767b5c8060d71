import type { Aggregates } from './aggregates.js';
import type { CommandContext, CommandResult } from './command.js';
import { DomainError, NotFound } from './errors.js';
import { type AggregateContract, type DomainEvent, idOf, type RecordedEvent, streamOf } from './events.js';
import { type ParkedInput, ProcessInstances } from './process-instance.js';
import { ProcessTimers, type TimerRow } from './process-timers.js';
import type { CommandSender, Ids, ProjectionStore } from './ports.js';
import { type Handling, type Policy, type PolicyCommand, PolicyRunner } from './policy.js';
import { Projector, type Subscriber, type SubscriberTools } from './projector.js';

/** What a process reacts to: an event it follows, `timer-fired`, or `command-refused` for a command it decided on. */
export interface ProcessInput {
  readonly type: string;
  readonly data: object;
  readonly occurredAt: string;
  /** Service and stream of an event; null and the own stream for timers and refusals. */
  readonly service: string | null;
  readonly streamId: string;
}

/** `send`: a command to the own service, under a step that is unique in the instance. `timer`: an input `timer-fired` at that instant. */
export type Reaction = { readonly step: string; readonly send: PolicyCommand } | { readonly timer: string; readonly at: string };

/**
 * A conversation over several streams that must come to an end. Each instance is an event stream: what it received and what it decided stand in one commit;
 * a runner sends the decided commands from that stream and records the answer in it, so a crash between deciding and sending loses nothing.
 *
 * An instance that cannot go on is alone in that. An input whose `evolve` or `react` throws is parked in the instance's own stream, and whatever comes for that instance
 * afterwards, from whichever stream or timer, is parked behind it: the streams that feed the process go on for all other instances. A parked input, like a command that
 * cannot be sent, is a dead letter of `policy-<process>-dispatch` under the instance's stream; retrying it takes the inputs in the order in which they came.
 */
export interface ProcessManager<State> {
  readonly name: string;
  readonly contract: AggregateContract;
  readonly follows: readonly AggregateContract[];
  /** Id of the instance that an event concerns; null when it concerns none. */
  instanceOf(event: RecordedEvent): string | null;
  readonly initial: State;
  evolve(state: State, input: ProcessInput): State;
  /** `state` has the input folded in. */
  react(state: State, input: ProcessInput, now: string): readonly Reaction[];
}

/** A process manager of whatever state. */
export type AnyProcessManager = ProcessManager<any>;

/** Process events are named `<service>.<process>.<event>` like any other. */
export type ProcessEvent<Process extends string = string> =
  | DomainEvent<`${Process}.received`, ProcessInput>
  /** To be sent to the own service. The step is unique in the instance: the command id follows from it. */
  | DomainEvent<`${Process}.command-decided`, { step: string; command: PolicyCommand }>
  | DomainEvent<`${Process}.command-accepted`, { step: string; id: string; version: number }>
  | DomainEvent<`${Process}.command-refused`, { step: string; code: string }>
  /** An input `timer-fired` at that instant, RFC 3339 in UTC; the last one set under a name counts. */
  | DomainEvent<`${Process}.timer-set`, { timer: string; at: string }>
  /** An input that could not be taken, or that waits behind one; `cause` says why. */
  | DomainEvent<`${Process}.input-parked`, ParkedInput>
  /** The first of the parked inputs is taken after all; `received` follows in the same commit. */
  | DomainEvent<`${Process}.input-released`, Record<string, never>>;

export function processContract<Service extends string, Name extends string>(service: Service, name: Name, streamPrefix: string): AggregateContract<ProcessEvent<`${Service}.${Name}`>> {
  const types = ['received', 'command-decided', 'command-accepted', 'command-refused', 'timer-set', 'input-parked', 'input-released'];
  const events = Object.fromEntries(types.map((type) => [`${service}.${name}.${type}`, { version: 1 }]));
  return { service, name, streamPrefix, events: events as AggregateContract<ProcessEvent<`${Service}.${Name}`>>['events'] };
}

interface ProcessTools extends SubscriberTools {
  readonly ids: Ids;
  readonly aggregates: Aggregates;
  readonly sender: CommandSender;
  readonly store: ProjectionStore;
}

/** What a context follows from: an event, or a timer's row. */
interface Cause {
  readonly correlationId: string;
  readonly causationId: string;
}

/** Runs the instances of one process manager: takes inputs, sends what was decided, fires timers. */
export class ProcessRunner<State> {
  readonly subscribers: readonly Subscriber[];
  private readonly instances;
  private readonly timers;

  constructor(
    private readonly process: ProcessManager<State>,
    private readonly tools: ProcessTools,
  ) {
    this.instances = new ProcessInstances(process);
    this.timers = new ProcessTimers(process, tools, (row) => this.fire(row));
    // Events of several keys may concern one instance, and it takes them in the order of the batch. What it decided stands in a stream of its own.
    const inputs = policyLike({ name: `${process.name}-inputs`, follows: process.follows, oneAtATime: true }, tools, (event) => this.taking(event));
    const dispatch = policyLike({ name: `${process.name}-dispatch`, follows: [process.contract] }, tools, (event) => this.dispatching(event));
    this.subscribers = [inputs, dispatch, new Projector(this.timers.projection, tools.store, tools)];
  }

  /** Fires due timers until the signal is aborted. */
  runTimers(signal: AbortSignal): Promise<void> {
    return this.timers.run(signal);
  }

  private taking(event: RecordedEvent): ReturnType<Handling> {
    const { eventId, type, data, occurredAt, service, streamId, correlationId } = event;
    const instance = this.process.instanceOf(event);
    if (instance === null) return null;
    return () => this.receive(instance, this.tools.ids.derive(eventId, this.process.name), { type, data, occurredAt, service, streamId }, { correlationId, causationId: eventId });
  }

  /** The command id names this setting of the timer: several members may look at the row at once, and a clock that was set back may arm the same instant again. */
  private async fire({ id, instance, timer, set, correlationId }: TimerRow): Promise<void> {
    const occurredAt = this.tools.clock.now().toISOString();
    const input = { type: 'timer-fired', data: { timer, set }, occurredAt, service: null, streamId: streamOf(this.process.contract, instance) };
    await this.receive(instance, this.tools.ids.derive(id, String(set)), input, { correlationId, causationId: id });
  }

  private async receive(instance: string, commandId: string, input: ProcessInput, cause: Cause): Promise<void> {
    const context = this.context(commandId, cause);
    const result = await this.tools.aggregates.execute(this.instances.decider, instance, context, (state) => this.instances.accept(state, input, context.now));
    this.report(instance, result);
  }

  /** What the instance's own stream asks for, in the stream's order: an event that fails here holds up this instance and no other. */
  private dispatching(event: RecordedEvent): ReturnType<Handling> {
    if (event.type === this.instances.type('command-decided')) return () => this.sendDecided(event);
    if (event.type === this.instances.type('input-parked')) return () => this.release(event);
    return null;
  }

  private async release(event: RecordedEvent): Promise<void> {
    const context = this.context(this.tools.ids.derive(event.eventId, 'release'), { correlationId: event.correlationId, causationId: event.eventId });
    const parked = event.data as ParkedInput;
    await this.tools.aggregates.execute(this.instances.decider, idOf(this.process.contract, event.streamId), context, (state) => this.instances.release(state, parked, context.now));
  }

  private async sendDecided(event: RecordedEvent): Promise<void> {
    const { step, command } = event.data as { step: string; command: PolicyCommand };
    const instance = idOf(this.process.contract, event.streamId);
    const context = this.context(this.tools.ids.derive(event.eventId, 'answer'), { correlationId: event.correlationId, causationId: event.eventId });
    const answer = await this.send(event, step, command);
    const result = await this.tools.aggregates.execute(this.instances.decider, instance, context, (state) => {
      if (!('code' in answer)) return [{ type: this.instances.type('command-accepted'), data: { step, ...answer } }];
      const data = { step, code: answer.code };
      const input = { type: 'command-refused', data, occurredAt: context.now, service: null, streamId: event.streamId };
      return [{ type: this.instances.type('command-refused'), data }, ...this.instances.accept(state, input, context.now)];
    });
    this.report(instance, result);
  }

  private async send(event: RecordedEvent, step: string, command: PolicyCommand): Promise<{ id: string; version: number } | { code: string }> {
    try {
      const { id, version } = await this.tools.sender.send({
        ...command,
        commandId: this.tools.ids.derive(event.streamId, step),
        correlationId: event.correlationId,
        causationId: event.eventId,
        traceparent: event.traceparent,
      });
      return { id, version };
    } catch (error) {
      if (error instanceof DomainError) return { code: error.code };
      if (error instanceof NotFound) return { code: 'not-found' };
      throw error;
    }
  }

  private report(instance: string, { events }: CommandResult): void {
    if (events.includes(this.instances.type('input-parked'))) this.tools.log.error('process: an input was parked', { process: this.process.name, instance });
  }

  private context(commandId: string, { correlationId, causationId }: Cause): CommandContext {
    return {
      commandId,
      commandHash: commandId,
      repeatable: true,
      actor: { subject: `process:${this.process.name}`, memberId: null, roles: ['service'] },
      correlationId,
      causationId,
      traceparent: null,
      expectedVersion: null,
      dryRun: false,
      now: this.tools.clock.now().toISOString(),
    };
  }
}

/** A subscriber with durable marks whose reaction is our own code instead of a command: the same delivery rules as a policy. */
function policyLike(definition: Omit<Policy, 'react'>, tools: ProcessTools, handling: Handling): PolicyRunner {
  return new PolicyRunner({ ...definition, react: () => [] }, tools.store, tools, handling);
}
