// What a check found: the invariant and one sentence. The first few of a kind are told, the rest are counted.

const TOLD = 10;

export class Violations {
  #found = new Map();

  add(invariant, what) {
    const found = this.#found.get(invariant) ?? { invariant, count: 0, examples: [] };
    found.count += 1;
    if (found.examples.length < TOLD) found.examples.push(what);
    this.#found.set(invariant, found);
  }

  count = (invariant) => this.#found.get(invariant)?.count ?? 0;

  get list() {
    return [...this.#found.values()];
  }

  get none() {
    return this.#found.size === 0;
  }
}
