import { DomainError, NotFound } from './errors.js';
import type { AggregateContract, DomainEvent, RecordedEvent } from './events.js';
import type { CommandSender, Ids, Marks, ProjectionStore } from './ports.js';
import { projection, type Projection } from './projection.js';
import type { Subscriber, SubscriberTools } from './projector.js';
import { followsStream, gapless, type Incoming, NO_MARKS } from './subscription.js';

/** A command that a policy decided on: `tasks/raise`, the id of the aggregate, the body. */
export interface PolicyCommand {
  readonly name: string;
  readonly id: string;
  readonly body: object;
}

/** "When this happens, do that." Its file name is the sentence. */
export interface Policy {
  readonly name: string;
  readonly follows: readonly AggregateContract[];
  /** Pure. Ids of new aggregates come from `derive`, so that the same event always means the same command. */
  react(event: RecordedEvent, derive: (...parts: string[]) => string): readonly PolicyCommand[];
}

export function policy<E extends DomainEvent>(definition: {
  name: string;
  follows: readonly AggregateContract<never>[];
  react(event: RecordedEvent & E, derive: (...parts: string[]) => string): readonly PolicyCommand[];
}): Policy {
  return definition as unknown as Policy;
}

/** Where the marks of a policy are kept; it has no rows. */
export const marksOfPolicy = ({ name, follows }: Policy): Projection =>
  projection({ name: `policy-${name}`, version: 1, follows: follows as readonly AggregateContract<never>[], rowsOf: () => [], fold: () => null, durable: true });

/** Attempts on an unexpected error before the event is parked. Outages do not count: they make the batch come again, for as long as they last. */
const ATTEMPTS = 5;

/**
 * Runs a policy: effect-once, because the command id follows from (event, policy, step) and the store gives the first result again.
 * The marks move after the commands are through. A refusal is an answer, so it is logged and the policy goes on.
 */
export class PolicyRunner implements Subscriber {
  readonly name: string;
  readonly projection: Projection;

  constructor(
    private readonly policy: Policy,
    private readonly store: ProjectionStore,
    private readonly tools: SubscriberTools & { ids: Ids; sender: CommandSender },
    /** What is done with an event; by default the commands of the policy are sent. */
    private readonly act: (event: RecordedEvent) => Promise<void> = (event) => this.sendCommandsOf(event),
  ) {
    this.name = policy.name;
    this.projection = marksOfPolicy(policy);
  }

  async apply(partition: string, events: readonly Incoming[]): Promise<void> {
    const mine = events.filter((event) => followsStream(this.policy.follows, event));
    if (mine.length === 0) return;
    const marks = await this.store.marks(this.projection, [...new Set(mine.map((event) => event.streamId))]);
    const fresh = await gapless(mine, marks, this.tools, (streamId, after) =>
      this.tools.log.warn('gap in a stream, repairing it from the feed', { policy: this.name, streamId, after }),
    );
    const done: Incoming[] = [];
    const parked: { incoming: Incoming; cause: string }[] = [];
    try {
      for (const incoming of fresh) {
        const blocked = parked.some((other) => other.incoming.streamId === incoming.streamId) || isParked(marks.get(incoming.streamId));
        const cause = blocked ? 'queued behind a dead letter' : await this.reactTo(incoming);
        if (cause === null) done.push(incoming);
        else parked.push({ incoming, cause });
      }
    } finally {
      if (done.length + parked.length > 0) await this.settle(partition, done, parked);
    }
  }

  /** Null when the event is dealt with, the cause when it has to be parked. Throws on an outage. */
  private async reactTo(incoming: Incoming): Promise<string | null> {
    for (let attempt = 1; ; attempt++)
      try {
        if (this.tools.registry.knows(incoming.type)) await this.act(incoming.read());
        return null;
      } catch (error) {
        if (isOutage(error)) throw error;
        if (attempt === ATTEMPTS) return String(error);
      }
  }

  private async sendCommandsOf(event: RecordedEvent): Promise<void> {
    const commands = this.policy.react(event, (...parts) => this.tools.ids.derive(event.eventId, this.name, ...parts));
    for (const [step, command] of commands.entries())
      try {
        await this.tools.sender.send({
          ...command,
          commandId: this.tools.ids.derive(event.eventId, this.name, String(step), command.id),
          correlationId: event.correlationId,
          causationId: event.eventId,
          traceparent: event.traceparent,
        });
      } catch (error) {
        if (!(error instanceof DomainError || error instanceof NotFound)) throw error;
        this.tools.log.info('policy: the command was refused', { policy: this.name, command: command.name, id: command.id, reason: error.message });
      }
  }

  private settle(partition: string, done: readonly Incoming[], parked: readonly { incoming: Incoming; cause: string }[]): Promise<void> {
    const parkedAt = this.tools.clock.now().toISOString();
    const streams = [...new Set([...done, ...parked.map((other) => other.incoming)].map((incoming) => incoming.streamId))];
    return this.store.transact(this.projection, { partition, streams, rows: [] }, (state) => {
      // Another member may have settled more of a stream meanwhile: marks do not go back.
      const before = (streamId: string): Marks => state.marks.get(streamId) ?? NO_MARKS;
      const marks = new Map(streams.map((streamId) => [streamId, before(streamId)]));
      for (const { streamId, version } of done) if (version > before(streamId).accepted) marks.set(streamId, { accepted: version, applied: version });
      const fresh = parked.filter(({ incoming }) => incoming.version > before(incoming.streamId).accepted);
      for (const { incoming } of fresh) marks.set(incoming.streamId, { ...marks.get(incoming.streamId)!, accepted: incoming.version });
      return {
        marks,
        rows: new Map(),
        parked: fresh.map(({ incoming: { streamId, version, raw }, cause }) => ({ projection: this.projection.name, streamId, version, event: null, raw, cause, parkedAt })),
      };
    });
  }
}

const isParked = (marks = NO_MARKS): boolean => marks.applied < marks.accepted;

const isOutage = (error: unknown): boolean => error instanceof Error && ['Unavailable', 'WrongExpectedVersion'].includes(error.name);
