import type { OnBatch } from '@keyfold/event-sourcing';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { KafkaSettings } from './client.js';
import { toMessage } from './messages.js';
import type { Notes } from './notes.js';
import { OffsetCommits } from './offset-commits.js';
import { abortable } from './waiting.js';

const SLICE = 500;
const FIRST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5_000;

/** What kafkajs calls with the records it has fetched. One per session of a group member. */
export class PartitionWorker {
  /** Slices that were handled or refused: a consumer whose lag grows while this stands still has stalled. */
  progress = 0;
  private readonly failures = new Map<string, number>();
  private readonly abandonment = new AbortController();
  private readonly commits: OffsetCommits;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly options: { group: string; heartbeatMs: number; notes: Pick<Notes, 'of' | 'set'>; onBatch: OnBatch },
  ) {
    this.commits = new OffsetCommits(settings.clock);
  }

  /** Lets go of work in progress; its offset stays where it was. */
  abandon(): void {
    this.abandonment.abort(new Error('the consumer was stopped before the batch was done'));
  }

  /** Resolves when what was dealt with so far is committed, or cannot be. */
  settled(): Promise<void> {
    return this.commits.settled();
  }

  /**
   * Hands the records over in slices. The offset moves only when a slice is done: resolved for the next fetch, and committed, behind the work, for the next owner of
   * the partition. kafkajs fetches again when all that it has fetched is through, so whatever is awaited here holds up every partition.
   * A slice that is refused stays unresolved and its partition is paused for the back-off, so that the next fetch brings the same slice while the
   * other partitions flow and the regular fetches keep the membership alive.
   */
  readonly eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { topic, partition, messages } = payload.batch;
    for (let start = 0; start < messages.length; start += SLICE) {
      if (!payload.isRunning() || payload.isStale() || this.abandonment.signal.aborted) return;
      const slice = messages.slice(start, start + SLICE);
      const note = await this.handOver(slice, payload);
      if (note === null) return;
      const last = slice.at(-1)!.offset;
      payload.resolveOffset(last);
      this.commits.add({ topic, partition, offset: (BigInt(last) + 1n).toString(), metadata: note }, payload.commitOffsetsIfNecessary);
      this.commits.check();
      if (!payload.isRunning()) await this.commits.settled(); // before the group is left: then nobody may commit for it
      await payload.heartbeat();
    }
  };

  /** The note to keep with the offset; null when the slice was refused. Throws only what the group has to know: this member has lost its partitions. */
  private async handOver(slice: readonly KafkaMessage[], payload: EachBatchPayload): Promise<string | null> {
    const { topic, partition } = payload.batch;
    let evicted: unknown;
    const heartbeat = () =>
      payload.heartbeat().catch((error: unknown) => {
        evicted = error;
        throw error;
      });
    const done = new AbortController();
    void this.keepAlive(heartbeat, done.signal);
    try {
      const known = await this.options.notes.of(topic, partition);
      const batch = {
        topic: topic.slice(this.settings.topicPrefix.length),
        partition,
        messages: slice.map(toMessage),
        note: known,
        heartbeat,
      };
      const note = (await abortable(this.options.onBatch(batch), this.abandonment.signal)) ?? known;
      await this.options.notes.set(topic, partition, note);
      this.failures.delete(`${topic}/${partition}`);
      return note;
    } catch (error) {
      if (evicted) throw evicted;
      if (!this.abandonment.signal.aborted) this.backOff(payload, error);
      return null;
    } finally {
      this.progress += 1;
      done.abort();
    }
  }

  private backOff(payload: EachBatchPayload, error: unknown): void {
    const { topic, partition } = payload.batch;
    const failures = (this.failures.get(`${topic}/${partition}`) ?? 0) + 1;
    this.failures.set(`${topic}/${partition}`, failures);
    const waitMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (failures - 1), LONGEST_BACK_OFF_MS);
    if (failures % 10 === 1)
      this.settings.log.warn('batch refused, will come again', {
        group: this.options.group,
        topic,
        partition,
        failures,
        error: String(error),
      });
    const resume = payload.pause();
    void this.settings.clock.wait(waitMs, this.abandonment.signal).then(resume);
  }

  /** A slow batch (a store that fails over) must not cost the membership; a batch that never ends is for the watchdog. */
  private async keepAlive(heartbeat: () => Promise<void>, done: AbortSignal): Promise<void> {
    for (;;) {
      await this.settings.clock.wait(this.options.heartbeatMs, done);
      if (done.aborted) return;
      await heartbeat().catch(() => undefined);
    }
  }
}
