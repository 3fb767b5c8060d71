import type { OnBatch } from '@keyfold/event-sourcing';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { KafkaSettings } from './client.js';
import { toMessage } from './messages.js';
import type { Notes } from './notes.js';
import { OffsetCommits } from './offset-commits.js';
import { abortable } from './waiting.js';

const SLICE = 500;
/** Slices of a partition from which on it is fetched no further, until fewer are left. */
const MOST_WAITING = 2;
const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5_000;

interface Slice {
  readonly messages: readonly KafkaMessage[];
  readonly commit: EachBatchPayload['commitOffsetsIfNecessary'];
}

/** A partition of this member: what was fetched of it is handed over one slice after the other. */
interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly slices: Slice[];
  /** Aborted when another member has the partition. */
  readonly lost: AbortController;
  /** What goes with the next offset; not asked for yet when undefined. */
  note: string | undefined;
  failures: number;
  isAtWork: boolean;
  /** Commits the offset behind the last slice that was dealt with. */
  commitAgain: () => void;
  /** Set while the partition is paused. */
  resume: (() => void) | null;
}

/** What kafkajs calls with the records it has fetched. One per session of a group member. */
export class PartitionWorker {
  /** Slices that were handled or refused: a consumer whose lag grows while this stands still has stalled. */
  progress = 0;
  private readonly lanes = new Map<string, Lane>();
  private readonly atWork = new Set<Promise<void>>();
  /** Partitions whose slice is being handed over, and whether anything was done with it since the last look. */
  private readonly inHand = new Map<Lane, { moved: boolean }>();
  private readonly hands: Hands;
  private readonly abandonment = new AbortController();
  private readonly commits: OffsetCommits;
  private isLeaving = false;

  constructor(
    private readonly settings: Pick<KafkaSettings, 'clock' | 'log' | 'topicPrefix'>,
    private readonly options: { group: string; concurrency: number; notes: Pick<Notes, 'of'>; onBatch: OnBatch },
  ) {
    this.commits = new OffsetCommits(settings.clock);
    this.hands = new Hands(options.concurrency);
  }

  /**
   * Takes the records in and returns: kafkajs fetches again, and tells the group that this member lives, when all that it has fetched is through, so whatever were awaited here
   * would hold up every partition. The offset is resolved for the next fetch now, and committed for the next owner of the partition when the slice is done.
   */
  readonly eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    this.commits.check();
    const { topic, partition, messages } = payload.batch;
    const lane = this.laneOf(topic, partition);
    for (let start = 0; start < messages.length; start += SLICE) lane.slices.push({ messages: messages.slice(start, start + SLICE), commit: payload.commitOffsetsIfNecessary });
    payload.resolveOffset(messages.at(-1)!.offset);
    if (lane.slices.length >= MOST_WAITING) lane.resume ??= payload.pause();
    if (!lane.isAtWork) this.begin(lane);
    await payload.heartbeat();
  };

  /**
   * The group has been joined anew. Another member goes on with the partitions that are not among these from where was committed. What is in hand of the others, and waits, stays in its
   * order; their offsets are committed again, for what was committed while the group was at it was refused.
   */
  assigned(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.commits.forgive();
    for (const [key, lane] of this.lanes)
      if (assignment[lane.topic]?.includes(lane.partition)) lane.commitAgain();
      else {
        lane.lost.abort(new Error(`${key} has gone to another member`));
        lane.resume?.();
        this.lanes.delete(key);
      }
  }

  /** Partitions with whose slice nothing was done since the last look, one at least. The others may flow all the while, so `progress` does not tell. */
  standingStill(): string[] {
    const still = [...this.inHand].filter(([, { moved }]) => !moved).map(([{ topic, partition }]) => `${topic}/${partition}`);
    for (const hand of this.inHand.values()) hand.moved = false;
    return still;
  }

  /** Takes and begins nothing more; resolves when what is in hand is done and committed, or cannot be. */
  async finish(): Promise<void> {
    this.isLeaving = true;
    await Promise.all(this.atWork);
    await this.commits.settled();
  }

  /** Lets go of work in progress; its offset stays where it was. */
  abandon(): void {
    this.isLeaving = true;
    this.abandonment.abort(new Error('the consumer was stopped before the batch was done'));
  }

  private laneOf(topic: string, partition: number): Lane {
    const key = `${topic}/${partition}`;
    const lane = this.lanes.get(key) ?? { topic, partition, slices: [], lost: new AbortController(), note: undefined, failures: 0, isAtWork: false, commitAgain: () => undefined, resume: null };
    this.lanes.set(key, lane);
    return lane;
  }

  private begin(lane: Lane): void {
    const work = this.work(lane).finally(() => this.atWork.delete(work));
    this.atWork.add(work);
  }

  /** One slice at a time, and a refused one again after a back-off, while the other partitions flow. */
  private async work(lane: Lane): Promise<void> {
    lane.isAtWork = true;
    for (let slice = lane.slices[0]; slice; slice = lane.slices[0]) {
      const current = slice;
      const isDone = await this.hands.lend(() => this.handOver(lane, current));
      if (this.isOver(lane)) break;
      if (!isDone) {
        await this.backOff(lane);
        continue;
      }
      lane.slices.shift();
      if (lane.slices.length < MOST_WAITING) {
        lane.resume?.();
        lane.resume = null;
      }
    }
    lane.isAtWork = false;
  }

  private isOver(lane: Lane): boolean {
    return this.isLeaving || lane.lost.signal.aborted;
  }

  private async handOver(lane: Lane, { messages, commit }: Slice): Promise<boolean> {
    if (this.isOver(lane)) return false;
    const { topic, partition } = lane;
    const { signal } = lane.lost;
    const hand = { moved: true };
    this.inHand.set(lane, hand);
    try {
      const known = (lane.note ??= await abortable(this.options.notes.of(topic, partition), this.abandonment.signal));
      const batch = {
        topic: topic.slice(this.settings.topicPrefix.length),
        partition,
        messages: messages.map(toMessage),
        note: known,
        ensureOwned: async () => {
          signal.throwIfAborted();
          hand.moved = true;
        },
      };
      lane.note = (await abortable(this.options.onBatch(batch), this.abandonment.signal)) ?? known;
      signal.throwIfAborted(); // or the offset of the next owner might go back
      const handled = { topic, partition, offset: (BigInt(messages.at(-1)!.offset) + 1n).toString(), metadata: lane.note };
      lane.commitAgain = () => this.commits.add(handled, commit);
      lane.commitAgain();
      lane.failures = 0;
      return true;
    } catch (error) {
      if (!this.isOver(lane)) this.refused(lane, error);
      return false;
    } finally {
      this.inHand.delete(lane);
      this.progress += 1;
    }
  }

  private refused(lane: Lane, error: unknown): void {
    lane.failures += 1;
    const { topic, partition, failures } = lane;
    if (failures % 10 === 1) this.settings.log.warn('batch refused, will come again', { group: this.options.group, topic, partition, failures, error: String(error) });
  }

  private async backOff({ failures, lost }: Lane): Promise<void> {
    const waitMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (failures - 1), LONGEST_BACK_OFF_MS);
    await this.settings.clock.wait(waitMs, AbortSignal.any([this.abandonment.signal, lost.signal]));
  }
}

/** So many pieces of work at a time, in the order in which they came. */
class Hands {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async lend<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
