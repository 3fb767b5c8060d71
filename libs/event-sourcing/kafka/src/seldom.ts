import type { Clock } from '@keyfold/event-sourcing';

const REPEAT_MS = 60_000;
const REMEMBERED = 100;

/** What has been said, so that the same is said again once a minute at most. */
export class Seldom {
  private readonly last = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** True when this has not been said within the last minute, and counts as saying it. */
  may(line: string): boolean {
    const now = this.clock.now().getTime();
    if (now - (this.last.get(line) ?? -Infinity) < REPEAT_MS) return false;
    if (this.last.size >= REMEMBERED) this.last.clear();
    this.last.set(line, now);
    return true;
  }
}
