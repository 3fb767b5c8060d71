import { describe, expect, it } from '@jest/globals';
import { assertFilter } from './filter.js';
import { behind, sortKeys } from './paging.js';
import type { Filter } from './ports.js';

describe('filters', () => {
  it.each<readonly [Filter]>([
    [{}],
    [{ status: 'open', owner: null, rank: 3, on: true }],
    [{ rank: { $gte: 1, $lt: 9 }, kind: { $in: ['a', null] }, tag: { $exists: false } }],
    [{ $or: [{ kind: 'a' }, { $and: [{ rank: { $gt: 1 } }, { id: { $ne: 'x' } }] }] }],
  ])('may be %j', (filter) => {
    expect(() => assertFilter(filter)).not.toThrow();
  });

  it.each([
    [{ $where: 'true' }],
    [{ $nor: [{ a: 1 }] }],
    [{ kind: { $regex: 'x' } }],
    [{ kind: { $in: 'x' } }],
    [{ kind: { $in: [{ $gt: '' }] } }],
    [{ kind: { $gt: { $ne: null } } }],
    [{ kind: {} }],
    [{ kind: { nested: 1 } }],
    [{ kind: undefined }],
    [{ kind: NaN }],
    [{ kind: ['a'] }],
    [{ kind: /x/ }],
    [{ $or: [] }],
    [{ $and: [{ $where: 'true' }] }],
    [[]],
    [null],
    ['kind'],
  ])('may not be %j', (filter) => {
    expect(() => assertFilter(filter as unknown as Filter)).toThrow(TypeError);
  });
});

describe('the rows behind a place', () => {
  it('come by the id when nothing else is said', () => {
    expect(sortKeys()).toEqual([['id', 1]]);
    expect(sortKeys({ kind: 1, rank: -1 })).toEqual([['kind', 1], ['rank', -1], ['id', -1]]);
    expect(behind(undefined, ['r7'])).toEqual({ $or: [{ $and: [{ id: { $gt: 'r7' } }] }] });
  });

  it('have a later key, or the same and a later one after it', () => {
    expect(behind({ kind: 1 }, ['x', 'r7'])).toEqual({ $or: [{ $and: [{ kind: { $gt: 'x' } }] }, { $and: [{ kind: 'x' }, { id: { $gt: 'r7' } }] }] });
  });

  it('count null as before everything, in both directions', () => {
    expect(behind({ rank: 1 }, [null, 'r7'])).toEqual({ $or: [{ $and: [{ rank: { $ne: null } }] }, { $and: [{ rank: null }, { id: { $gt: 'r7' } }] }] });
    expect(behind({ rank: -1 }, [null, 'r7'])).toEqual({ $or: [{ $and: [{ rank: null }, { id: { $lt: 'r7' } }] }] });
    expect(behind({ rank: -1 }, [3, 'r7'])).toEqual({
      $or: [{ $and: [{ $or: [{ rank: { $lt: 3 } }, { rank: null }] }] }, { $and: [{ rank: 3 }, { id: { $lt: 'r7' } }] }],
    });
  });

  it('are filters like any other', () => {
    expect(() => assertFilter(behind({ rank: -1, kind: 1 }, [3, null, 'r7']))).not.toThrow();
  });
});
