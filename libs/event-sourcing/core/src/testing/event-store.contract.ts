import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandAlreadyAppended, CommitTooLarge, EventTooLarge, WrongExpectedVersion } from '../errors.js';
import { LARGEST_EVENT, type SequencedCommit } from '../events.js';
import type { EventStore } from '../ports.js';
import { someCommit, someEvent } from './commits.js';
import { eventually, within } from './eventually.js';
import { readingContract } from './event-store.reading.contract.js';

export interface EventStoreUnderTest {
  /** Empty, its sequencer running. */
  readonly store: EventStore;
  /** Bytes that one commit's data may certainly not have. */
  readonly tooManyBytes: number;
  close(): Promise<void>;
}

/** What every event store promises: G1, the durable side of G3, and G4. */
export function eventStoreContract(name: string, make: () => Promise<EventStoreUnderTest>): void {
  describe(`event store: ${name}`, () => {
    let tested: EventStoreUnderTest;
    let store: EventStore;
    beforeEach(async () => {
      tested = await make();
      store = tested.store;
    });
    afterEach(() => tested.close());

    const numbered = (count: number): Promise<SequencedCommit[]> =>
      eventually(async () => {
        const commits = await store.feed(0, 10_000);
        expect(commits).toHaveLength(count);
        return commits;
      });

    describe('append', () => {
      it('keeps the events of a commit together, versions following one another', async () => {
        await store.append(someCommit('a-1', 0, { events: [someEvent({ n: 1 }), someEvent({ n: 2 })] }));
        await store.append(someCommit('a-1', 2, { events: [someEvent({ n: 3 })] }));
        expect(await store.head('a-1')).toBe(3);
        const commits = await store.load('a-1');
        expect(commits.map((commit) => [commit.expectedVersion, commit.events.map((event) => event.data)])).toEqual([
          [0, [{ n: 1 }, { n: 2 }]],
          [2, [{ n: 3 }]],
        ]);
      });

      it.each([
        ['behind the head', 0],
        ['inside the last commit', 2],
        ['beyond the head', 4],
      ])('refuses an expected version %s', async (_where, expectedVersion) => {
        await store.append(someCommit('a-1', 0, { events: [someEvent(), someEvent(), someEvent()] }));
        await expect(store.append(someCommit('a-1', expectedVersion))).rejects.toThrow(WrongExpectedVersion);
        expect(await store.head('a-1')).toBe(3);
        expect(await store.load('a-1')).toHaveLength(1);
      });

      it('refuses a version inside an earlier commit of a longer stream', async () => {
        await store.append(someCommit('a-1', 0, { events: [someEvent(), someEvent(), someEvent()] }));
        await store.append(someCommit('a-1', 3));
        for (const expectedVersion of [1, 2, 3]) await expect(store.append(someCommit('a-1', expectedVersion))).rejects.toThrow(WrongExpectedVersion);
      });

      it('refuses a stream that does not begin at 0', async () => {
        await expect(store.append(someCommit('a-1', 1))).rejects.toThrow(WrongExpectedVersion);
        expect(await store.head('a-1')).toBe(0);
      });

      it('lets exactly one of concurrent appends at the same version win', async () => {
        const rounds = 20;
        for (let version = 0; version < rounds; version++) {
          const outcomes = await Promise.allSettled([1, 2, 3].map(() => store.append(someCommit('a-1', version))));
          const lost = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason as Error);
          expect(lost).toHaveLength(2);
          for (const error of lost) expect(error).toBeInstanceOf(WrongExpectedVersion);
        }
        expect((await store.load('a-1')).map((commit) => commit.expectedVersion)).toEqual(Array.from({ length: rounds }, (_, i) => i));
      });

      it('shares its work among many, and one that fails hurts no other', async () => {
        await store.append(someCommit('taken', 0));
        const commits = Array.from({ length: 60 }, (_, i) => someCommit(i % 20 === 7 ? 'taken' : `s-${i}`, 0));
        const outcomes = await Promise.allSettled(commits.map((commit) => store.append(commit)));
        outcomes.forEach((outcome, i) => expect(outcome.status).toBe(commits[i]!.streamId === 'taken' ? 'rejected' : 'fulfilled'));
        for (const commit of commits) expect(await store.head(commit.streamId)).toBe(1);
      });

      it('refuses an event that its topic would not take before anything is stored', async () => {
        const withText = (text: string) => someCommit('a-1', 0, { events: [someEvent(), someEvent({ text })] });
        const envelope = JSON.stringify({ text: '' }).length;
        await expect(store.append(withText('x'.repeat(LARGEST_EVENT - envelope + 1)))).rejects.toThrow(EventTooLarge);
        await expect(store.append(withText('é'.repeat(LARGEST_EVENT / 2)))).rejects.toThrow(/event test.counter.counted .* the limit is 900000/);
        expect(await store.head('a-1')).toBe(0);
        await store.append(withText('x'.repeat(LARGEST_EVENT - envelope)));
      });

      it('refuses a commit that is too large before anything is stored', async () => {
        const events = Array.from({ length: Math.ceil(tested.tooManyBytes / 500_000) }, () => someEvent({ text: 'x'.repeat(500_000) }));
        await expect(store.append(someCommit('a-1', 0, { events }))).rejects.toThrow(CommitTooLarge);
        expect(await store.head('a-1')).toBe(0);
        await store.append(someCommit('a-1', 0));
      });
    });

    describe('append of several commits', () => {
      it('stores them on the heads that those before them leave', async () => {
        await store.append(someCommit('a-1', 0));
        await store.append(someCommit('b-1', 0), someCommit('a-1', 1, { events: [someEvent(), someEvent()] }), someCommit('a-1', 3), someCommit('c-1', 0));
        expect([await store.head('a-1'), await store.head('b-1'), await store.head('c-1')]).toEqual([4, 1, 1]);
        const commits = await numbered(5);
        expect(commits.filter(({ streamId }) => streamId === 'a-1').map((commit) => commit.expectedVersion)).toEqual([0, 1, 3]);
      });

      it('stores none behind the first that is refused, and says why it is', async () => {
        await store.append(someCommit('b-1', 0));
        await expect(store.append(someCommit('a-1', 0), someCommit('b-1', 0), someCommit('c-1', 0))).rejects.toThrow(WrongExpectedVersion);
        expect([await store.head('a-1'), await store.head('b-1'), await store.head('c-1')]).toEqual([1, 1, 0]);
        await expect(store.append(someCommit('d-1', 1), someCommit('e-1', 0))).rejects.toThrow(WrongExpectedVersion);
        expect(await store.head('e-1')).toBe(0);
      });

      it('stores none behind one whose command id is taken', async () => {
        const first = someCommit('a-1', 0);
        await store.append(first);
        await expect(store.append(someCommit('b-1', 0, { commandId: first.commandId }), someCommit('c-1', 0))).rejects.toThrow(CommandAlreadyAppended);
        expect([await store.head('b-1'), await store.head('c-1')]).toEqual([0, 0]);
      });

      it('stores none at all where one is too large', async () => {
        const tooLarge = someCommit('b-1', 0, { events: [someEvent({ text: 'x'.repeat(LARGEST_EVENT + 1) })] });
        await expect(store.append(someCommit('a-1', 0), tooLarge)).rejects.toThrow(EventTooLarge);
        expect(await store.head('a-1')).toBe(0);
      });

      it('lets of several writes that want the same streams those win that come first on each, whatever their order', async () => {
        for (let version = 0; version < 10; version++) {
          const writes = [['x', 'y', 'x-own'], ['y', 'x', 'y-own'], ['x', 'x-alone']].map((streams) => streams.map((stream) => someCommit(`${stream}-1`, version)));
          const outcomes = await Promise.allSettled(writes.map((commits) => store.append(...commits)));
          const heads = await Promise.all(['x', 'y', 'x-own', 'y-own', 'x-alone'].map((stream) => store.head(`${stream}-1`)));
          expect(heads.slice(0, 2)).toEqual([version + 1, version + 1]);
          outcomes.forEach(({ status }, i) => expect(heads[2 + i]).toBe(status === 'fulfilled' ? version + 1 : version));
          // The next round wants every stream at the same version.
          for (const [i, stream] of ['x-own', 'y-own', 'x-alone'].entries()) if (heads[2 + i] === version) await store.append(someCommit(`${stream}-1`, version));
        }
      });

      it('shares its work with others, of which none is hurt by one that fails', async () => {
        await store.append(someCommit('taken', 0));
        const writes = Array.from({ length: 60 }, (_, i) => [someCommit(i % 20 === 7 ? 'taken' : `claim-${i}`, 0), ...(i % 3 === 0 ? [] : [someCommit(`own-${i}`, 0)])]);
        const outcomes = await Promise.allSettled(writes.map((commits) => store.append(...commits)));
        for (const [i, commits] of writes.entries()) {
          const isLost = commits[0]!.streamId === 'taken';
          expect(outcomes[i]!.status).toBe(isLost ? 'rejected' : 'fulfilled');
          if (commits[1]) expect(await store.head(commits[1].streamId)).toBe(isLost ? 0 : 1);
        }
      });
    });

    describe('command ids', () => {
      it('are unique in the whole service', async () => {
        const first = someCommit('a-1', 0);
        await store.append(first);
        await expect(store.append(someCommit('a-2', 0, { commandId: first.commandId }))).rejects.toThrow(CommandAlreadyAppended);
        expect(await store.head('a-2')).toBe(0);
      });

      it('lead back to what was stored, also when the version is wrong as well', async () => {
        const first = someCommit('a-1', 0, { events: [someEvent({ n: 1 }), someEvent({ n: 2 })] });
        await store.append(first);
        const again = store.append({ ...first, commitId: randomUUID() });
        await expect(again).rejects.toThrow(/was appended before|is not at version/);
        expect(await store.findCommand(first.commandId)).toMatchObject({ commitId: first.commitId, streamId: 'a-1', expectedVersion: 0, commandHash: 'hash' });
      });

      it('win once when used at the same time on two streams', async () => {
        for (let round = 0; round < 10; round++) {
          const commandId = randomUUID();
          const outcomes = await Promise.allSettled(['x', 'y'].map((stream) => store.append(someCommit(`${stream}-${round}`, 0, { commandId }))));
          expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
        }
      });

      it('unknown are not found', async () => {
        expect(await store.findCommand(randomUUID())).toBeNull();
      });
    });

    readingContract(() => store, numbered);

    describe('the feed', () => {
      it('is dense, ordered and extends the order of each of 50 concurrent streams', async () => {
        const streams = Array.from({ length: 50 }, (_, i) => `s-${i}`);
        await Promise.all(
          streams.map(async (streamId) => {
            for (let version = 0; version < 6; version += 2) await store.append(someCommit(streamId, version, { events: [someEvent({ version }), someEvent()] }));
          }),
        );
        const commits = await numbered(150);
        expect(commits.map((commit) => commit.position)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
        for (const streamId of streams)
          expect(commits.filter((commit) => commit.streamId === streamId).map((commit) => commit.expectedVersion)).toEqual([0, 2, 4]);
        const times = commits.map((commit) => commit.recordedAt);
        expect(times).toEqual([...times].sort());
        for (const time of times) expect(new Date(time).toISOString()).toBe(time);
        expect(await store.lastPosition()).toBe(150);
      });

      it('goes on after a position and keeps to its limit', async () => {
        for (let i = 0; i < 7; i++) await store.append(someCommit(`s-${i}`, 0));
        await numbered(7);
        const positions = async (after: number, limit: number): Promise<number[]> => (await store.feed(after, limit)).map((commit) => commit.position);
        expect(await positions(0, 3)).toEqual([1, 2, 3]);
        expect(await positions(3, 3)).toEqual([4, 5, 6]);
        expect(await positions(6, 3)).toEqual([7]);
        expect(await positions(7, 3)).toEqual([]);
      });

      it('of an empty log is empty', async () => {
        expect(await store.feed(0, 10)).toEqual([]);
        expect(await store.lastPosition()).toBe(0);
      });
    });

    describe('changed', () => {
      it('wakes up for a new commit', async () => {
        const woken = within(10_000, store.changed(0, 60_000));
        await store.append(someCommit('a-1', 0));
        await woken;
        await numbered(1);
      });

      it('resolves at once when there is something already', async () => {
        await store.append(someCommit('a-1', 0));
        await numbered(1);
        await within(10_000, store.changed(0, 60_000));
      });

      it('resolves after its time, and when it is aborted', async () => {
        await within(10_000, store.changed(0, 20));
        const abort = new AbortController();
        const waiting = within(10_000, store.changed(0, 60_000, abort.signal));
        abort.abort();
        await waiting;
        await within(10_000, store.changed(0, 60_000, abort.signal));
      });
    });
  });
}
