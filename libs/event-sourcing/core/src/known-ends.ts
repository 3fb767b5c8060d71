import { LastUsed } from './last-used.js';

/**
 * Ends of commits that this process has seen: per stream the latest. That a commit ends at a version is true for ever once it was read with majority,
 * so the memory never goes stale; it only goes incomplete, and then the log is asked.
 */
export class KnownEnds {
  private readonly ends: LastUsed<number>;

  constructor(limit: number) {
    this.ends = new LastUsed(limit);
  }

  has(streamId: string, version: number): boolean {
    return version === 0 || this.ends.peek(streamId) === version;
  }

  add(streamId: string, version: number): void {
    this.ends.set(streamId, version);
  }
}
