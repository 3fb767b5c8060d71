import { assertFilter, behind, compareValues, type Filter, type RowQuery, sortKeys, valueAt, type ViewIndex } from '@keyfold/event-sourcing';
import { Query } from 'mingo';
import { RowOrder, type SortKeys } from './row-order.js';

type Plain = Record<string, unknown>;

/** Up to so many rows, or so large a part of all, are looked at one by one and sorted; of more a page is looked for in order, and the search ends with the page. */
const FEW = 100;
const PART = 1 / 16;
const MOST_ORDERS = 8;

/**
 * The rows of one view in memory. Equality on the id, or on the first field of an index, looks only at the rows that can match; where that leaves many, a page is taken
 * from the rows as they are kept in its order, which looks at all only where few match.
 * Rows are frozen: what one reader holds cannot be changed by another.
 */
export class RowSet<Row extends object> {
  private readonly rows = new Map<string, Row>();
  /** Field -> value -> ids. A null or absent value is kept under null. */
  private readonly indexes: ReadonlyMap<string, Map<unknown, Set<string>>>;
  private readonly orders = new Map<string, RowOrder<Row>>();
  private list: readonly Row[] | null = null;

  constructor(definitions: readonly ViewIndex[]) {
    this.indexes = new Map(definitions.map(([field]) => [field!, new Map<unknown, Set<string>>()]));
  }

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  set(id: string, row: Row | null): void {
    const before = this.rows.get(id);
    if (row === before) return; // most events change nothing of most rows
    if (before) this.unindex(id, before);
    if (row) {
      this.rows.set(id, Object.freeze(row));
      for (const [field, ids] of this.indexes) for (const key of keysOf(row, field)) entry(ids, key).add(id);
    } else this.rows.delete(id);
    for (const order of this.orders.values()) order.note(id, before);
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
    if (filter) assertFilter(filter);
    const keys = sortKeys(sort);
    const ids = filter ? this.narrowed(filter) : null;
    if ((ids ?? this.rows).size > this.few()) return this.inOrder(keys, { filter, limit, after });
    const candidates = this.among(ids);
    const matches = tester(after ? both(filter, behind(sort, after)) : filter);
    const found = candidates.filter(matches).map((row) => ({ row, values: keys.map(([field]) => valueAt(row, field)) }));
    found.sort((a, b) => {
      for (let i = 0; i < keys.length; i++) {
        const order = compareValues(a.values[i], b.values[i]);
        if (order !== 0) return order * keys[i]![1];
      }
      return 0;
    });
    return found.slice(0, limit).map(({ row }) => row);
  }

  private inOrder(keys: SortKeys, { filter, limit, after }: Pick<RowQuery, 'filter' | 'limit' | 'after'>): Row[] {
    const matches = tester(filter);
    const [field, direction] = keys[0]!;
    const bounds = direction === 1 ? boundsOf(filter, field) : {};
    const found: Row[] = [];
    const order = this.orderOf(keys);
    for (const row of after || bounds.least === undefined ? order.behind(after ?? null, this.rows) : order.startingAt(bounds.least, this.rows)) {
      if (bounds.isBehind?.(valueAt(row, field))) break;
      if (matches(row) && found.push(row) === limit) break;
    }
    return found;
  }

  private orderOf(keys: SortKeys): RowOrder<Row> {
    const name = JSON.stringify(keys);
    let order = this.orders.get(name);
    if (!order) {
      if (this.orders.size >= MOST_ORDERS) this.orders.delete(this.orders.keys().next().value!);
      this.orders.set(name, (order = new RowOrder<Row>(keys)));
    }
    return order;
  }

  count(filter?: Filter): number {
    return filter ? this.matching(filter).length : this.rows.size;
  }

  private matching(filter: Filter): readonly Row[] {
    assertFilter(filter);
    return this.among(this.narrowed(filter)).filter(tester(filter));
  }

  private among(ids: ReadonlySet<string> | null): readonly Row[] {
    return ids === null ? this.all() : [...ids].map((id) => this.rows.get(id)!);
  }

  /** The smallest set of rows that an equality of the filter, or of a branch that must hold, points at; null where none does. */
  private narrowed(filter: Filter): ReadonlySet<string> | null {
    let best: ReadonlySet<string> | null = null;
    const offer = (ids: ReadonlySet<string> | null): void => {
      if (ids && (best === null || ids.size < best.size)) best = ids;
    };
    for (const [field, condition] of conditionsOf(filter))
      if (field === '$or') offer(this.inAnyOf(condition as readonly Filter[]));
      else {
        const values = wanted(condition);
        offer(values && this.lookUp(field, values));
      }
    return best;
  }

  /** Null where one of the branches can hold for any row. */
  private inAnyOf(branches: readonly Filter[]): ReadonlySet<string> | null {
    const sets: ReadonlySet<string>[] = [];
    for (const branch of branches) {
      const ids = this.narrowed(branch);
      if (ids === null || ids.size > this.few()) return null;
      sets.push(ids);
    }
    return new Set(sets.flatMap((ids) => [...ids]));
  }

  /** Null where an index does not help, or leaves too many to be gathered. */
  private lookUp(field: string, values: readonly unknown[]): ReadonlySet<string> | null {
    if (field === 'id') return new Set((values as string[]).filter((id) => this.rows.has(id)));
    const index = this.indexes.get(field);
    if (!index) return null;
    const few = this.few();
    const found: ReadonlySet<string>[] = [];
    let sum = 0;
    for (const value of values) {
      const ids = index.get(value);
      if (!ids) continue;
      sum += ids.size;
      if (found.push(ids) > 1 && sum > few) return null;
    }
    return found.length === 1 ? found[0]! : new Set(found.flatMap((ids) => [...ids]));
  }

  private few(): number {
    return Math.max(FEW, this.rows.size * PART);
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

type Test = (row: object) => boolean;

function tester(filter: Filter = {}): Test {
  const tests = Object.entries(filter).map(([field, condition]): Test => {
    if (field === '$and' || field === '$or') {
      const branches = (condition as readonly Filter[]).map(tester);
      return field === '$and' ? (row) => branches.every((matches) => matches(row)) : (row) => branches.some((matches) => matches(row));
    }
    return amongMany(field, condition) ?? matching({ [field]: condition });
  });
  return (row) => tests.every((matches) => matches(row));
}

const matching = (conditions: Plain): Test => {
  const query = new Query(conditions);
  return (row) => query.test(row as Plain);
};

/** mingo goes through the list of an `$in` for each row. Null for any other condition. */
function amongMany(field: string, condition: unknown): Test | null {
  const list = wanted(condition);
  if (!list || list.length === 1 || Object.keys(condition as object).length > 1 || field.includes('.')) return null;
  const values = new Set(list);
  return (row) => keysOf(row, field).some((value) => values.has(value ?? null));
}

/** Conditions that must hold for the filter to hold: its own, `$or` among them, and those of its $and branches. */
function* conditionsOf(filter: Filter): Generator<readonly [string, unknown]> {
  for (const [field, condition] of Object.entries(filter))
    if (field === '$and') for (const branch of condition as readonly Filter[]) yield* conditionsOf(branch);
    else yield [field, condition];
}

interface Bounds {
  /** No value that matches comes before it. */
  readonly least?: unknown;
  /** No value that matches comes behind one of which this is true. */
  readonly isBehind?: (value: unknown) => boolean;
}

function boundsOf(filter: Filter | undefined, field: string): Bounds {
  let bounds: Bounds = {};
  for (const [name, condition] of filter ? conditionsOf(filter) : [])
    if (name === field && typeof condition === 'object' && condition !== null) {
      const { $gte, $lt, $lte } = condition as { $gte?: unknown; $lt?: unknown; $lte?: unknown };
      if ($gte !== undefined) bounds = { ...bounds, least: $gte };
      if ($lt !== undefined) bounds = { ...bounds, isBehind: (value) => compareValues(value, $lt) >= 0 };
      if ($lte !== undefined) bounds = { ...bounds, isBehind: (value) => compareValues(value, $lte) > 0 };
    }
  return bounds;
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
