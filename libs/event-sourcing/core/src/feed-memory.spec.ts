import { expect, it } from '@jest/globals';
import { isEnough, type KeptRow, mostRows } from './feed-memory.js';

const rowsOf = (count: number, chars: number): { rows: Map<string, KeptRow>; dirtyRows: string[]; dirtyMarks: string[] } => {
  const row = { text: 'x'.repeat(chars) };
  const dirtyRows = Array.from({ length: count }, (_, i) => String(i));
  return { rows: new Map(dirtyRows.map((id) => [id, { row, partitions: new Set(), stored: false, isDirty: true }])), dirtyRows, dirtyMarks: [] };
};

it('as much is written as the store has room for, whether it is rows or marks', () => {
  expect(isEnough(rowsOf(1_000, 700), 900_000)).toBe(true);
  expect(isEnough(rowsOf(1_000, 700), 1_100_000)).toBe(false);
  expect(isEnough(rowsOf(1_000, 10), 900_000)).toBe(false);
  expect(isEnough({ ...rowsOf(0, 0), dirtyMarks: Array.from({ length: 1_000 }, String) }, 190_000)).toBe(true);
});

it('no more waits than may have to be done again, whatever the store takes', () => {
  expect(isEnough(rowsOf(99_999, 1), Infinity)).toBe(false);
  expect(isEnough(rowsOf(100_000, 1), Infinity)).toBe(true);
});

it('fewer rows are kept where they are large', () => {
  const { rows, dirtyRows } = rowsOf(10, 64 * 1024);
  expect(mostRows(rows, dirtyRows)).toBeLessThanOrEqual(1_024);
  expect(mostRows(new Map(), [])).toBe(200_000);
});
