import { describe, expect, it } from '@jest/globals';
import { someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { toDocument } from './commit-document.js';
import { CommitsAtHand } from './commits-at-hand.js';

const numbered = (from: number, count: number, text = '') =>
  Array.from({ length: count }, (_, i) => ({
    ...toDocument(someCommit(`counter-${from + i}`, 0, { events: [someEvent({ text })] }), 15_000_000),
    sequenced: true,
    position: from + i,
    recordedAt: new Date(0),
  }));
const positions = (atHand: CommitsAtHand, after: number, limit = 10_000): number[] => atHand.after(after, limit).map(({ position }) => position);

describe('commits at hand', () => {
  it('are given in order, without a hole, as many as are asked for', () => {
    const atHand = new CommitsAtHand();
    atHand.put(numbered(5, 2));
    atHand.put(numbered(7, 2));
    expect(positions(atHand, 3)).toEqual([]);
    expect(positions(atHand, 4)).toEqual([5, 6, 7, 8]);
    expect(positions(atHand, 5, 2)).toEqual([6, 7]);
  });

  it('are let go of once the relay is past them', () => {
    const atHand = new CommitsAtHand();
    atHand.put(numbered(1, 3));
    expect(positions(atHand, 2)).toEqual([3]);
    expect(positions(atHand, 0)).toEqual([]);
    expect(positions(atHand, 3)).toEqual([]);
  });

  it('begin anew behind a hole', () => {
    const atHand = new CommitsAtHand();
    atHand.put(numbered(1, 3));
    atHand.put(numbered(5, 1));
    expect(positions(atHand, 0)).toEqual([]);
    expect(positions(atHand, 4)).toEqual([5]);
  });

  it.each([
    { what: 'too many', text: '', puts: 1_001 },
    { what: 'too much', text: 'x'.repeat(850_000), puts: 19 },
  ])('are none when a relay that is behind has left $what', ({ text, puts }) => {
    const atHand = new CommitsAtHand();
    for (let position = 1; position <= puts; position++) atHand.put(numbered(position, 1, text));
    expect(positions(atHand, 0)).toEqual([]);
  });
});
