import { assertFilter, behind, type Filter, type RowQuery, sortKeys, type ViewIndex } from '@keyfold/event-sourcing';
import { Query } from 'mingo';
import { compareValues, valueAt } from './values.js';

type Plain = Record<string, unknown>;

/**
 * The rows of one view in memory. Equality on the id, or on the first field of an index, looks only at the rows that can match; anything else looks at all.
 * Rows are frozen: what one reader holds cannot be changed by another.
 */
export class RowSet<Row extends object> {
  private readonly rows = new Map<string, Row>();
  /** Field -> value -> ids. A null or absent value is kept under null. */
  private readonly indexes: ReadonlyMap<string, Map<unknown, Set<string>>>;
  private list: readonly Row[] | null = null;

  constructor(definitions: readonly ViewIndex[]) {
    this.indexes = new Map(definitions.map(([field]) => [field!, new Map<unknown, Set<string>>()]));
  }

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  set(id: string, row: Row | null): void {
    const before = this.rows.get(id);
    if (before) this.unindex(id, before);
    if (row) {
      this.rows.set(id, Object.freeze(row));
      for (const [field, ids] of this.indexes) for (const key of keysOf(row, field)) entry(ids, key).add(id);
    } else this.rows.delete(id);
    this.list = null;
  }

  /** Every row; the same array until the next write. */
  all(): readonly Row[] {
    return (this.list ??= [...this.rows.values()]);
  }

  ids(): Iterable<string> {
    return this.rows.keys();
  }

  entries(): Iterable<readonly [string, Row]> {
    return this.rows;
  }

  find({ filter, sort, limit, after }: RowQuery): Row[] {
    const keys = sortKeys(sort);
    const found = this.matching(after ? both(filter, behind(sort, after)) : filter).map((row) => ({ row, values: keys.map(([field]) => valueAt(row, field)) }));
    found.sort((a, b) => {
      for (let i = 0; i < keys.length; i++) {
        const order = compareValues(a.values[i], b.values[i]);
        if (order !== 0) return order * keys[i]![1];
      }
      return 0;
    });
    return found.slice(0, limit).map(({ row }) => row);
  }

  count(filter?: Filter): number {
    return filter ? this.matching(filter).length : this.rows.size;
  }

  private matching(filter?: Filter): readonly Row[] {
    if (!filter) return this.all();
    assertFilter(filter);
    const query = new Query(filter as Plain);
    return this.candidates(filter).filter((row) => query.test(row as Plain));
  }

  /** The smallest set of rows that an equality of the filter, or of a branch that must hold, points at. */
  private candidates(filter: Filter): readonly Row[] {
    let best: ReadonlySet<string> | null = null;
    for (const [field, condition] of conditionsOf(filter)) {
      const values = wanted(condition);
      const ids = values && this.lookUp(field, values);
      if (ids && (best === null || ids.size < best.size)) best = ids;
    }
    return best === null ? this.all() : [...best].map((id) => this.rows.get(id)!);
  }

  private lookUp(field: string, values: readonly unknown[]): ReadonlySet<string> | null {
    if (field === 'id') return new Set((values as string[]).filter((id) => this.rows.has(id)));
    const index = this.indexes.get(field);
    if (!index) return null;
    if (values.length === 1) return index.get(values[0]) ?? new Set();
    return new Set(values.flatMap((value) => [...(index.get(value) ?? [])]));
  }

  private unindex(id: string, row: Row): void {
    for (const [field, ids] of this.indexes)
      for (const key of keysOf(row, field)) {
        const under = ids.get(key);
        under?.delete(id);
        if (under?.size === 0) ids.delete(key);
      }
  }
}

const both = (a: Filter | undefined, b: Filter): Filter => (a ? { $and: [a, b] } : b);

/** Field conditions that must hold for the filter to hold: its own, and those of its $and branches. */
function* conditionsOf(filter: Filter): Generator<readonly [string, unknown]> {
  for (const [field, condition] of Object.entries(filter))
    if (field === '$and') for (const branch of condition as readonly Filter[]) yield* conditionsOf(branch);
    else if (field !== '$or') yield [field, condition];
}

/** The values that a condition asks for, when it is an equality or `$in`. */
function wanted(condition: unknown): readonly unknown[] | null {
  if (typeof condition !== 'object' || condition === null) return [condition];
  const { $in } = condition as { $in?: readonly unknown[] };
  return $in ?? null;
}

/** What a row is found under in an index: its value, or each element of a list. */
function keysOf(row: object, field: string): readonly unknown[] {
  const value = valueAt(row, field);
  return Array.isArray(value) ? value : [value];
}

function entry(ids: Map<unknown, Set<string>>, value: unknown): Set<string> {
  let set = ids.get(value);
  if (!set) ids.set(value, (set = new Set()));
  return set;
}
