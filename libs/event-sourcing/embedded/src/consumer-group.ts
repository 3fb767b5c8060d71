import type { Clock, Consumer, OnBatch } from '@keyfold/event-sourcing';
import type { PartitionLog } from './partition-log.js';

const BATCH = 500;
const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5_000;
/** How long a member that stops waits for its batches under way. */
const LAST_BATCHES_MS = 10_000;

/** Where a group has got to with one partition. At most one batch of it is under way. */
interface Cursor {
  readonly topic: string;
  readonly partition: number;
  readonly log: PartitionLog;
  offset: number;
  /** Moves with the offset. */
  note: string;
  underWay: boolean;
}

class Member {
  readonly stopping = new AbortController();
  readonly work = new Set<Promise<void>>();

  constructor(
    readonly topics: readonly string[],
    readonly onBatch: OnBatch,
  ) {}
}

/** The members of one consumer group and the offsets they share. The offset of a partition moves when `onBatch` has resolved, and never otherwise. */
export class ConsumerGroup {
  private readonly cursors = new Map<string, Cursor>();
  private members: readonly Member[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly onProgress: (topic: string, partition: number) => void,
  ) {}

  join(logs: ReadonlyMap<string, readonly PartitionLog[]>, onBatch: OnBatch): Consumer {
    for (const [topic, partitions] of logs)
      partitions.forEach((log, partition) => {
        const key = `${topic}/${partition}`;
        if (!this.cursors.has(key)) this.cursors.set(key, { topic, partition, log, offset: log.begin, note: '', underWay: false });
      });
    const member = new Member([...logs.keys()], onBatch);
    this.members = [...this.members, member];
    this.wake();
    return { stop: () => this.leave(member) };
  }

  follows(topic: string): boolean {
    return this.cursors.has(`${topic}/0`);
  }

  offsetOf(topic: string, partition: number): number | null {
    return this.cursors.get(`${topic}/${partition}`)?.offset ?? null;
  }

  /** Looks for messages: on one topic after a publish, on all after a change of the members. */
  wake(topic?: string): void {
    for (const cursor of this.cursors.values()) if (topic === undefined || cursor.topic === topic) this.start(cursor);
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => this.leave(member)));
  }

  private async leave(member: Member): Promise<void> {
    this.members = this.members.filter((other) => other !== member);
    member.stopping.abort();
    const through = new AbortController();
    await Promise.race([Promise.all(member.work), this.clock.wait(LAST_BATCHES_MS, through.signal)]);
    through.abort();
    this.wake();
  }

  private ownerOf(cursor: Cursor): Member | undefined {
    const able = this.members.filter((member) => member.topics.includes(cursor.topic));
    return able[cursor.partition % able.length];
  }

  private start(cursor: Cursor): void {
    const member = this.ownerOf(cursor);
    if (!member || cursor.underWay || cursor.offset === cursor.log.end) return;
    cursor.underWay = true;
    const work = this.drain(cursor, member).finally(() => {
      cursor.underWay = false;
      member.work.delete(work);
      this.start(cursor); // what came in, or another member, meanwhile
    });
    member.work.add(work);
  }

  /** Works until the partition is empty or has another owner. Never rejects. */
  private async drain(cursor: Cursor, member: Member): Promise<void> {
    await Promise.resolve(); // the publisher does not wait for its consumers
    for (let failures = 0; cursor.offset < cursor.log.end && this.ownerOf(cursor) === member; ) {
      const messages = cursor.log.read(cursor.offset, BATCH);
      try {
        const { topic, partition, note } = cursor;
        cursor.note = (await member.onBatch({ topic, partition, messages, note, ensureOwned: () => Promise.resolve() })) ?? note;
        cursor.offset += messages.length;
        failures = 0;
        this.onProgress(topic, partition);
      } catch {
        await this.clock.wait(Math.min(FIRST_BACK_OFF_MS * 2 ** failures, LONGEST_BACK_OFF_MS), member.stopping.signal);
        failures += 1;
      }
    }
  }
}
