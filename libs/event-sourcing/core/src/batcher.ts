import { Unavailable } from './errors.js';

interface Waiting<In, Out> {
  readonly item: In;
  resolve(result: Out): void;
  reject(error: unknown): void;
}

export interface BatcherOptions<In, Out> {
  readonly name: string;
  /** One result per item, in order; an Error as a result rejects that item alone. A rejection rejects the whole batch. */
  run(items: readonly In[]): Promise<readonly (Out | Error)[]>;
  readonly maxBatch: number;
  /** Items that may wait; beyond it `add` throws Unavailable. */
  readonly maxWaiting: number;
  /** What a batch waits for before it leaves when none was under way: callers until then share it. The same tick, unless told. */
  gather?(): Promise<void>;
  /** No two items of a batch share a key: the later waits for the batch after. */
  exclusiveBy?(item: In): readonly string[];
}

/**
 * Natural batching: a batch leaves as soon as the previous one has returned, with whatever has come in meanwhile.
 * No timer, so a lone caller waits for nobody; those of the same tick share the first batch.
 */
export class Batcher<In, Out> {
  private waiting: Waiting<In, Out>[] = [];
  private running = false;

  constructor(private readonly options: BatcherOptions<In, Out>) {}

  add(item: In): Promise<Out> {
    if (this.waiting.length >= this.options.maxWaiting) return Promise.reject(new Unavailable(`${this.options.name} (queue full)`));
    return new Promise<Out>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.running) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.running = true;
    await (this.options.gather?.() ?? Promise.resolve());
    while (this.waiting.length > 0) await this.runOne(this.takeBatch());
    this.running = false;
  }

  private takeBatch(): Waiting<In, Out>[] {
    const { maxBatch, exclusiveBy } = this.options;
    if (!exclusiveBy) return this.waiting.splice(0, maxBatch);
    const batch: Waiting<In, Out>[] = [];
    const later: Waiting<In, Out>[] = [];
    const keys = new Set<string>();
    for (const entry of this.waiting) {
      const own = exclusiveBy(entry.item);
      if (batch.length < maxBatch && !own.some((key) => keys.has(key))) batch.push(entry);
      else later.push(entry);
      // Those of one that waits as well: whoever comes after it does not go before it.
      for (const key of own) keys.add(key);
    }
    this.waiting = later;
    return batch;
  }

  private async runOne(batch: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const results = await this.options.run(batch.map((entry) => entry.item));
      batch.forEach((entry, i) => {
        const result = results[i];
        if (result instanceof Error) entry.reject(result);
        else entry.resolve(result as Out);
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }
}
