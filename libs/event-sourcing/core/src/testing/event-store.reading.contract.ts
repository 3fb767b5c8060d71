import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SequencedCommit } from '../events.js';
import type { EventStore } from '../ports.js';
import { someCommit, someEvent } from './commits.js';

/** What of the event store contract is about one stream, and which there are. `numbered`: the feed, once it has so many commits. */
export function readingContract(storeOfTest: () => EventStore, numbered: (count: number) => Promise<SequencedCommit[]>): void {
  describe('reading a stream', () => {
    let store: EventStore;
    beforeEach(() => {
      store = storeOfTest();
    });

    it('gives back exactly what was written', async () => {
      const data = {
        text: 'Ünïcode ✓ 漢字 \u{1F511} "quoted" \\ \n',
        nested: { list: [1, [2, { three: 3 }], []], empty: {} },
        numbers: [0, -1, 0.1, 1e21, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
        nothing: null,
        flags: [true, false],
        'odd.key': '',
      };
      const commit = someCommit('a-1', 0, {
        events: [{ ...someEvent(data), supersedes: [1, 2] }, someEvent({})],
        actor: { subject: 'sub', memberId: 'm-1', roles: ['kam', 'director'] },
        causationId: 'cause',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      });
      await store.append(commit);
      expect(await store.load('a-1')).toEqual([expect.objectContaining(commit)]);
      expect(await store.findCommand(commit.commandId)).toMatchObject(commit);
      expect((await numbered(1))[0]).toMatchObject({ ...commit, position: 1 });
    });

    it('begins with the first commit that goes beyond a version', async () => {
      await store.append(someCommit('a-1', 0, { events: [someEvent(), someEvent()] }));
      await store.append(someCommit('a-1', 2));
      await store.append(someCommit('a-1', 3));
      const after = async (version: number): Promise<number[]> => (await store.load('a-1', version)).map((commit) => commit.expectedVersion);
      expect(await after(0)).toEqual([0, 2, 3]);
      expect(await after(1)).toEqual([0, 2, 3]);
      expect(await after(2)).toEqual([2, 3]);
      expect(await after(4)).toEqual([]);
    });

    it('ends with its last commits', async () => {
      await store.append(someCommit('a-1', 0, { events: [someEvent(), someEvent()] }));
      await store.append(someCommit('a-1', 2));
      await store.append(someCommit('a-1', 3));
      await store.append(someCommit('b-1', 0));
      const last = async (streamId: string, limit: number): Promise<number[]> => (await store.tail(streamId, limit)).map((commit) => commit.expectedVersion);
      expect(await last('a-1', 2)).toEqual([2, 3]);
      // Asked for at once, so that they may share a query.
      expect(await Promise.all([last('a-1', 1), last('b-1', 5), last('nobody-1', 5), last('a-1', 3)])).toEqual([[3], [0], [], [0, 2, 3]]);
      expect(await store.tail('a-1', 9)).toEqual(await store.load('a-1'));
    });

    it('of an unknown name is empty', async () => {
      expect(await store.load('nobody-1')).toEqual([]);
      expect(await store.head('nobody-1')).toBe(0);
    });

    it('finds the streams of a partition key by prefix', async () => {
      for (const streamId of ['opp-1', 'opp-2', 'opportunity-3', 'task-1']) await store.append(someCommit(streamId, 0, { partitionKey: 'account-9' }));
      await store.append(someCommit('opp-2', 1, { partitionKey: 'account-9' }));
      await store.append(someCommit('opp-4', 0, { partitionKey: 'account-8' }));
      expect((await store.streamsOf('account-9', 'opp')).sort()).toEqual(['opp-1', 'opp-2']);
      expect(await store.streamsOf('account-7', 'opp')).toEqual([]);
    });
  });
}
