import { describe, expect, it } from '@jest/globals';
import { LastUsed } from './last-used.js';

const filled = (...keys: string[]): LastUsed<number> => {
  const used = new LastUsed<number>();
  keys.forEach((key, i) => used.set(key, i));
  return used;
};

/** Oldest first. Takes them out. */
function emptied(used: LastUsed<number>): string[] {
  const keys: string[] = [];
  for (let key = used.oldest; key !== undefined; key = used.oldest) {
    keys.push(key);
    used.delete(key);
  }
  return keys;
}

describe('values in the order of their last use', () => {
  it('are used by being read and by being written, not by being looked at', () => {
    const used = filled('a', 'b', 'c', 'd');
    expect([used.get('a'), used.peek('b'), used.has('b')]).toEqual([0, 1, true]);
    used.set('b', 9);
    expect([used.peek('b'), used.size]).toEqual([9, 4]);
    expect(emptied(used)).toEqual(['c', 'd', 'a', 'b']);
    expect([used.size, used.oldest]).toEqual([0, undefined]);
  });

  it('stay in order where the oldest, the newest, the only one or none goes', () => {
    const used = filled('a', 'b', 'c', 'd');
    for (const key of ['a', 'd', 'x']) used.delete(key);
    expect([used.get('a'), used.get('d'), used.peek('x')]).toEqual([undefined, undefined, undefined]);
    expect(emptied(used)).toEqual(['b', 'c']);
    used.set('e', 5);
    expect([used.get('e'), used.oldest]).toEqual([5, 'e']);
    expect(emptied(used)).toEqual(['e']);
  });

  it('go beyond a bound, the oldest first, and all at once where all are to go', () => {
    const used = new LastUsed<number>(2);
    for (const key of ['a', 'b', 'a', 'c']) used.set(key, 1);
    expect([used.has('a'), used.has('b'), used.has('c'), used.size]).toEqual([true, false, true, 2]);
    used.clear();
    used.set('d', 4);
    expect(emptied(used)).toEqual(['d']);
  });

  it('are in the order that a list of keys would have, whatever is done', () => {
    const used = new LastUsed<number>();
    let order: string[] = [];
    for (let step = 0, random = 7; step < 5_000; step++) {
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      const key = `key-${(random >> 8) % 40}`;
      const rest = order.filter((other) => other !== key);
      const what = (random >> 16) % 3;
      if (what === 0) used.set(key, step);
      else if (what === 1) used.delete(key);
      else used.get(key);
      order = what === 0 || (what === 2 && order.includes(key)) ? [...rest, key] : what === 1 ? rest : order;
      expect([used.oldest, used.size]).toEqual([order[0], order.length]);
    }
    expect(emptied(used)).toEqual(order);
  });
});
