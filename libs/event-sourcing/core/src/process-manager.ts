import type { Aggregates, CommandContext } from './aggregates.js';
import { decider } from './decider.js';
import { DomainError, NotFound } from './errors.js';
import { type AggregateContract, type DomainEvent, idOf, type RecordedEvent, streamOf } from './events.js';
import type { CommandSender, Ids, ProjectionStore, View } from './ports.js';
import { policy, type PolicyCommand, PolicyRunner } from './policy.js';
import { projection, type Projection } from './projection.js';
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
  | DomainEvent<`${Process}.timer-set`, { timer: string; at: string }>;

export function processContract<Service extends string, Name extends string>(service: Service, name: Name, streamPrefix: string): AggregateContract<ProcessEvent<`${Service}.${Name}`>> {
  const types = ['received', 'command-decided', 'command-accepted', 'command-refused', 'timer-set'];
  const events = Object.fromEntries(types.map((type) => [`${service}.${name}.${type}`, { version: 1 }]));
  return { service, name, streamPrefix, events: events as AggregateContract<ProcessEvent<`${Service}.${Name}`>>['events'] };
}

interface TimerRow {
  readonly id: string;
  readonly instance: string;
  readonly timer: string;
  readonly dueAt: string;
  readonly correlationId: string;
}

interface ProcessTools extends SubscriberTools {
  readonly ids: Ids;
  readonly aggregates: Aggregates;
  readonly sender: CommandSender;
  readonly store: ProjectionStore;
}

const POLL_MS = 250;
const TIMERS_PER_POLL = 100;

/** Runs the instances of one process manager: takes inputs, sends what was decided, fires timers. */
export class ProcessRunner<State> {
  readonly subscribers: readonly Subscriber[];
  private readonly timers: Projection<TimerRow>;
  private readonly instances;

  constructor(
    private readonly process: ProcessManager<State>,
    private readonly tools: ProcessTools,
  ) {
    this.instances = decider<State, DomainEvent>({
      contract: process.contract,
      initial: process.initial,
      evolve: (state, fact) => (fact.type === this.type('received') ? process.evolve(state, fact.data as ProcessInput) : state),
    });
    this.timers = this.timerProjection();
    const inputs = policyLike(`${process.name}-inputs`, process.follows, tools, async (event) => {
      const instance = process.instanceOf(event);
      if (instance === null) return;
      await this.receive(instance, tools.ids.derive(event.eventId, process.name), { type: event.type, data: event.data, occurredAt: event.occurredAt, service: event.service, streamId: event.streamId }, event);
    });
    const dispatch = policyLike(`${process.name}-dispatch`, [process.contract], tools, (event) =>
      event.type === this.type('command-decided') ? this.dispatch(event) : Promise.resolve(),
    );
    const timers = new Projector(this.timers, tools.store, tools);
    this.subscribers = [inputs, dispatch, timers];
  }

  /** Fires due timers until the signal is aborted. Several members may do it at once: the command id makes each fire once. */
  async runTimers(signal: AbortSignal): Promise<void> {
    const due: View<TimerRow> = this.tools.store.view(this.timers);
    while (!signal.aborted) {
      try {
        const now = this.tools.clock.now().toISOString();
        for (const row of await due.find({ filter: { dueAt: { $lte: now } }, sort: { dueAt: 1 }, limit: TIMERS_PER_POLL }))
          await this.receive(row.instance, this.tools.ids.derive(row.id, row.dueAt), { type: 'timer-fired', data: { timer: row.timer }, occurredAt: now, service: null, streamId: streamOf(this.process.contract, row.instance) }, row);
      } catch (error) {
        this.tools.log.warn('timers: will try again', { process: this.process.name, error: String(error) });
      }
      await this.tools.clock.wait(POLL_MS, signal);
    }
  }

  private async receive(instance: string, commandId: string, input: ProcessInput, cause: { correlationId: string; eventId?: string; id?: string }): Promise<void> {
    const context = this.context(commandId, cause.correlationId, cause.eventId ?? cause.id ?? null);
    await this.tools.aggregates.execute(this.instances, instance, context, (state) => this.take(state, input, context.now));
  }

  private take(state: State, input: ProcessInput, now: string): DomainEvent[] {
    const reactions = this.process.react(this.process.evolve(state, input), input, now);
    return [
      { type: this.type('received'), data: input },
      ...reactions.map((reaction) =>
        'send' in reaction
          ? { type: this.type('command-decided'), data: { step: reaction.step, command: reaction.send } }
          : { type: this.type('timer-set'), data: { timer: reaction.timer, at: reaction.at } },
      ),
    ];
  }

  private async dispatch(event: RecordedEvent): Promise<void> {
    const { step, command } = event.data as { step: string; command: PolicyCommand };
    const instance = idOf(this.process.contract, event.streamId);
    const context = this.context(this.tools.ids.derive(event.eventId, 'answer'), event.correlationId, event.eventId);
    const answer = await this.send(event, step, command);
    await this.tools.aggregates.execute(this.instances, instance, context, (state) =>
      'code' in answer
        ? [
            { type: this.type('command-refused'), data: { step, code: answer.code } },
            ...this.take(state, { type: 'command-refused', data: { step, code: answer.code }, occurredAt: context.now, service: null, streamId: event.streamId }, context.now),
          ]
        : [{ type: this.type('command-accepted'), data: { step, ...answer } }],
    );
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

  private context(commandId: string, correlationId: string, causationId: string | null): CommandContext {
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

  private type(name: string): string {
    return `${this.process.contract.service}.${this.process.contract.name}.${name}`;
  }

  private timerProjection(): Projection<TimerRow> {
    const rowOf = (event: RecordedEvent): string | null => {
      const data = event.data as { timer?: string; type?: string; data?: { timer?: string } };
      const timer = event.type === this.type('timer-set') ? data.timer : data.type === 'timer-fired' ? data.data?.timer : undefined;
      return timer === undefined ? null : `${event.streamId}:${timer}`;
    };
    return projection<TimerRow>({
      name: `${this.process.name}-timers`,
      version: 1,
      follows: [this.process.contract as AggregateContract<never>],
      indexes: [['dueAt']],
      rowsOf: (event) => [rowOf(event)].filter((id) => id !== null),
      fold: (_row, event, id) => {
        if (event.type !== this.type('timer-set')) return null;
        const { timer, at } = event.data as { timer: string; at: string };
        return { id, instance: idOf(this.process.contract, event.streamId), timer, dueAt: at, correlationId: event.correlationId };
      },
    });
  }
}

/** A subscriber with durable marks whose reaction is our own code instead of a command: the same delivery rules as a policy. */
function policyLike(name: string, follows: readonly AggregateContract[], tools: ProcessTools, react: (event: RecordedEvent) => Promise<void>): PolicyRunner {
  const definition = policy({ name, follows: follows as readonly AggregateContract<never>[], react: () => [] });
  return new PolicyRunner(definition, tools.store, tools, react);
}
