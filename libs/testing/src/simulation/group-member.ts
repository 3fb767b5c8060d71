import { type Message, type OnBatch, type ReceivedBatch, Unavailable } from '@keyfold/event-sourcing';
import type { Committed, Group, Member, SimulatedBroker } from './broker.js';
import type { Reply, SimulatedProcess } from './process.js';

interface Assignment {
  readonly generation: number;
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
}

interface Fetched {
  readonly offset: number;
  readonly messages: readonly Message[];
  /** What the group left with the offset; '' when it has never been here. */
  readonly note: string;
}

const FETCH_MS = 4_000;
const FETCH_WAIT_MS = 1_500;
const LARGEST_BATCH = 8;
const LONGEST_BACK_OFF_MS = 2_000;

/** One member of a consumer group. It hands over what it has fetched; meanwhile the group may go on without it, and it finds out when it asks for more. */
export class GroupMember implements Member {
  private over = false;
  private stale = false;

  constructor(
    private readonly broker: SimulatedBroker,
    private readonly group: Group,
    readonly process: SimulatedProcess,
    private readonly onBatch: OnBatch,
  ) {}

  leave(): void {
    this.over = true;
    this.group.members = this.group.members.filter((member) => member !== this);
    this.broker.rebalance(this.group);
  }

  async live(): Promise<void> {
    while (!this.over)
      try {
        const { generation, partitions } = await this.join();
        this.stale = false;
        await Promise.all(partitions.map(({ topic, partition }) => this.consume(generation, topic, partition)));
        while (!this.stale && partitions.length === 0) this.stale = await this.isStale(generation);
      } catch {
        await this.process.clock.wait(100);
      }
  }

  private join(): Promise<Assignment> {
    return this.process.request('join the group', FETCH_MS, (reply) => {
      if (!this.group.members.includes(this)) {
        this.group.members.push(this);
        this.broker.rebalance(this.group);
      }
      const own = [...this.group.owners]
        .filter(([, owner]) => owner === this)
        .map(([name]) => ({ topic: name.slice(0, name.lastIndexOf('/')), partition: Number(name.slice(name.lastIndexOf('/') + 1)) }));
      reply.answer({ generation: this.group.generation, partitions: own });
    });
  }

  private async isStale(generation: number): Promise<boolean> {
    await this.process.clock.wait(FETCH_WAIT_MS);
    return this.group.generation !== generation;
  }

  /** The offset moves only when a batch is done; one that was refused comes again. Ends when the group has gone on without this member. */
  private async consume(generation: number, topic: string, partition: number): Promise<void> {
    for (let failures = 0; !this.over && !this.stale;)
      try {
        const { offset, messages, note } = await this.fetch(generation, topic, partition);
        if (messages.length === 0) continue;
        const ensureOwned = async (): Promise<void> => {
          if (this.group.generation !== generation && this.process.world.random.chance(0.5)) throw new Unavailable('the group');
        };
        const left = await this.onBatch({ topic, partition, messages: this.received(offset, messages), note, ensureOwned });
        await this.commit(generation, `${topic}/${partition}`, { offset: offset + messages.length, note: left ?? note });
        failures = 0;
      } catch (error) {
        if (error instanceof Fenced) this.stale = true;
        else {
          failures += 1;
          this.process.log.warn('batch refused', { topic, partition, error: String(error) });
          await this.process.clock.wait(Math.min(50 * 2 ** failures, LONGEST_BACK_OFF_MS));
        }
      }
  }

  /** Messages from the committed offset on, or a few before it; none after some time without news. */
  private fetch(generation: number, topic: string, partition: number): Promise<Fetched> {
    const { random, faults } = this.process.world;
    const name = `${topic}/${partition}`;
    return this.process.request(`fetch ${name}`, FETCH_MS, (reply: Reply<Fetched>) => {
      let waited = false;
      const look = (): boolean => {
        const left = this.group.committed.get(name);
        const note = left?.note ?? '';
        const log = this.broker.partition(topic, partition);
        // Beyond the end: the topic has lost it. From the beginning again, as the consumers are configured.
        const committed = left && left.offset <= log.length ? left.offset : 0;
        if (this.group.generation !== generation) reply.fail(new Fenced());
        else if (committed < log.length) {
          const offset = random.chance(faults.repeatedBatch) ? random.int(committed + 1) : committed;
          reply.answer({ offset, messages: log.slice(offset, committed + 1 + random.int(LARGEST_BATCH)), note });
        } else if (waited) reply.answer({ offset: committed, messages: [], note });
        else return false;
        return true;
      };
      let answered = false;
      const once = (): boolean => (answered ||= look());
      this.broker.whenNews(once);
      if (!answered)
        this.process.world.after(FETCH_WAIT_MS, '', () => {
          waited = true;
          once();
        });
    });
  }

  private received(offset: number, messages: readonly Message[]): ReceivedBatch['messages'] {
    const { random, faults } = this.process.world;
    const batch = messages.map((message, i) => ({ ...message, offset: String(offset + i) }));
    if (random.chance(faults.lostMessage)) batch.splice(random.int(batch.length), 1);
    return random.chance(faults.shuffledBatch) ? random.shuffled(batch) : batch;
  }

  private commit(generation: number, name: string, committed: Committed): Promise<void> {
    return this.process.request(`commit ${name} at ${committed.offset}`, FETCH_MS, (reply) => {
      if (this.group.generation !== generation) return reply.fail(new Fenced());
      this.group.committed.set(name, committed);
      reply.answer(undefined);
    });
  }
}

/** The group has gone on without this member. */
class Fenced extends Error {}
