import { describe, expect, it } from '@jest/globals';
import { Batcher, type BatcherOptions } from './batcher.js';
import { Unavailable } from './errors.js';

/** A batcher whose batches return when the test says so. */
function setup(options: Partial<BatcherOptions<string, string>> = {}) {
  const batches: { items: readonly string[]; finish: (results?: (string | Error)[]) => void; fail: (error: Error) => void }[] = [];
  let arrived: () => void = () => undefined;
  const batcher = new Batcher<string, string>({
    name: 'test',
    maxBatch: 3,
    maxWaiting: 10,
    run: (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, finish: (results) => resolve(results ?? items.map((item) => item.toUpperCase())), fail: reject });
        arrived();
      }),
    ...options,
  });
  const nextBatch = async (n: number) => {
    while (batches.length < n) await new Promise<void>((resolve) => (arrived = resolve));
    return batches[n - 1]!;
  };
  return { batcher, batches, nextBatch };
}

describe('the batcher', () => {
  it('sends callers of the same tick together, and each gets its own result', async () => {
    const { batcher, nextBatch } = setup();
    const results = Promise.all(['a', 'b', 'c'].map((item) => batcher.add(item)));
    const first = await nextBatch(1);
    expect(first.items).toEqual(['a', 'b', 'c']);
    first.finish();
    expect(await results).toEqual(['A', 'B', 'C']);
  });

  it('waits for what it is told to gather by, and sends callers until then together', async () => {
    const gathered = Promise.withResolvers<void>();
    const { batcher, batches, nextBatch } = setup({ gather: () => gathered.promise });
    const first = batcher.add('a');
    await Promise.resolve();
    const second = batcher.add('b');
    expect(batches).toEqual([]);
    gathered.resolve();
    (await nextBatch(1)).finish();
    expect([batches[0]!.items, await first, await second]).toEqual([['a', 'b'], 'A', 'B']);
  });

  it('collects while a batch is under way, up to its size, in order', async () => {
    const { batcher, nextBatch, batches } = setup();
    const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((item) => batcher.add(item));
    const items: (readonly string[])[] = [];
    for (let n = 1; n <= 3; n++) {
      const batch = await nextBatch(n);
      items.push(batch.items);
      expect(batches).toHaveLength(n);
      batch.finish();
    }
    expect(items).toEqual([['a', 'b', 'c'], ['d', 'e', 'f'], ['g']]);
    expect(await Promise.all(all)).toHaveLength(7);
  });

  it('rejects the item whose result is an error, and that one alone', async () => {
    const { batcher, nextBatch } = setup();
    const outcomes = Promise.allSettled(['a', 'b'].map((item) => batcher.add(item)));
    (await nextBatch(1)).finish([new Error('not a'), 'B']);
    expect(await outcomes).toMatchObject([{ status: 'rejected', reason: new Error('not a') }, { status: 'fulfilled', value: 'B' }]);
  });

  it('rejects a whole batch that failed, and goes on with the next', async () => {
    const { batcher, nextBatch } = setup({ maxBatch: 2 });
    const outcomes = Promise.allSettled(['a', 'b', 'c'].map((item) => batcher.add(item)));
    (await nextBatch(1)).fail(new Error('down'));
    (await nextBatch(2)).finish();
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('takes at most one item per key into a batch, and keeps the order within a key', async () => {
    const { batcher, nextBatch } = setup({ exclusiveBy: (item) => item.slice(0, -1).split('') });
    const all = ['a1', 'a2', 'b1', 'a3', 'b2', 'c1', 'd1'].map((item) => batcher.add(item));
    const items: (readonly string[])[] = [];
    for (let n = 1; n <= 3; n++) {
      const batch = await nextBatch(n);
      items.push(batch.items);
      batch.finish();
    }
    expect(items).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2', 'd1'], ['a3']]);
    await Promise.all(all);
  });

  it('lets nobody go before an item of several keys that waits for one of them', async () => {
    const { batcher, nextBatch } = setup({ exclusiveBy: (item) => item.slice(0, -1).split('') });
    const all = ['a1', 'ab2', 'b3', 'c4'].map((item) => batcher.add(item));
    const items: (readonly string[])[] = [];
    for (let n = 1; n <= 3; n++) {
      const batch = await nextBatch(n);
      items.push(batch.items);
      batch.finish();
    }
    expect(items).toEqual([['a1', 'c4'], ['ab2'], ['b3']]);
    await Promise.all(all);
  });

  it('refuses what would wait in too long a line', async () => {
    const { batcher, nextBatch } = setup({ maxWaiting: 2 });
    const waiting = ['a', 'b'].map((item) => batcher.add(item));
    await expect(batcher.add('c')).rejects.toThrow(Unavailable);
    (await nextBatch(1)).finish();
    await Promise.all(waiting);
    const later = batcher.add('d');
    (await nextBatch(2)).finish();
    expect(await later).toBe('D');
  });
});
