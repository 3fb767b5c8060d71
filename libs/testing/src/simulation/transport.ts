import {
  type Consumer,
  type Message,
  type OnBatch,
  type PartitionedMessage,
  type Place,
  type Transport,
  Unavailable,
} from '@keyfold/event-sourcing';
import { PARTITIONS, type SimulatedBroker } from './broker.js';
import { GroupMember } from './group-member.js';
import type { SimulatedProcess } from './process.js';

const SEND_MS = 3_000;
const SENDS = 2;

/** Kafka for one process: publishing as the idempotent producer of kafkajs does it, consuming with manual offsets. */
export class SimulatedTransport implements Transport {
  readonly partitions = PARTITIONS;
  private producers = 0;
  /** Forgotten after a failed send: what its sequence numbers stand for is not known any more. */
  private producer: { id: string; next: Map<string, number> } | null = null;

  constructor(
    private readonly broker: SimulatedBroker,
    private readonly process: SimulatedProcess,
    /** Names one run of the process. */
    private readonly incarnation: string,
  ) {}

  async publish(topic: string, messages: readonly PartitionedMessage[]): Promise<readonly Place[]> {
    const producer = (this.producer ??= { id: `${this.incarnation}/${++this.producers}`, next: new Map() });
    const parts = [...Map.groupBy(messages, (message) => message.partition)].map(([partition, own]) => ({
      partition,
      sequence: producer.next.get(`${topic}/${partition}`) ?? 0,
      messages: own.map(({ key, headers, value }) => ({ key, headers, value })),
    }));
    let places: readonly Place[];
    for (let attempt = 1; ; attempt++)
      try {
        places = await this.send(producer.id, topic, parts);
        break;
      } catch (error) {
        if (attempt < SENDS) continue;
        if (this.producer === producer) this.producer = null;
        throw error;
      }
    // Only now, as in kafkajs: a send that failed leaves its numbers to the next one.
    for (const { partition, sequence, messages: own } of parts) producer.next.set(`${topic}/${partition}`, sequence + own.length);
    return places;
  }

  private send(producer: string, topic: string, parts: Parameters<SimulatedBroker['append']>[2][]): Promise<Place[]> {
    const { random, faults } = this.process.world;
    const what = `send to ${topic} ${parts.flatMap((part) => part.messages.map(({ headers }) => `${headers['ce_subject'] ?? 'marker'}@${headers['ce_streamversion'] ?? headers['ce_prevposition']}`)).join(' ')}`;
    return this.process.request<Place[]>(what, SEND_MS, (reply) => {
      const broken = random.chance(faults.brokenSend) ? random.int(parts.length + 1) : Infinity;
      try {
        const places = parts
          .slice(0, broken)
          .map((part) => ({ partition: part.partition, offset: String(this.broker.append(producer, topic, part)) }));
        if (broken === Infinity) reply.answer(places);
        else reply.fail(new Unavailable(topic));
      } catch (error) {
        reply.fail(error);
      }
    });
  }

  readBack(topic: string, places: readonly Place[]): Promise<ReadonlyMap<number, Message | null>> {
    return this.process.request(`read back ${topic}`, SEND_MS, (reply) =>
      reply.answer(
        new Map(places.map(({ partition, offset }) => [partition, this.broker.partition(topic, partition)[Number(offset)] ?? null])),
      ),
    );
  }

  async consume({ group: name, topics, onBatch }: { group: string; topics: readonly string[]; onBatch: OnBatch }): Promise<Consumer> {
    const group = this.broker.group(name, topics);
    const member = new GroupMember(this.broker, group, this.process, onBatch);
    void member.live();
    return { stop: async () => member.leave() };
  }

  async close(): Promise<void> {}
}
