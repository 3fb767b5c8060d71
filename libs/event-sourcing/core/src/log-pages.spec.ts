import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SequencedCommit } from './events.js';
import { PAGE, pagesOf } from './log-pages.js';

/** Commits as far as they matter here: by their position. */
const commits = (after: number, count: number): SequencedCommit[] => Array.from({ length: Math.max(0, count) }, (_, i) => ({ position: after + i + 1 }) as SequencedCommit);

async function positionsOf(pages: AsyncIterable<readonly SequencedCommit[]>): Promise<number[]> {
  const positions: number[] = [];
  for await (const page of pages) positions.push(...page.map(({ position }) => position));
  return positions;
}

describe('the pages of a log', () => {
  it('hold each commit once and in order, however few the feed gives at once', async () => {
    const gives = fc.infiniteStream(fc.integer({ min: 1, max: 2 * PAGE }));
    await fc.assert(
      fc.asyncProperty(gives, fc.nat(500), fc.nat(4 * PAGE), async (most, begin, length) => {
        const end = begin + length;
        const after = async (_service: string, position: number, limit: number) => commits(position, Math.min(end - position, limit, most.next().value));
        expect(await positionsOf(pagesOf({ after }, 'accounts', { after: begin, end }))).toEqual(commits(begin, length).map(({ position }) => position));
      }),
      { numRuns: 100 },
    );
  });

  it('are asked for before those in front of them have come', async () => {
    const asked: number[] = [];
    const first = Promise.withResolvers<SequencedCommit[]>();
    const after = (_service: string, position: number, limit: number) => (asked.push(position), position === 0 ? first.promise : Promise.resolve(commits(position, limit)));
    const positions = positionsOf(pagesOf({ after }, 'accounts', { after: 0, end: 5 * PAGE }));
    expect(asked).toEqual([0, PAGE, 2 * PAGE]);
    first.resolve(commits(0, PAGE));
    expect(await positions).toHaveLength(5 * PAGE);
    expect(asked).toEqual([0, 1, 2, 3, 4].map((page) => page * PAGE));
  });

  it('end with those that the feed has', async () => {
    const after = async (_service: string, position: number, limit: number) => commits(position, Math.min(limit, 10 - position));
    expect(await positionsOf(pagesOf({ after }, 'accounts', { after: 0, end: 5_000 }))).toHaveLength(10);
  });

  it('fail with the feed', async () => {
    const after = (_service: string, position: number, limit: number) => (position === PAGE ? Promise.reject(new Error('no feed')) : Promise.resolve(commits(position, limit)));
    await expect(positionsOf(pagesOf({ after }, 'accounts', { after: 0, end: 5 * PAGE }))).rejects.toThrow('no feed');
  });
});
