import { expect, it } from '@jest/globals';
import { RowRefused } from '../errors.js';
import type { ProjectionStore } from '../ports.js';
import type { Projection } from '../projection.js';
import { type ContractRow, folded, put } from './rows.js';

/** What a store does with a row that its files or documents cannot hold; one without a form of its own has none of those. */
export function describeRefusals(given: () => { store: ProjectionStore; rows: Projection<ContractRow> }): void {
  it('refuses a row that it cannot hold, live and built, and everything that came with it', async () => {
    const { store, rows } = given();
    const { generations } = store;
    await store.setBuilt(rows);
    await put(store, rows, [{ id: 'old' }]);
    await generations.begin(rows, '2026-01-01T00:00:00.000Z');
    const claim = (await generations.claim(rows))!;
    for (const row of [{ id: 'nul', 'a\0b': 1 } as ContractRow, { id: 'large', kind: 'x'.repeat(17 * 1024 * 1024) }]) {
      await expect(put(store, rows, [{ id: 'good' }, row])).rejects.toThrow(RowRefused);
      await expect(generations.checkpoint(rows, claim, folded([{ id: 'good' }, row], { 'thing-1': 1 }), {})).rejects.toThrow(RowRefused);
    }
    expect((await store.view(rows).find({ limit: 10 })).map(({ id }) => id)).toEqual(['old']);
    const kept = await generations.read(rows, claim, { streams: ['thing-1'], rows: ['good'] });
    expect([kept.marks.size, kept.rows.size]).toEqual([0, 0]);
  }, 30_000);
}
