import { type Message, Unavailable } from '@keyfold/event-sourcing';
import type { SimulatedProcess } from './process.js';
import type { World } from './world.js';

/** Where a group is on a partition, with the note that it left there. */
export interface Committed {
  readonly offset: number;
  readonly note: string;
}

export interface Group {
  generation: number;
  members: Member[];
  readonly topics: readonly string[];
  /** `<topic>/<partition>` -> whose it is in this generation. */
  readonly owners: Map<string, Member>;
  readonly committed: Map<string, Committed>;
}

export interface Member {
  readonly process: SimulatedProcess;
}

/** Few, so that streams share them. */
export const PARTITIONS = 3;
const SESSION_MS = 1_000;

/** A broker with partitioned topics, consumer groups, and producers of which it knows the sequence numbers. */
export class SimulatedBroker {
  private readonly topics = new Map<string, Message[][]>();
  private readonly groups = new Map<string, Group>();
  /** By producer and partition: the next sequence number, and where its last message stands. */
  private readonly sequences = new Map<string, { next: number; offset: number }>();
  private readonly lossy = new Set<string>();
  private readonly idle = new Set<() => void>();

  constructor(readonly world: World) {}

  partition(topic: string, partition: number): Message[] {
    let partitions = this.topics.get(topic);
    if (!partitions) this.topics.set(topic, (partitions = Array.from({ length: PARTITIONS }, () => [])));
    return partitions[partition]!;
  }

  messages(topic: string): Message[][] {
    return Array.from({ length: PARTITIONS }, (_, partition) => this.partition(topic, partition));
  }

  /** Every group has everything. */
  get drained(): boolean {
    return [...this.groups.values()].every((group) =>
      group.topics.every((topic) =>
        this.messages(topic).every(
          (messages, partition) => (group.committed.get(`${topic}/${partition}`)?.offset ?? 0) === messages.length,
        ),
      ),
    );
  }

  group(name: string, topics: readonly string[]): Group {
    let group = this.groups.get(name);
    if (!group) this.groups.set(name, (group = { generation: 0, members: [], topics, owners: new Map(), committed: new Map() }));
    return group;
  }

  /** Shares the partitions out again. Former owners find out when they ask for more; what they have in hand they go on with. */
  rebalance(group: Group): void {
    group.members = group.members.filter(({ process }) => process.alive);
    group.generation += 1;
    group.owners.clear();
    if (group.members.length === 0) return;
    const from = this.world.random.int(group.members.length);
    const partitions = group.topics.flatMap((topic) => Array.from({ length: PARTITIONS }, (_, partition) => `${topic}/${partition}`));
    partitions.forEach((partition, i) => group.owners.set(partition, group.members[(from + i) % group.members.length]!));
    this.world.note(
      `the group is shared out again: ${partitions.map((partition) => `${partition} ${group.owners.get(partition)!.process.name}`).join(', ')}`,
    );
    this.wake();
  }

  rebalanceAny(): void {
    if (this.groups.size > 0) this.rebalance(this.world.random.pick([...this.groups.values()]));
  }

  /** A member that has stood still for too long is taken for dead. */
  expire(process: SimulatedProcess): void {
    this.world.after(SESSION_MS, '', () => {
      if (process.alive && !process.standsStill) return;
      for (const group of this.groups.values())
        if (group.members.some((member) => member.process === process)) {
          group.members = group.members.filter((member) => member.process !== process);
          this.rebalance(group);
        }
    });
  }

  /**
   * Appends one partition's part of a send. Messages with a sequence number that this producer has used before are taken for a repetition:
   * acknowledged, and not written. The offset of the last message.
   */
  append(producer: string, topic: string, part: { partition: number; sequence: number; messages: readonly Message[] }): number {
    const key = `${producer} ${topic}/${part.partition}`;
    const { next, offset } = this.sequences.get(key) ?? { next: 0, offset: -1 };
    if (part.sequence > next) throw new Unavailable(`${topic} (a sequence number is missing)`);
    if (part.sequence < next) return offset;
    const last = this.partition(topic, part.partition).push(...part.messages) - 1;
    this.sequences.set(key, { next: next + part.messages.length, offset: last });
    this.wake();
    return last;
  }

  /** Loses the end of a topic, as a broker without power does, or all of it: a disk that was wiped, a topic that was made anew. */
  lose(topic: string): void {
    const { random } = this.world;
    const all = random.chance(0.5);
    this.lossy.add(topic);
    const forgets = all && random.chance(0.5);
    this.world.note(`${topic} loses ${all ? 'everything' : 'its end'}${forgets ? ', and the groups their offsets' : ''}`);
    this.messages(topic).forEach((messages, partition) => {
      messages.splice(all ? 0 : Math.max(0, messages.length - random.int(5)));
      if (forgets) for (const group of this.groups.values()) group.committed.delete(`${topic}/${partition}`);
    });
    for (const key of this.sequences.keys()) if (key.includes(` ${topic}/`)) this.sequences.delete(key);
  }

  hasLost(topic: string): boolean {
    return this.lossy.has(topic);
  }

  /** Calls back when there may be news, and once more if there is none for some time. */
  whenNews(look: () => boolean): void {
    const again = (): void => {
      if (!look()) return;
      this.idle.delete(again);
    };
    this.idle.add(again);
    again();
  }

  private wake(): void {
    for (const look of [...this.idle]) look();
  }
}
