/** A walk over keyed values in the order of their keys, page by page. The keys are sorted once, at the first page; those that are added later are left to the next walk. */
export class Walk<Value> {
  private keys: readonly string[] = [];

  constructor(
    private readonly values: { get(key: string): Value | undefined },
    private readonly everyKey: () => Iterable<string>,
  ) {}

  page(after: string, limit: number): (readonly [string, Value])[] {
    if (after === '' || this.keys.length === 0) this.keys = [...this.everyKey()].sort((a, b) => (a < b ? -1 : 1));
    const page: (readonly [string, Value])[] = [];
    for (let at = firstBehind(this.keys, after); at < this.keys.length && page.length < limit; at++) {
      const value = this.values.get(this.keys[at]!);
      if (value !== undefined) page.push([this.keys[at]!, value]);
    }
    if (page.length < limit) this.keys = [];
    return page;
  }
}

function firstBehind(keys: readonly string[], after: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
