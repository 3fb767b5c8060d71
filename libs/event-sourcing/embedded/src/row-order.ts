import { compareValues, valueAt } from '@keyfold/event-sourcing';

export type SortKeys = readonly (readonly [field: string, direction: 1 | -1])[];

/** Writes that an order takes in one by one; with more of them at once, sorting anew is cheaper. */
const FEW = 64;

/**
 * Rows in the order of some keys, the last of which tells all rows apart. Writes are only noted, in no time; the next read takes them in.
 */
export class RowOrder<Row extends object> {
  private rows: Row[] = [];
  /** Rows that have been written since, as they stand here; null: not at all. */
  private readonly moved = new Map<string, Row | null>();
  private whole = false;

  constructor(private readonly keys: SortKeys) {}

  note(id: string, before: Row | undefined): void {
    if (this.whole && !this.moved.has(id)) this.moved.set(id, before ?? null);
  }

  /** The rows behind these values of the keys; all of them without. `current` is what there is by now. */
  *behind(after: readonly unknown[] | null, current: ReadonlyMap<string, Row>): Generator<Row> {
    this.takeIn(current);
    for (let i = after === null ? 0 : this.placeBehind(after); i < this.rows.length; i++) yield this.rows[i]!;
  }

  /** The rows whose first key is not before this value. */
  *startingAt(least: unknown, current: ReadonlyMap<string, Row>): Generator<Row> {
    this.takeIn(current);
    const [[field, direction]] = this.keys as [SortKeys[number]];
    for (let i = this.firstNot((row) => compareValues(valueAt(row, field), least) * direction < 0); i < this.rows.length; i++) yield this.rows[i]!;
  }

  private takeIn(current: ReadonlyMap<string, Row>): void {
    if (!this.whole || this.moved.size > FEW + this.rows.length / 16) {
      this.rows = [...current.values()].map((row) => ({ row, values: this.valuesOf(row) })).sort((a, b) => this.compare(a.values, b.values)).map(({ row }) => row);
      this.whole = true;
    } else
      for (const [id, standing] of this.moved) this.move(standing, current.get(id));
    this.moved.clear();
  }

  /** Most writes change none of the keys: the row takes the place of the one that it was. */
  private move(standing: Row | null, row: Row | undefined): void {
    const values = row && this.valuesOf(row);
    if (standing) {
      const before = this.valuesOf(standing);
      const place = this.placeBehind(before) - 1;
      if (row && this.compare(before, values!) === 0) {
        this.rows[place] = row;
        return;
      }
      this.rows.splice(place, 1);
    }
    if (row) this.rows.splice(this.placeBehind(values!), 0, row);
  }

  /** Place of the first row that comes after these values. */
  private placeBehind(values: readonly unknown[]): number {
    return this.firstNot((row) => this.compare(this.valuesOf(row), values) <= 0);
  }

  /** Place of the first row of which this no longer holds. */
  private firstNot(holds: (row: Row) => boolean): number {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.rows[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private valuesOf = (row: Row): unknown[] => this.keys.map(([field]) => valueAt(row, field));

  private compare(a: readonly unknown[], b: readonly unknown[]): number {
    for (let i = 0; i < this.keys.length; i++) {
      const order = compareValues(a[i] ?? null, b[i] ?? null);
      if (order !== 0) return order * this.keys[i]![1];
    }
    return 0;
  }
}
