import type { PartitionOffset } from 'kafkajs';

export interface HandledUpTo extends PartitionOffset {
  readonly topic: string;
  readonly metadata: string;
}

type Commit = (offsets: { topics: { topic: string; partitions: PartitionOffset[] }[] }) => Promise<void>;

/**
 * Commits what was dealt with behind the work: nobody waits for it, for the offset is only where the next owner of a partition begins, and what comes to him again is
 * dropped. One request is in flight, the next one has whatever was dealt with meanwhile: so the offset of a partition is never overtaken by an older one of its own.
 */
export class OffsetCommits {
  private waiting = new Map<string, HandledUpTo>();
  private running: Promise<void> | null = null;
  private failure: { readonly error: unknown } | null = null;

  /** Resolves when no commit is under way any more, whatever became of it. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** Throws what an earlier commit failed with, once: the group has to know, as it may have to be joined again. */
  check(): void {
    const { failure } = this;
    this.failure = null;
    if (failure) throw failure.error;
  }

  add(handled: HandledUpTo, commit: Commit): void {
    this.waiting.set(`${handled.topic}/${handled.partition}`, handled);
    this.running ??= this.run(commit);
  }

  private async run(commit: Commit): Promise<void> {
    try {
      while (this.waiting.size > 0) {
        const offsets = Map.groupBy(this.waiting.values(), ({ topic }) => topic);
        this.waiting = new Map();
        // kafkajs hands the metadata on to the broker; its types do not know.
        const topics = [...offsets].map(([topic, all]) => ({
          topic,
          partitions: all.map(({ partition, offset, metadata }) => ({ partition, offset, metadata })),
        }));
        await commit({ topics }).catch((error: unknown) => (this.failure = { error }));
      }
    } finally {
      this.running = null; // in the same step as the last look: what is added from here on begins anew
    }
  }
}
