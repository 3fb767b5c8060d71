import { describe, expect, it } from '@jest/globals';
import { OffsetCommits } from './offset-commits.js';

const upTo = (offset: string) => ({ topic: 't', partition: 0, offset, metadata: '' });

describe('commits of offsets', () => {
  it.each(Array.from({ length: 12 }, (_, steps) => steps))(
    'leave out nothing that was dealt with %d steps after the one before',
    async (steps) => {
      const committed: string[] = [];
      const commits = new OffsetCommits();
      const commit = async ({ topics }: { topics: { partitions: { offset: string }[] }[] }) =>
        void committed.push(topics[0]!.partitions[0]!.offset);
      commits.add(upTo('1'), commit);
      for (let step = 0; step < steps; step++) await Promise.resolve();
      commits.add(upTo('2'), commit);
      await commits.settled();
      expect(committed.at(-1)).toBe('2');
    },
  );
});
