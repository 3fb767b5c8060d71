import { describe, expect, it } from '@jest/globals';
import type { Filter, ProjectionStore, RowQuery } from '../ports.js';
import type { Projection } from '../projection.js';
import { type ContractRow, put } from './rows.js';

const ROWS: readonly ContractRow[] = [
  { id: 'a', kind: 'x', rank: 3, on: true, owner: { id: 'm1' }, tags: ['red'] },
  { id: 'b', kind: 'x', rank: 1, on: false, owner: { id: 'm2' } },
  { id: 'c', kind: 'y', rank: null, on: true },
  { id: 'd', kind: 'y', rank: 3, tags: ['red', 'blue'] },
  { id: 'e', kind: 'É', rank: 1 },
  { id: 'f', rank: 10 },
  { id: 'g', kind: 'Z', rank: 3 },
  { id: 'h', kind: 'x' },
];

/** Filters with the ids that they find: whatever is here may be used in a view, and nothing else. */
const FILTERS: readonly (readonly [string, Filter, string])[] = [
  ['equality', { kind: 'x' }, 'abh'],
  ['equality with nothing', { kind: 'nothing' }, ''],
  ['equality with a number', { rank: 3 }, 'adg'],
  ['equality with a boolean', { on: true }, 'ac'],
  ['null: null or absent', { rank: null }, 'ch'],
  ['several fields', { kind: 'x', rank: 1 }, 'b'],
  ['a field of a nested object', { 'owner.id': 'm1' }, 'a'],
  ['an element of a list', { tags: 'red' }, 'ad'],
  ['the id', { id: 'c' }, 'c'],
  ['ids', { id: { $in: ['c', 'a', 'nobody'] } }, 'ac'],
  ['$in', { kind: { $in: ['y', 'Z'] } }, 'cdg'],
  ['$in with null', { rank: { $in: [null, 10] } }, 'cfh'],
  ['$in with nothing', { kind: { $in: [] } }, ''],
  ['$nin', { kind: { $nin: ['x', 'y'] } }, 'efg'],
  ['$ne', { kind: { $ne: 'x' } }, 'cdefg'],
  ['$ne null', { rank: { $ne: null } }, 'abdefg'],
  ['$gt', { rank: { $gt: 1 } }, 'adfg'],
  ['$gte and $lt', { rank: { $gte: 1, $lt: 10 } }, 'abdeg'],
  ['$lte leaves out null and other types', { rank: { $lte: 3 } }, 'abdeg'],
  ['$gt on text goes by code unit', { kind: { $gt: 'Z' } }, 'abcdeh'],
  ['$exists', { rank: { $exists: true } }, 'abcdefg'],
  ['$exists false', { kind: { $exists: false } }, 'f'],
  ['$and', { $and: [{ kind: 'x' }, { rank: { $gt: 1 } }] }, 'a'],
  ['$or', { $or: [{ kind: 'Z' }, { $and: [{ on: true }, { rank: null }] }] }, 'cg'],
];

const SORTS: readonly (readonly [string, RowQuery['sort'], string])[] = [
  ['by id when nothing is said', undefined, 'abcdefgh'],
  ['numbers, null and absent first, ties by id', { rank: 1 }, 'chbeadgf'],
  ['numbers descending, ties by id descending', { rank: -1 }, 'fgdaebhc'],
  ['text by code unit', { kind: 1 }, 'fgabhcde'],
  ['two fields', { kind: -1, rank: 1 }, 'ecdhbagf'],
  ['by id descending', { id: -1 }, 'hgfedcba'],
];

/** Reading: the same rows in the same order from every adapter. */
export function describeViews(given: () => { store: ProjectionStore; rows: Projection<ContractRow> }): void {
  describe('a view', () => {
    const view = async () => {
      const { store, rows } = given();
      await put(store, rows, ROWS);
      return store.view(rows);
    };
    const ids = (rows: readonly ContractRow[]): string => rows.map((row) => row.id).join('');

    it('gets a row by its id', async () => {
      const rows = await view();
      expect(await rows.get('a')).toEqual(ROWS[0]);
      expect(await rows.get('nobody')).toBeNull();
    });

    it('gets each caller of the same moment his own row', async () => {
      const rows = await view();
      expect(await Promise.all(['b', 'nobody', 'a', 'b'].map((id) => rows.get(id)))).toEqual([ROWS[1], null, ROWS[0], ROWS[1]]);
    });

    it.each(FILTERS)('filters: %s', async (_name, filter, expected) => {
      const rows = await view();
      expect(ids(await rows.find({ filter, limit: 100 }))).toBe(expected);
      expect(await rows.count(filter)).toBe(expected.length);
    });

    it.each([
      ['an operator that adapters do not share', { kind: { $regex: '^x' } }],
      ['code', { $where: 'true' }],
      ['an expression', { $expr: { $eq: [1, 1] } }],
      ['an object as a value', { kind: { $ne: { $gt: '' } } }],
      ['a list as a value', { kind: ['x'] }],
    ])('refuses %s', async (_name, filter) => {
      const rows = await view();
      await expect(rows.find({ filter: filter as unknown as Filter, limit: 10 })).rejects.toThrow(TypeError);
      await expect(rows.count(filter as unknown as Filter)).rejects.toThrow(TypeError);
    });

    it('finds what a row has become, not what it was', async () => {
      const rows = await view();
      const { store, rows: projection } = given();
      await put(store, projection, [{ id: 'a', kind: 'y', rank: 9 }, 'b']);
      expect(ids(await rows.find({ filter: { kind: 'x' }, limit: 100 }))).toBe('h');
      expect(ids(await rows.find({ filter: { kind: 'y' }, limit: 100 }))).toBe('acd');
      expect(await rows.count()).toBe(7);
    });

    it.each(SORTS)('sorts %s', async (_name, sort, expected) => {
      expect(ids(await (await view()).find({ sort, limit: 100 }))).toBe(expected);
    });

    it('keeps to its limit', async () => {
      expect(ids(await (await view()).find({ limit: 3 }))).toBe('abc');
    });

    it.each(SORTS)('pages, every row once: %s', async (_name, sort, expected) => {
      const rows = await view();
      for (const limit of [1, 2, 3]) {
        let seen = '';
        let after: unknown[] | undefined;
        for (let page = 0; page < 20; page++) {
          const found = await rows.find({ sort, limit, after });
          if (found.length === 0) break;
          seen += ids(found);
          const last = found[found.length - 1]! as unknown as Record<string, unknown>;
          const fields = Object.keys(sort ?? {}).filter((field) => field !== 'id');
          after = [...fields.map((field) => last[field] ?? null), last['id']];
        }
        expect(seen).toBe(expected);
      }
    });

    it('pages what a filter leaves', async () => {
      const rows = await view();
      expect(ids(await rows.find({ filter: { kind: 'x' }, sort: { rank: 1 }, limit: 2 }))).toBe('hb');
      expect(ids(await rows.find({ filter: { kind: 'x' }, sort: { rank: 1 }, limit: 2, after: [1, 'b'] }))).toBe('a');
    });

    it('gives rows that a reader cannot spoil for the next', async () => {
      const rows = await view();
      const mine = (await rows.get('a')) as { kind: string };
      try {
        mine.kind = 'spoilt';
      } catch {
        // frozen is as good as copied
      }
      expect((await rows.get('a'))?.kind).toBe('x');
    });
  });
}
