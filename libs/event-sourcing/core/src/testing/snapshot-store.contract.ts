import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Snapshot, SnapshotStore } from '../ports.js';

export interface SnapshotStoreUnderTest {
  /** Empty. */
  readonly store: SnapshotStore;
  close(): Promise<void>;
}

const someSnapshot = (streamId: string, overrides: Partial<Snapshot> = {}): Snapshot => ({
  streamId,
  shape: 'shape-1',
  version: 30,
  tip: { commitId: 'c-30', expectedVersion: 28 },
  state: '{"name":"Ünïcode ✓ \\"quoted\\"","$odd.key":[1,null]}',
  checksum: 'sum',
  ...overrides,
});

/** What every store of snapshots promises: the last one of a stream, of the shape that is asked for, to the byte. */
export function snapshotStoreContract(name: string, make: () => Promise<SnapshotStoreUnderTest>): void {
  describe(`snapshot store: ${name}`, () => {
    let tested: SnapshotStoreUnderTest;
    let store: SnapshotStore;
    beforeEach(async () => {
      tested = await make();
      store = tested.store;
    });
    afterEach(() => tested.close());

    it('gives back exactly what was saved', async () => {
      const saved = [someSnapshot('a-1'), someSnapshot('a-2', { version: 7 })];
      await store.save(saved);
      expect(await Promise.all(['a-1', 'a-2'].map((streamId) => store.load(streamId, 'shape-1')))).toEqual(saved);
    });

    it('has none of a stream that it does not know', async () => {
      expect(await store.load('nobody-1', 'shape-1')).toBeNull();
    });

    it('keeps the last one of a stream', async () => {
      await store.save([someSnapshot('a-1')]);
      await store.save([someSnapshot('a-1', { version: 60 })]);
      expect(await store.load('a-1', 'shape-1')).toMatchObject({ version: 60 });
    });

    it('has none of another shape, and the last shape is the one that stays', async () => {
      await store.save([someSnapshot('a-1')]);
      expect(await store.load('a-1', 'shape-2')).toBeNull();
      await store.save([someSnapshot('a-1', { shape: 'shape-2' })]);
      expect(await store.load('a-1', 'shape-2')).toMatchObject({ shape: 'shape-2' });
      expect(await store.load('a-1', 'shape-1')).toBeNull();
    });
  });
}
