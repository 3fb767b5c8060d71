import { isOutage, isParked, letterOf, NO_CHANGES, type Obstacle, obstacleOf, QUEUED, type RowChanges } from './dead-letters.js';
import { DomainError, NotFound } from './errors.js';
import type { AggregateContract, DomainEvent, RecordedEvent } from './events.js';
import { inLanes } from './lanes.js';
import { report, withoutGaps } from './observed.js';
import type { CommandSender, DeadLetter, Ids, Marks, ProjectionStore } from './ports.js';
import { projection, type Projection } from './projection.js';
import type { Subscriber, SubscriberTools } from './projector.js';
import { followsStream, type Incoming, NO_MARKS, versionsBefore } from './subscription.js';

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
  /** Whatever their keys, its events are reacted to one after the other. Without it those of different partition keys go side by side. */
  readonly oneAtATime?: true;
  /**
   * Pure. Ids of new aggregates come from `derive`, so that the same event always means the same command. Commands for different ids are sent side by side, those for one id one after
   * the other.
   */
  react(event: RecordedEvent, derive: (...parts: string[]) => string): readonly PolicyCommand[];
}

export function policy<E extends DomainEvent>(definition: {
  name: string;
  follows: readonly AggregateContract<never>[];
  oneAtATime?: true;
  react(event: RecordedEvent & E, derive: (...parts: string[]) => string): readonly PolicyCommand[];
}): Policy {
  return definition as unknown as Policy;
}

/** What is to be done with an event; null: nothing. Pure up to there, and asked for as often as anybody likes. */
export type Handling = (event: RecordedEvent) => (() => Promise<void>) | null;

/** Where the marks of a policy are kept; it has no rows. */
export const marksOfPolicy = ({ name, follows }: Policy): Projection =>
  projection({ name: `policy-${name}`, version: 1, follows: follows as readonly AggregateContract<never>[], rowsOf: () => [], fold: () => null, durable: true });

/** Attempts on an unexpected error before the event is parked. Outages do not count: they make the batch come again, for as long as they last. */
const ATTEMPTS = 5;
/** Partition keys of a batch that are dealt with at the same time: their commands share the appends of the store. */
const LANES = 8;
/** A batch of more events is one of many to come, as likely as not all known. */
const FEW = 20;

/** The marks are not what they were taken for. */
class Moved extends Error {
  override readonly name = 'Moved';
}

/**
 * Runs a policy: effect-once, because the command id follows from (event, policy, step) and the store gives the first result again.
 * Of a batch several partition keys are in hand at a time; the events of one key are reacted to one after the other, so that what is through is a prefix of each stream.
 * The marks move after the commands are through. A refusal is an answer, so it is logged and the policy goes on.
 * A policy acts on few of the events that it follows: where it acts on none of a batch, the marks are moved on the chance that the batch follows them, and looked at only if it does not.
 */
export class PolicyRunner implements Subscriber {
  readonly name: string;
  readonly projection: Projection;

  constructor(
    private readonly policy: Policy,
    private readonly store: ProjectionStore,
    private readonly tools: SubscriberTools & { ids: Ids; sender: CommandSender },
    /** By default the commands of the policy are sent. */
    private readonly handling: Handling = (event) => this.commandsSent(event),
  ) {
    this.name = policy.name;
    this.projection = marksOfPolicy(policy);
  }

  async apply(partition: string, events: readonly Incoming[]): Promise<void> {
    const mine = events.filter((event) => followsStream(this.policy.follows, event));
    if (mine.length === 0) return;
    if (mine.length <= FEW && !mine.some((event) => this.concerns(event)) && (await this.follows(partition, mine))) return;
    const marks = await this.store.marks(this.projection, [...new Set(mine.map((event) => event.streamId))]);
    const fresh = await withoutGaps(this.projection.name, mine, marks, this.tools);
    const outcomes: Outcome[] = [];
    const blocked = new Set([...marks].flatMap(([streamId, mark]) => (isParked(mark) ? [streamId] : [])));
    const groups = Map.groupBy(fresh, ({ partitionKey }) => (this.policy.oneAtATime ? '' : partitionKey));
    try {
      // An outage leaves the rest of its key for when the batch comes again.
      await inLanes(groups.values(), LANES, async (group) => {
        for (const incoming of group) {
          const obstacle = blocked.has(incoming.streamId) ? QUEUED : await this.reactTo(incoming);
          if (obstacle) blocked.add(incoming.streamId);
          outcomes.push({ incoming, obstacle });
        }
      });
    } finally {
      // All lanes have ended, so that none of them sends behind this.
      if (outcomes.length > 0) await this.settle(partition, outcomes);
    }
  }

  private concerns(incoming: Incoming): boolean {
    try {
      return this.tools.registry.knows(incoming.type) && this.handling(incoming.read()) !== null;
    } catch {
      return true; // it will be parked
    }
  }

  /** Moves the marks over a batch with which nothing is done; false where it does not follow them. */
  private async follows(partition: string, events: readonly Incoming[]): Promise<boolean> {
    try {
      await this.settle(partition, events.map((incoming) => ({ incoming, obstacle: null })));
      return true;
    } catch (error) {
      if (error instanceof Moved) return false;
      throw error;
    }
  }

  /** A parked event once more; the commands are the same under the same ids, so that those which went out before have their first result. */
  async reapply(event: RecordedEvent): Promise<RowChanges> {
    await this.handling(event)?.();
    return NO_CHANGES;
  }

  /** Null when the event is dealt with, the obstacle when it has to be parked. Throws on an outage. */
  private async reactTo(incoming: Incoming): Promise<Obstacle | null> {
    for (let attempt = 1; ; attempt++)
      try {
        if (this.tools.registry.knows(incoming.type)) await this.handling(incoming.read())?.();
        return null;
      } catch (error) {
        if (isOutage(error)) throw error;
        if (attempt === ATTEMPTS) return obstacleOf(error);
      }
  }

  private commandsSent(event: RecordedEvent): ReturnType<Handling> {
    const commands = this.policy.react(event, (...parts) => this.tools.ids.derive(event.eventId, this.name, ...parts));
    return commands.length === 0 ? null : () => this.send(event, commands);
  }

  private async send(event: RecordedEvent, commands: readonly PolicyCommand[]): Promise<void> {
    const byTarget = Map.groupBy(commands.entries(), ([, { id }]) => id);
    await inLanes(byTarget.values(), LANES, async (steps) => {
      for (const [step, command] of steps) await this.sendOne(event, step, command);
    });
  }

  private async sendOne(event: RecordedEvent, step: number, command: PolicyCommand): Promise<void> {
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

  private async settle(partition: string, outcomes: readonly Outcome[]): Promise<void> {
    const parkedAt = this.tools.clock.now().toISOString();
    const after = versionsBefore(outcomes.map(({ incoming }) => incoming));
    let parked: DeadLetter[] = [];
    let applied = 0;
    await this.store.transact(this.projection, { partition, streams: [...after.keys()], rows: [], after }, (state) => {
      const marks = new Map<string, Marks>();
      parked = [];
      applied = 0;
      for (const { incoming, obstacle } of outcomes) {
        const { streamId, version } = incoming;
        const mark = marks.get(streamId) ?? state.marks.get(streamId) ?? NO_MARKS;
        if (version <= mark.accepted) continue; // another member was faster: marks do not go back
        // Somebody has parked or drained the stream since its marks were read. The batch comes again: an event joins a queue that is there, and none that is not.
        if (version !== mark.accepted + 1 || isParked(mark) !== (obstacle === QUEUED)) throw new Moved(`${streamId}: version ${version} does not follow ${mark.accepted} as it was read`);
        marks.set(streamId, { accepted: version, applied: obstacle ? mark.applied : version });
        if (obstacle) parked.push(letterOf(this.projection.name, incoming, obstacle, parkedAt));
        else applied += 1;
      }
      return { marks, rows: new Map(), parked };
    });
    await report(this.projection.name, applied, parked, this.tools);
  }
}

interface Outcome {
  readonly incoming: Incoming;
  readonly obstacle: Obstacle | null;
}
