import { Bell, type Clock, type Consumer, type Message, type OnBatch, PARTITIONS, type PartitionedMessage, type Place, type Transport, Unavailable } from '@keyfold/event-sourcing';
import { ConsumerGroup } from './consumer-group.js';
import { PartitionLog } from './partition-log.js';

/** Messages of a partition that may wait for the slowest group before publishing waits as well. */
const CAPACITY = 2_000;
/** Messages of a partition that are kept after every group has had them, for a group that registers a little later. */
const KEPT = 200;
const PATIENCE_MS = 10_000;

/**
 * Topics in the memory of one process, with the delivery rules of Kafka (G5). Nothing of it survives the process: at a start the views are built from the
 * log and the relay begins behind it. Memory is bounded: a message that every group has had is freed soon, publishing waits for the slowest group.
 * A group that registers when the beginning of a topic is gone is refused, not given a part.
 */
export class InProcessTransport implements Transport {
  readonly partitions = PARTITIONS;
  private readonly topics = new Map<string, readonly PartitionLog[]>();
  private readonly groups = new Map<string, ConsumerGroup>();
  private readonly room = new Bell();
  private closed = false;

  constructor(private readonly clock: Clock) {}

  async publish(topic: string, messages: readonly PartitionedMessage[]): Promise<readonly Place[]> {
    const logs = this.topic(topic);
    const touched = [...new Set(messages.map((message) => message.partition))];
    await this.untilRoomIn(topic, touched);
    for (const message of messages) logs[message.partition]!.append(message);
    const written = touched.map((partition) => ({ partition, offset: String(logs[partition]!.end - 1) }));
    for (const partition of touched) this.free(topic, partition);
    for (const group of this.groups.values()) group.wake(topic);
    return written;
  }

  async readBack(topic: string, places: readonly Place[]): Promise<ReadonlyMap<number, Message | null>> {
    const logs = this.topic(topic);
    return new Map(places.map(({ partition, offset }) => [partition, logs[partition]!.at(offset)]));
  }

  async consume(options: { group: string; topics: readonly string[]; onBatch: OnBatch }): Promise<Consumer> {
    if (this.closed) throw new Unavailable('transport (closed)');
    const group = this.groups.get(options.group) ?? new ConsumerGroup(this.clock, (topic, partition) => this.progressed(topic, partition));
    const logs = new Map(options.topics.map((topic) => [topic, this.topic(topic)]));
    for (const [topic, partitions] of logs)
      if (!group.follows(topic) && partitions.some((log) => log.begin > 0)) throw new Error(`group ${options.group} comes too late: the beginning of ${topic} is gone`);
    this.groups.set(options.group, group);
    return group.join(logs, options.onBatch);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.room.ring();
    await Promise.all([...this.groups.values()].map((group) => group.stop()));
  }

  private topic(name: string): readonly PartitionLog[] {
    const known = this.topics.get(name);
    if (known) return known;
    const made = Array.from({ length: this.partitions }, () => new PartitionLog());
    this.topics.set(name, made);
    return made;
  }

  /** Back-pressure: all or nothing, so that a publish that gave up has left no part behind. */
  private async untilRoomIn(topic: string, partitions: readonly number[]): Promise<void> {
    const deadline = this.clock.now().getTime() + PATIENCE_MS;
    while (!this.closed && partitions.some((partition) => this.waiting(topic, partition) >= CAPACITY)) {
      const left = deadline - this.clock.now().getTime();
      if (left <= 0) throw new Unavailable(`topic ${topic} (its consumers are behind)`);
      await this.room.wait(this.room.rings, this.clock, left);
    }
    if (this.closed) throw new Unavailable('transport (closed)');
  }

  /** Messages that the slowest group has not had; none where there is no group, as nobody would ever take them. */
  private waiting(topic: string, partition: number): number {
    const { end } = this.topics.get(topic)![partition]!;
    return end - this.slowest(topic, partition, end);
  }

  private slowest(topic: string, partition: number, without: number): number {
    const offsets = [...this.groups.values()].map((group) => group.offsetOf(topic, partition)).filter((offset) => offset !== null);
    return offsets.length === 0 ? without : Math.min(...offsets);
  }

  private progressed(topic: string, partition: number): void {
    this.free(topic, partition);
    this.room.ring();
  }

  private free(topic: string, partition: number): void {
    const log = this.topics.get(topic)![partition]!;
    log.forgetBefore(this.slowest(topic, partition, log.end - CAPACITY + KEPT) - KEPT, KEPT);
  }
}
