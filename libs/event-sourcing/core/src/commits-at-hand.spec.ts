import { describe, expect, it } from '@jest/globals';
import type { SequencedCommit } from './events.js';
import { CommitsAtHand } from './commits-at-hand.js';

interface Numbered {
  readonly position: number;
  readonly text: string;
}

const numbered = (from: number, count: number, text = ''): Numbered[] => Array.from({ length: count }, (_, i) => ({ position: from + i, text }));
const none = () => new CommitsAtHand<Numbered>({ commitOf: ({ position }) => ({ position }) as SequencedCommit, textOf: ({ text }) => text.length });
const positions = (atHand: CommitsAtHand<Numbered>, after: number, limit = 10_000): number[] => atHand.after(after, limit).map(({ position }) => position);

describe('commits at hand', () => {
  it('are given in order, without a hole, as many as are asked for', () => {
    const atHand = none();
    atHand.put(numbered(5, 2));
    atHand.put(numbered(7, 2));
    expect(positions(atHand, 3)).toEqual([]);
    expect(positions(atHand, 4)).toEqual([5, 6, 7, 8]);
    expect(positions(atHand, 5, 2)).toEqual([6, 7]);
  });

  it('are let go of once the relay is past them', () => {
    const atHand = none();
    atHand.put(numbered(1, 3));
    expect(positions(atHand, 2)).toEqual([3]);
    expect(positions(atHand, 0)).toEqual([]);
    expect(positions(atHand, 3)).toEqual([]);
  });

  it('begin anew behind a hole', () => {
    const atHand = none();
    atHand.put(numbered(1, 3));
    atHand.put(numbered(5, 1));
    expect(positions(atHand, 0)).toEqual([]);
    expect(positions(atHand, 4)).toEqual([5]);
  });

  it.each([
    { what: 'too many', text: '', puts: 1_001 },
    { what: 'too much', text: 'x'.repeat(850_000), puts: 19 },
  ])('are none when a relay that is behind has left $what', ({ text, puts }) => {
    const atHand = none();
    for (let position = 1; position <= puts; position++) atHand.put(numbered(position, 1, text));
    expect(positions(atHand, 0)).toEqual([]);
  });
});
