import type { RowChanges } from './dead-letters.js';
import type { RecordedEvent } from './events.js';
import type { ProjectionStore } from './ports.js';
import type { AnyProjection } from './projection.js';
import { Projector, type Subscriber, type SubscriberTools } from './projector.js';
import { followsStream, type Incoming } from './subscription.js';

/**
 * A read model that is built from the feeds before live batches come to it. Until then they are passed over (G7 holds: what is passed over is owed by the
 * build, which reads the logs to their end after the last such batch), instead of being repaired stream by stream before their time.
 */
export class ReadModel implements Subscriber {
  readonly name: string;
  readonly isReadModel = true;
  readonly projector: Projector<object>;
  private built = false;

  constructor(
    readonly projection: AnyProjection,
    private readonly store: ProjectionStore,
    tools: SubscriberTools,
  ) {
    this.name = projection.name;
    this.projector = new Projector(projection, store, tools);
  }

  async apply(partition: string, events: readonly Incoming[]): Promise<void> {
    if (!events.some((event) => followsStream(this.projection.follows, event))) return;
    if (!this.built && (await this.store.generations.awaitsBuild(this.projection, partition))) return;
    this.built = true;
    await this.projector.apply(partition, events);
  }

  reapply(event: RecordedEvent): Promise<RowChanges> {
    return this.projector.reapply(event);
  }
}
