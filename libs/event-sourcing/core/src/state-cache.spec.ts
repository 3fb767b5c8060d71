import { describe, expect, it } from '@jest/globals';
import { StateCache, weigh } from './state-cache.js';

describe('the weight of a state', () => {
  it('grows with what is in it', () => {
    const list = (length: number): number => weigh({ items: Array.from({ length }, (_, id) => ({ id, text: 'some text' })) }).bytes;
    expect(list(1_000)).toBeGreaterThan(9 * list(100));
    expect(weigh({ text: 'x'.repeat(10_000) }).bytes).toBeGreaterThan(10_000);
  });

  it('says whether JSON gives the state back as it is', () => {
    for (const value of [null, 'text', 1.5, { a: [1, { b: null }], c: true }, []]) expect([value, weigh(value).plain]).toEqual([value, true]);
    for (const value of [new Map([['a', 1]]), new Set(), new Date(0), { a: undefined }, { a: [Number.NaN] }, -0, 1n, Object.create(null)]) expect([value, weigh(value).plain]).toEqual([value, false]);
  });
});

describe('the cache of states', () => {
  const state = (bytes: number) => ({ bytes });

  it('lets the least recently used go when the bytes do not allow for more', () => {
    const cache = new StateCache(10_000);
    for (const key of ['a', 'b', 'c']) cache.set(key, state(3_000));
    cache.get('a');
    cache.set('d', state(3_000));
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.has(key))).toEqual(['a', 'c', 'd']);
    expect(cache.bytes).toBeLessThanOrEqual(10_000);
  });

  it('lets as many go as a large one needs, and keeps none that is larger than all room', () => {
    const cache = new StateCache(10_000);
    for (const key of ['a', 'b', 'c']) cache.set(key, state(3_000));
    cache.set('large', state(9_000));
    expect(['a', 'b', 'c', 'large'].filter((key) => cache.has(key))).toEqual(['large']);
    cache.set('larger', state(11_000));
    expect([cache.has('large'), cache.has('larger')]).toEqual([true, false]);
  });

  it('counts an entry once that takes the place of another, and not when it is gone', () => {
    const cache = new StateCache(10_000);
    for (let i = 0; i < 10; i++) cache.set('a', state(i * 100));
    const alone = cache.bytes;
    cache.set('b', state(100));
    cache.delete('b');
    cache.delete('b');
    expect(cache.bytes).toBe(alone);
    expect(alone).toBeLessThan(1_500);
  });
});
