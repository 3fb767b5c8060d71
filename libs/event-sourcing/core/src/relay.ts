import { toMessages } from './cloudevents.js';
import { topicOf } from './events.js';
import type { Clock, EventStore, Failpoint, Logger, PartitionedMessage, RelayState, Transport } from './ports.js';

const BATCH = 500;
const IDLE_MS = 1_000;
const LONGEST_BACK_OFF_MS = 10_000;

/**
 * Publishes one service's log to its topic, in position order, at least once (G5).
 * Exactly one send is in flight: with two, an idempotent kafkajs producer can acknowledge a message that was never written. Throughput comes from the batch.
 * The published position moves after the send, so a crash between the two publishes the batch again; consumers drop what they have.
 */
export class Relay {
  constructor(
    private readonly store: EventStore,
    private readonly transport: Transport,
    private readonly state: RelayState,
    private readonly tools: { clock: Clock; log: Logger; failpoint: Failpoint; onPublished?(position: number): void },
  ) {}

  /** Runs until the signal is aborted or another leader has taken over. Never rejects for an outage: it waits and goes on where it was. */
  async run(signal: AbortSignal): Promise<void> {
    let position: number | null = null;
    let failures = 0;
    while (!signal.aborted) {
      try {
        position ??= await this.state.publishedPosition();
        const commits = await this.store.feed(position, BATCH);
        if (commits.length === 0) {
          await this.store.changed(position, IDLE_MS, signal);
          continue;
        }
        const messages: PartitionedMessage[] = commits.flatMap((commit) => toMessages(this.store.service, commit, this.transport.partitions));
        await this.transport.publish(topicOf(this.store.service), messages);
        await this.tools.failpoint('after-publish');
        const last = commits[commits.length - 1]!.position;
        if (!(await this.state.advance(last))) return;
        position = last;
        this.tools.onPublished?.(position);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) this.tools.log.warn('relay: cannot publish, will go on trying; commands are not affected', { service: this.store.service, error: String(error) });
        await this.tools.clock.wait(Math.min(100 * 2 ** failures, LONGEST_BACK_OFF_MS), signal);
      }
    }
  }
}
