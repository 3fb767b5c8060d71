import { describe, expect, it } from '@jest/globals';
import { Random } from '@keyfold/testing/simulation';
import type { Filter, RowQuery } from '@keyfold/event-sourcing';
import { RowSet } from './row-set.js';

interface Row {
  readonly id: string;
  readonly name: string | null;
  readonly rank: number;
  readonly tags: readonly string[];
}

const random = new Random(7);
const rowOf = (number: number): Row => ({ id: `r${number}`, name: random.int(20) === 0 ? null : `n${random.int(400)}`, rank: random.int(50), tags: [`t${random.int(9)}`, `t${random.int(9)}`] });

/** The answer the plain way: look at every row, sort, cut. */
function plainly(rows: readonly Row[], matches: (row: Row) => boolean, { sort = {}, limit, after }: RowQuery): string[] {
  const keys = [...Object.entries(sort), ['id', Object.values(sort).at(-1) ?? 1]] as [keyof Row, 1 | -1][];
  const compare = (a: readonly unknown[], b: readonly unknown[]): number => {
    for (const [i, [, direction]] of keys.entries()) {
      const [x, y] = [a[i] ?? null, b[i] ?? null] as [string, string];
      if (x !== y) return (x === null ? -1 : y === null ? 1 : x < y ? -1 : 1) * direction;
    }
    return 0;
  };
  const valuesOf = (row: Row) => keys.map(([field]) => row[field]);
  const found = rows.filter((row) => matches(row) && (!after || compare(valuesOf(row), after) > 0));
  return found.toSorted((a, b) => compare(valuesOf(a), valuesOf(b))).slice(0, limit).map(({ id }) => id);
}

const QUERIES: readonly [Filter | undefined, (row: Row) => boolean][] = [
  [undefined, () => true],
  [{ rank: { $lt: 25 } }, ({ rank }) => rank < 25],
  [{ name: { $gte: 'n2', $lt: 'n3' } }, ({ name }) => name !== null && name >= 'n2' && name < 'n3'],
  [{ rank: { $lte: 3 } }, ({ rank }) => rank <= 3],
  [{ name: { $lte: 'n2' } }, ({ name }) => name !== null && name <= 'n2'],
  [{ rank: { $gte: 10, $lt: 20 } }, ({ rank }) => rank >= 10 && rank < 20],
  [{ $or: [{ rank: 7 }, { tags: 't3' }] }, ({ rank, tags }) => rank === 7 || tags.includes('t3')],
  [{ $and: [{ $or: [{ rank: 7 }, { name: null }] }, { tags: { $in: ['t1', 't2'] } }] }, ({ rank, name, tags }) => (rank === 7 || name === null) && (tags.includes('t1') || tags.includes('t2'))],
];

describe('many rows in memory', () => {
  it('are paged as if each was looked at, while they change', () => {
    const set = new RowSet<Row>([['tags'], ['rank']]);
    const rows = new Map<string, Row>();
    const write = (number: number, row: Row | null): void => {
      if (row) rows.set(row.id, row);
      else rows.delete(`r${number}`);
      set.set(`r${number}`, row);
    };
    for (let i = 0; i < 3_000; i++) write(i, rowOf(i));
    const sorts: RowQuery['sort'][] = [undefined, { name: 1 }, { name: -1 }, { rank: 1, name: -1 }];
    for (let round = 0; round < 40; round++) {
      const writes = round % 10 === 9 ? 1_500 : random.int(20);
      for (let i = 0; i < writes; i++) {
        const number = random.int(3_200);
        const before = rows.get(`r${number}`);
        const keepsItsPlace = before && random.int(2) === 0;
        write(number, random.int(10) === 0 ? null : keepsItsPlace ? { ...before, tags: rowOf(number).tags } : rowOf(number));
      }
      for (const [filter, matches] of QUERIES)
        for (const sort of sorts) {
          const query = { filter, sort, limit: 20 } as RowQuery;
          const first = set.find(query);
          expect(first.map(({ id }) => id)).toEqual(plainly([...rows.values()], matches, query));
          expect(first.every((row) => row === rows.get(row.id))).toBe(true);
          const last = first.at(-1) as unknown as Record<string, unknown>;
          const next = { ...query, after: [...Object.keys(sort ?? {}), 'id'].map((field) => last[field] ?? null) } as RowQuery;
          expect(set.find(next).map(({ id }) => id)).toEqual(plainly([...rows.values()], matches, next));
        }
    }
  });
});
