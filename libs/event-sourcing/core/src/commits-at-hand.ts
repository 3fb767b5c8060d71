import type { SequencedCommit } from './events.js';

const MOST = 1_000;
const MOST_TEXT = 16_000_000;

/**
 * What this process has just numbered, as the adapter has it in memory, for the relay beside it, which need not read it from the log again.
 * Consecutive, bounded, and let go of once the relay is past it.
 */
export class CommitsAtHand<Kept extends { readonly position: number }> {
  private kept: Kept[] = [];

  /** `textOf`: characters of event data. */
  constructor(private readonly adapter: { commitOf(kept: Kept): SequencedCommit; textOf(kept: Kept): number }) {}

  put(numbered: readonly Kept[]): void {
    const last = this.kept.at(-1);
    const follows = last === undefined || last.position + 1 === numbered[0]?.position;
    this.kept = follows ? [...this.kept, ...numbered] : [...numbered];
    // A relay that is so far behind reads the feed.
    if (this.kept.length > MOST || this.text() > MOST_TEXT) this.kept = [];
  }

  after(position: number, limit: number): SequencedCommit[] {
    const past = this.kept.findIndex((kept) => kept.position > position);
    this.kept = past < 0 ? [] : this.kept.slice(past);
    return this.kept[0]?.position === position + 1 ? this.kept.slice(0, limit).map((kept) => this.adapter.commitOf(kept)) : [];
  }

  private text(): number {
    return this.kept.reduce((sum, kept) => sum + this.adapter.textOf(kept), 0);
  }
}
