/** 32-bit FNV-1a with a final mix: ids that share a beginning spread all the same. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The ids with the smallest hashes among those offered, at most `size`: the same ids for the same rows, in whatever order they come. */
export class RowSample {
  private readonly chosen = new Map<string, number>();
  private highest: string | null = null;

  constructor(private readonly size: number) {}

  offer(id: string): void {
    if (this.chosen.has(id)) return;
    const hash = hashOf(id);
    if (this.chosen.size >= this.size) {
      if (this.highest === null || !this.isBelow(id, hash, this.highest)) return;
      this.chosen.delete(this.highest);
    }
    this.chosen.set(id, hash);
    this.highest = [...this.chosen.keys()].reduce((highest, other) => (this.isBelow(highest, this.chosen.get(highest)!, other) ? other : highest));
  }

  ids(): string[] {
    return [...this.chosen.keys()];
  }

  private isBelow(id: string, hash: number, other: string): boolean {
    const theirs = this.chosen.get(other)!;
    return hash < theirs || (hash === theirs && id < other);
  }
}
