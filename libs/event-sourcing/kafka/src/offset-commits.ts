import { Behind, type Clock } from '@keyfold/event-sourcing';
import type { PartitionOffset } from 'kafkajs';

export interface HandledUpTo extends PartitionOffset {
  readonly topic: string;
  readonly metadata: string;
}

type Commit = (offsets: { topics: { topic: string; partitions: PartitionOffset[] }[] }) => Promise<void>;

interface Handled {
  readonly commit: Commit;
  readonly partitions: ReadonlyMap<string, HandledUpTo>;
}

/** Between two requests: where a next owner begins need not be to the event, and the broker writes each of them down. */
const PAUSE_MS = 100;

/**
 * Commits what was dealt with behind the work: nobody waits for it, for the offset is only where the next owner of a partition begins, and what comes to him again is
 * dropped. All partitions share a request, and the offset of a partition is never overtaken by an older one of its own.
 */
export class OffsetCommits {
  private readonly commits: Behind<Handled>;

  constructor(clock: Clock) {
    const merge = (waiting: Handled, next: Handled): Handled => ({ commit: next.commit, partitions: new Map([...waiting.partitions, ...next.partitions]) });
    this.commits = new Behind({ clock, pauseMs: PAUSE_MS, work: commitAll, merge });
  }

  /** Commits the rest without a pause; resolves when no commit is under way any more, whatever became of it. */
  settled(): Promise<void> {
    return this.commits.settled();
  }

  /** Throws what an earlier commit failed with, once: the group has to know, as it may have to be joined again. */
  check(): void {
    this.commits.check();
  }

  /** The group has been joined again. */
  forgive(): void {
    this.commits.forgive();
  }

  add(handled: HandledUpTo, commit: Commit): void {
    this.commits.put({ commit, partitions: new Map([[`${handled.topic}/${handled.partition}`, handled]]) });
  }
}

async function commitAll({ commit, partitions }: Handled): Promise<void> {
  const offsets = Map.groupBy(partitions.values(), ({ topic }) => topic);
  // kafkajs hands the metadata on to the broker; its types do not know.
  await commit({
    topics: [...offsets].map(([topic, all]) => ({ topic, partitions: all.map(({ partition, offset, metadata }) => ({ partition, offset, metadata })) })),
  });
}
