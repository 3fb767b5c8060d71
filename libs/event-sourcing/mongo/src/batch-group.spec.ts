import { describe, expect, it } from '@jest/globals';
import type { BatchState, BatchWrite, Marks } from '@keyfold/event-sourcing';
import { type Batch, foldGroup, keysOf } from './batch-group.js';

/** A batch that moves the mark of a stream and counts in a row. */
const batch = (partition: string, streamId: string, rowId: string, write: Partial<BatchWrite<object>> = {}): Batch => ({
  keys: { partition, streams: [streamId], rows: [rowId] },
  fold: (state) => {
    const { marks, rows } = state as unknown as BatchState<{ count: number }>;
    const version = (marks.get(streamId)?.accepted ?? 0) + 1;
    const row = { count: (rows.get(rowId)?.count ?? 0) + 1 };
    return { marks: new Map([[streamId, { accepted: version, applied: version }]]), rows: new Map([[rowId, row]]), parked: [], ...write };
  },
});
const failing: Batch = {
  keys: { partition: 't/9', streams: ['s-9'], rows: ['r'] },
  fold: () => {
    throw new Error('bad fold');
  },
};
const state = (marks: [string, Marks][] = [], rows: [string, object][] = []): BatchState<never> => ({ marks: new Map(marks), rows: new Map(rows) as unknown as Map<string, never> });

describe('a group of batches', () => {
  it('reads what any of them reads, once', () => {
    expect(keysOf([batch('t/1', 's-1', 'r'), batch('t/2', 's-2', 'r'), batch('t/1', 's-1', 'q')])).toEqual({ partitions: ['t/1', 't/2'], streams: ['s-1', 's-2'], rows: ['r', 'q'], after: null });
  });

  it('follows the version before the first event of each stream, where none of them wants to read', () => {
    const following = (streamId: string, version: number): Batch => ({ ...batch('t/1', streamId, 'r'), keys: { partition: 't/1', streams: [streamId], rows: [], after: new Map([[streamId, version]]) } });
    expect(keysOf([following('s-1', 4), following('s-2', 0), following('s-1', 3)]).after).toEqual(new Map([['s-1', 3], ['s-2', 0]]));
    expect(keysOf([following('s-1', 0), batch('t/1', 's-2', 'r')]).after).toBeNull();
  });

  it('is folded as if each were written before the next is read', () => {
    const { write, errors } = foldGroup([batch('t/1', 's-1', 'r'), batch('t/2', 's-2', 'r'), batch('t/1', 's-1', 'r')], state([['s-1', { accepted: 4, applied: 4 }]], [['r', { count: 10 }]]));
    expect(Object.fromEntries(write.marks)).toEqual({ 's-1': { accepted: 6, applied: 6 }, 's-2': { accepted: 1, applied: 1 } });
    expect(write.rows.get('r')).toEqual({ row: { count: 13 }, partitions: new Set(['t/1', 't/2']) });
    expect(errors).toEqual([undefined, undefined, undefined]);
  });

  it('takes a row that one of them deletes for gone', () => {
    const { write } = foldGroup([batch('t/1', 's-1', 'r', { rows: new Map([['r', null]]) }), batch('t/2', 's-2', 'r')], state([], [['r', { count: 10 }]]));
    expect(write.rows.get('r')!.row).toEqual({ count: 1 });
  });

  it('has nothing of a batch that cannot be folded, and all of the others', () => {
    const before = state();
    const { write, errors } = foldGroup([batch('t/1', 's-1', 'r'), failing, batch('t/2', 's-2', 'r')], before);
    expect(errors.map((error) => error?.message)).toEqual([undefined, 'bad fold', undefined]);
    expect([...write.marks.keys()]).toEqual(['s-1', 's-2']);
    expect(write.rows.get('r')!.row).toEqual({ count: 2 });
    expect([before.marks.size, before.rows.size]).toEqual([0, 0]);
  });
});
