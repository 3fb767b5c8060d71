import { describe, expect, it } from '@jest/globals';
import { seededIds } from './ids.js';

const take = (count: number, seed?: string): string[] => {
  const ids = seededIds(seed);
  return Array.from({ length: count }, () => ids.next());
};

describe('seededIds', () => {
  it('gives the same ids in every run, and others for another seed', () => {
    expect(take(3)).toEqual(take(3));
    expect(take(3)).not.toEqual(take(3, 'other'));
    expect(new Set(take(1_000)).size).toBe(1_000);
  });

  it('derives an id from its parts alone', () => {
    const [one, other] = [seededIds(1), seededIds(2)];
    one.next();
    expect(one.derive('a', 'b')).toBe(other.derive('a', 'b'));
    expect(one.derive('a', 'b')).not.toBe(one.derive('ab'));
  });

  it('gives them the form of a UUID', () => {
    expect(seededIds().next()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/);
    expect(seededIds().derive('x')).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/);
  });
});
