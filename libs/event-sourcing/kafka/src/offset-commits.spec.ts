import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { eventually, realClock } from '@keyfold/event-sourcing/testing';
import { OffsetCommits } from './offset-commits.js';

const upTo = (offset: string) => ({ topic: 't', partition: 0, offset, metadata: '' });

describe('commits of offsets', () => {
  it.each(Array.from({ length: 12 }, (_, steps) => steps))(
    'leave out nothing that was dealt with %d steps after the one before',
    async (steps) => {
      const committed: string[] = [];
      const commits = new OffsetCommits(realClock);
      const commit = async ({ topics }: { topics: { partitions: { offset: string }[] }[] }) =>
        void committed.push(topics[0]!.partitions[0]!.offset);
      commits.add(upTo('1'), commit);
      for (let step = 0; step < steps; step++) await Promise.resolve();
      commits.add(upTo('2'), commit);
      await commits.settled();
      expect(committed.at(-1)).toBe('2');
    },
  );

  it('come at most every 100 ms, each with what was dealt with meanwhile, until somebody waits for them', async () => {
    const committed: string[] = [];
    const pauses: number[] = [];
    const wait = async (ms: number, signal?: AbortSignal): Promise<void> => {
      pauses.push(ms);
      if (!signal!.aborted) await once(signal!, 'abort');
    };
    const commits = new OffsetCommits({ ...realClock, wait });
    const commit = async ({ topics }: { topics: { partitions: { offset: string }[] }[] }) => void committed.push(topics[0]!.partitions[0]!.offset);
    commits.add(upTo('1'), commit);
    await eventually(() => Promise.resolve(expect(pauses).toEqual([100])));
    for (const offset of ['2', '3', '4']) commits.add(upTo(offset), commit);
    expect(committed).toEqual(['1']);
    await commits.settled();
    expect(committed).toEqual(['1', '4']);
  });
});
