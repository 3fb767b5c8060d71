import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeadLetter, DeadLetterKind, DeadLetterQuery, Marks, ProjectionStore } from '../ports.js';
import type { Projection } from '../projection.js';
import { within } from './eventually.js';
import { describeGenerations } from './generations.contract.js';
import { describeRefusals } from './row-refusals.contract.js';
import { contractProjection, type ContractRow, put } from './rows.js';
import { describeViews } from './view.contract.js';

export interface ProjectionStoreUnderTest {
  readonly store: ProjectionStore;
  close(): Promise<void>;
}

const deadLetter = (of: Projection<ContractRow>, streamId: string, version: number, kind: DeadLetterKind = 'poison'): DeadLetter => ({
  projection: of.name,
  streamId,
  version,
  kind,
  event: null,
  raw: `{"n":${version}}`,
  cause: 'Error: no',
  parkedAt: '2026-01-01T00:00:00.000Z',
});

/** What every projection store promises: the atomic, conditional write behind G6 and G7, and views that answer alike. */
export function projectionStoreContract(name: string, make: () => Promise<ProjectionStoreUnderTest>): void {
  describe(`projection store: ${name}`, () => {
    let tested: ProjectionStoreUnderTest;
    let store: ProjectionStore;
    let rows: Projection<ContractRow>;
    beforeEach(async () => {
      tested = await make();
      store = tested.store;
      rows = contractProjection();
      await store.prepare(rows);
      await store.prepare(rows);
    });
    afterEach(() => tested.close());

    /** One event of a stream that adds 1 to a row, dropped when the mark says that it is known. */
    const count = (streamId: string, version: number, rowId: string, partition = 'contract.events.v1/0'): Promise<void> =>
      store.transact(rows, { partition, streams: [streamId], rows: [rowId] }, (state) => {
        const accepted = state.marks.get(streamId)?.accepted ?? 0;
        if (version <= accepted) return { marks: new Map(), rows: new Map(), parked: [] };
        const row = state.rows.get(rowId) ?? { id: rowId, rank: 0 };
        return {
          marks: new Map([[streamId, { accepted: version, applied: version }]]),
          rows: new Map([[rowId, { ...row, rank: row.rank! + 1 }]]),
          parked: [],
        };
      });

    describe('transact', () => {
      it('hands what is there to the fold and writes rows, marks and dead letters together', async () => {
        await count('thing-1', 1, 'r1');
        let seen: { marks: Record<string, Marks>; rows: Record<string, ContractRow> } | undefined;
        await store.transact(rows, { partition: 'contract.events.v1/0', streams: ['thing-1', 'thing-2'], rows: ['r1', 'r2'] }, (state) => {
          seen = { marks: Object.fromEntries(state.marks), rows: Object.fromEntries(state.rows) };
          return {
            marks: new Map([
              ['thing-1', { accepted: 2, applied: 1 }],
              ['thing-2', { accepted: 5, applied: 5 }],
            ]),
            rows: new Map([['r2', { id: 'r2', kind: 'new' }]]),
            parked: [deadLetter(rows, 'thing-1', 2)],
          };
        });
        expect(seen).toEqual({ marks: { 'thing-1': { accepted: 1, applied: 1 } }, rows: { r1: { id: 'r1', rank: 1 } } });
        expect(Object.fromEntries(await store.marks(rows, ['thing-1', 'thing-2', 'thing-3']))).toEqual({
          'thing-1': { accepted: 2, applied: 1 },
          'thing-2': { accepted: 5, applied: 5 },
        });
        expect(await store.view(rows).get('r2')).toEqual({ id: 'r2', kind: 'new' });
        expect(await store.deadLetters(rows, { limit: 10 })).toEqual([deadLetter(rows, 'thing-1', 2)]);
      });

      it('writes nothing when the fold throws', async () => {
        await count('thing-1', 1, 'r1');
        const broken = store.transact(rows, { partition: 'contract.events.v1/0', streams: ['thing-1'], rows: ['r1'] }, () => {
          throw new Error('bad fold');
        });
        await expect(broken).rejects.toThrow('bad fold');
        expect(await store.view(rows).get('r1')).toEqual({ id: 'r1', rank: 1 });
        expect((await store.marks(rows, ['thing-1'])).get('thing-1')).toEqual({ accepted: 1, applied: 1 });
      });

      it('loses no update when many write the same row at once, also the row that was not there', async () => {
        const writers = Array.from({ length: 8 }, (_, i) => count(`thing-${i}`, 1, 'shared', `contract.events.v1/${i}`));
        await Promise.all(writers);
        expect(await store.view(rows).get('shared')).toEqual({ id: 'shared', rank: 8 });
      }, 30_000);

      it('applies an event once when several members deliver it at once', async () => {
        await Promise.all(Array.from({ length: 6 }, () => count('thing-1', 1, 'r1')));
        await Promise.all(Array.from({ length: 6 }, () => count('thing-1', 2, 'r1')));
        expect(await store.view(rows).get('r1')).toEqual({ id: 'r1', rank: 2 });
      }, 30_000);

      it('keeps marks of streams without a row', async () => {
        await store.transact(rows, { partition: 'contract.events.v1/3', streams: ['thing-7'], rows: [] }, () => ({
          marks: new Map([['thing-7', { accepted: 4, applied: 4 }]]),
          rows: new Map(),
          parked: [],
        }));
        expect((await store.marks(rows, ['thing-7'])).get('thing-7')).toEqual({ accepted: 4, applied: 4 });
        expect(await store.view(rows).count()).toBe(0);
      });

      it('deletes a row that became null, and takes it again', async () => {
        await put(store, rows, [{ id: 'r1', kind: 'a' }, { id: 'r2' }]);
        await put(store, rows, ['r1', 'never-there']);
        expect(await store.view(rows).get('r1')).toBeNull();
        expect(await store.view(rows).find({ limit: 10 })).toEqual([{ id: 'r2' }]);
        await put(store, rows, [{ id: 'r1', kind: 'b' }]);
        expect(await store.view(rows).get('r1')).toEqual({ id: 'r1', kind: 'b' });
      });

      it('keeps a projection, its other versions and other projections apart', async () => {
        const next = { ...rows, version: 2 };
        const other = contractProjection();
        for (const projected of [next, other]) await store.prepare(projected);
        await count('thing-1', 1, 'r1');
        for (const projected of [next, other]) {
          expect(await store.view(projected).get('r1')).toBeNull();
          expect((await store.marks(projected, ['thing-1'])).size).toBe(0);
        }
      });
    });

    describe('dead letters', () => {
      const park = (streamId: string, versions: readonly number[], kind?: DeadLetterKind): Promise<void> =>
        store.transact(rows, { partition: 'contract.events.v1/0', streams: [streamId], rows: [] }, () => ({
          marks: new Map([[streamId, { accepted: versions[versions.length - 1]!, applied: 0 }]]),
          rows: new Map(),
          parked: versions.map((version) => deadLetter(rows, streamId, version, kind)),
        }));
      const drain = (streamId: string, version: number): Promise<void> =>
        store.transact(rows, { partition: 'contract.events.v1/0', streams: [streamId], rows: [] }, () => ({
          marks: new Map([[streamId, { accepted: version, applied: version }]]),
          rows: new Map(),
          parked: [],
          drained: new Map([[streamId, version]]),
        }));
      const listed = async (query: DeadLetterQuery): Promise<string[]> =>
        (await store.deadLetters(rows, query)).map((letter) => `${letter.streamId}@${letter.version}`);

      it('come by stream and version, up to a limit', async () => {
        await park('thing-2', [1, 2]);
        await park('thing-1', [9, 10, 11]);
        expect(await listed({ limit: 10 })).toEqual(['thing-1@9', 'thing-1@10', 'thing-1@11', 'thing-2@1', 'thing-2@2']);
        expect(await listed({ limit: 2 })).toEqual(['thing-1@9', 'thing-1@10']);
        expect(await listed({ streamId: 'thing-2', limit: 1 })).toEqual(['thing-2@1']);
      });

      it('leave the queue up to a version of one stream, with the write that moves its mark', async () => {
        await park('thing-1', [1, 2, 3]);
        await park('thing-2', [1]);
        await drain('thing-1', 2);
        expect(await listed({ limit: 10 })).toEqual(['thing-1@3', 'thing-2@1']);
      });

      it('come in pages, in the order of streams and versions', async () => {
        await park('thing-1', [9, 10, 11]);
        await park('thing-2', [1, 2]);
        expect(await listed({ limit: 2, after: { streamId: 'thing-1', version: 9 } })).toEqual(['thing-1@10', 'thing-1@11']);
        expect(await listed({ limit: 2, after: { streamId: 'thing-1', version: 11 } })).toEqual(['thing-2@1', 'thing-2@2']);
        expect(await listed({ streamId: 'thing-1', limit: 9, after: { streamId: 'thing-1', version: 10 } })).toEqual(['thing-1@11']);
        expect(await store.countDeadLetters(rows)).toBe(5);
        expect(await store.countDeadLetters(rows, 'thing-2')).toBe(2);
      });

      it('are told by their kind; those that were discarded are neither listed, counted nor removed', async () => {
        await park('thing-1', [1], 'discarded');
        await park('thing-1', [2], 'unknown-version');
        await park('thing-1', [3], 'queued');
        expect(await listed({ limit: 10 })).toEqual(['thing-1@2', 'thing-1@3']);
        expect(await listed({ kind: 'unknown-version', limit: 10 })).toEqual(['thing-1@2']);
        expect(await store.countDeadLetters(rows, 'thing-1')).toBe(2);
        await drain('thing-1', 3);
        expect(await listed({ limit: 10 })).toEqual([]);
        expect(await listed({ kind: 'discarded', limit: 10 })).toEqual(['thing-1@1']);
      });

      it('take the place of the former one of the same event', async () => {
        await park('thing-1', [1, 2], 'queued');
        await park('thing-1', [2], 'poison');
        expect((await store.deadLetters(rows, { limit: 10 })).map(({ version, kind }) => [version, kind])).toEqual([[1, 'queued'], [2, 'poison']]);
      });
    });

    describe('a walk', () => {
      it('over rows and marks meets each once, in the order of their ids, page by page', async () => {
        await put(store, rows, ['r3', 'r1', 'r2'].map((id) => ({ id, rank: 0 })));
        for (const stream of ['thing-2', 'thing-1', 'thing-3']) await count(stream, 1, 'r1');
        expect(await store.scanRows(rows, '', 2)).toEqual([{ id: 'r1', row: { id: 'r1', rank: 3 } }, { id: 'r2', row: { id: 'r2', rank: 0 } }]);
        expect((await store.scanRows(rows, 'r2', 2)).map(({ id }) => id)).toEqual(['r3']);
        expect(await store.scanRows(rows, 'r3', 2)).toEqual([]);
        expect((await store.scanMarks(rows, '', 2)).map(({ streamId }) => streamId)).toEqual(['thing-1', 'thing-2']);
        expect(await store.scanMarks(rows, 'thing-2', 2)).toEqual([{ streamId: 'thing-3', marks: { accepted: 1, applied: 1 } }]);
      });

      it('stays in the generation that serves', async () => {
        await count('thing-1', 1, 'old');
        await store.setBuilt(rows);
        await store.generations.begin(rows, '2026-01-01T00:00:00.000Z');
        const claim = (await store.generations.claim(rows))!;
        const built = { rows: new Map([['new', { row: { id: 'new' }, partitions: [], isNew: true }]]), marks: new Map(), parked: [], positions: {} };
        await store.generations.checkpoint(rows, claim, built, {});
        expect((await store.scanRows(rows, '', 10)).map(({ id }) => id)).toEqual(['old']);
        expect((await store.scanMarks(rows, '', 10)).map(({ streamId }) => streamId)).toEqual(['thing-1']);
      });
    });

    describe('waitFor', () => {
      const mark = (version: number, applied = version): Promise<void> =>
        store.transact(rows, { partition: 'contract.events.v1/0', streams: ['thing-1'], rows: [] }, () => ({
          marks: new Map([['thing-1', { accepted: version, applied }]]),
          rows: new Map(),
          parked: [],
        }));

      it('is true at once for a version that was applied', async () => {
        await mark(3);
        expect(await within(10_000, store.view(rows).waitFor('thing-1', 3, 60_000))).toBe(true);
        expect(await within(10_000, store.view(rows).waitFor('thing-1', 2, 60_000))).toBe(true);
      });

      it('is false when the time is over, and for what is only accepted', async () => {
        await mark(3, 2);
        expect(await store.view(rows).waitFor('thing-1', 3, 30)).toBe(false);
        expect(await store.view(rows).waitFor('thing-2', 1, 30)).toBe(false);
      });

      it('wakes up when the version is applied', async () => {
        const waiting = within(10_000, store.view(rows).waitFor('thing-1', 2, 60_000));
        await mark(1);
        await mark(2);
        expect(await waiting).toBe(true);
      });
    });

    describe('a mirrored view', () => {
      const mirror = async (): Promise<Projection<ContractRow>> => {
        const mirrored = contractProjection({ mirrored: true });
        await store.prepare(mirrored);
        return mirrored;
      };
      const all = async (of: Projection<ContractRow>): Promise<unknown[]> =>
        (await store.view(of).all()).map(({ id, rank }) => [id, rank] as const).sort(([a], [b]) => (a < b ? -1 : 1));

      it('is fresh after every write, from whatever partition', async () => {
        const mirrored = await mirror();
        expect(await all(mirrored)).toEqual([]);
        await put(store, mirrored, [{ id: 'a', rank: 1 }], 'contract.events.v1/0');
        expect(await all(mirrored)).toEqual([['a', 1]]);
        await put(store, mirrored, [{ id: 'b', rank: 1 }], 'other.events.v1/9');
        expect(await all(mirrored)).toEqual([['a', 1], ['b', 1]]);
        await put(store, mirrored, [{ id: 'a', rank: 2 }], 'contract.events.v1/0');
        expect(await all(mirrored)).toEqual([['a', 2], ['b', 1]]);
        await put(store, mirrored, ['b'], 'other.events.v1/9');
        expect(await all(mirrored)).toEqual([['a', 2]]);
      });

      it('follows a row that two partitions write', async () => {
        const mirrored = await mirror();
        await put(store, mirrored, [{ id: 'a', rank: 1 }], 'contract.events.v1/0');
        await all(mirrored);
        await put(store, mirrored, [{ id: 'a', rank: 2 }], 'contract.events.v1/1');
        expect(await all(mirrored)).toEqual([['a', 2]]);
        await put(store, mirrored, [{ id: 'a', rank: 3 }], 'contract.events.v1/0');
        expect(await all(mirrored)).toEqual([['a', 3]]);
        await put(store, mirrored, ['a'], 'contract.events.v1/0');
        expect(await all(mirrored)).toEqual([]);
      });

      it('turns to the generation that was switched to', async () => {
        const mirrored = await mirror();
        await put(store, mirrored, [{ id: 'old', rank: 1 }]);
        await all(mirrored);
        await store.setBuilt(mirrored);
        await store.generations.begin(mirrored, '2026-01-01T00:00:00.000Z');
        const claim = (await store.generations.claim(mirrored))!;
        const row = { row: { id: 'new', rank: 2 }, partitions: ['contract.events.v1/7'], isNew: true };
        const write = { rows: new Map([['new', row]]), marks: new Map(), parked: [], positions: {} };
        await store.generations.checkpoint(mirrored, claim, write, {});
        expect(await all(mirrored)).toEqual([['old', 1]]);
        await store.generations.switchOver(mirrored, claim, { state: 'switched', at: '2026-01-01T00:00:00.000Z', beyond: new Map(), tail: async () => ({ ...write, rows: new Map() }) });
        expect(await all(mirrored)).toEqual([['new', 2]]);
      });
    });

    describeGenerations(() => ({ store, rows }));
    describeRefusals(() => ({ store, rows }));
    describeViews(() => ({ store, rows }));
  });
}
