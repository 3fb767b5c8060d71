import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutOff, numberable, type UnnumberedCommit } from './numberable.js';

const commit = (streamId: string, expectedVersion: number, toVersion: number): UnnumberedCommit => ({ commitId: `${streamId}@${expectedVersion}`, streamId, expectedVersion, toVersion });

/** Streams of commits of one to three events, all unnumbered, and a scan that meets them in any order. */
const shuffledStreams = fc
  .array(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 })
  .map((streams) =>
    streams.flatMap((sizes, s) => {
      let version = 0;
      return sizes.map((size) => commit(`s-${s}`, version, (version += size)));
    }),
  )
  .chain((commits) => fc.record({ commits: fc.constant(commits), scan: fc.shuffledSubarray(commits, { minLength: commits.length }) }));

const before = (order: readonly UnnumberedCommit[], one: UnnumberedCommit): UnnumberedCommit[] => order.slice(0, order.indexOf(one));
const predecessor = (commits: readonly UnnumberedCommit[], one: UnnumberedCommit): UnnumberedCommit | undefined =>
  commits.find((other) => other.streamId === one.streamId && other.toVersion === one.expectedVersion);

describe('what may be numbered', () => {
  it('is everything in a complete scan, each commit behind its predecessor', () => {
    fc.assert(
      fc.property(shuffledStreams, ({ commits, scan }) => {
        const order = numberable(scan, new Set());
        expect(new Set(order)).toEqual(new Set(commits));
        expect(order).toHaveLength(commits.length);
        for (const one of order) if (one.expectedVersion > 0) expect(before(order, one)).toContain(predecessor(commits, one));
      }),
    );
  });

  it('is never a commit whose predecessor lies unnumbered outside the scan, nor what follows on it', () => {
    fc.assert(
      fc.property(shuffledStreams, fc.nat(), ({ commits, scan }, size) => {
        const part = scan.slice(0, size % (scan.length + 1));
        const order = numberable(part, new Set(cutOff(part)));
        for (const one of order) if (one.expectedVersion > 0) expect(before(order, one)).toContain(predecessor(commits, one));
      }),
    );
  });

  it('begins with a commit whose predecessor is numbered', () => {
    const scan = [commit('a', 4, 5), commit('a', 2, 4)];
    expect(cutOff(scan)).toEqual([scan[1]]);
    expect(numberable(scan, new Set()).map((one) => one.expectedVersion)).toEqual([2, 4]);
  });

  it('keeps the order of the scan otherwise', () => {
    const scan = [commit('b', 0, 1), commit('a', 0, 2), commit('c', 7, 8), commit('b', 1, 2)];
    expect(numberable(scan, new Set())).toEqual(scan);
  });
});
