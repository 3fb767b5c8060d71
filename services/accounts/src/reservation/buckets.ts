/**
 * An immutable map of plain JSON, in two levels of buckets, so that a change copies some dozens of pointers, however many entries there are. Lists and not objects: an object
 * for each handful of ids would be a shape of its own to the engine, a hundred times as slow.
 */
export type Buckets<Value> = readonly (readonly (readonly Entry<Value>[])[])[];
type Entry<Value> = readonly [key: string, value: Value];

const BUCKETS = 64;

function bucketOf(key: string): readonly [number, number] {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) >>> 0;
  return [hash % BUCKETS, Math.floor(hash / BUCKETS) % BUCKETS];
}

export function entryOf<Value>(map: Buckets<Value>, key: string): Value | null {
  const [outer, inner] = bucketOf(key);
  return map[outer]?.[inner]?.find(([known]) => known === key)?.[1] ?? null;
}

export function withEntry<Value>(map: Buckets<Value>, key: string, value: Value): Buckets<Value> {
  return changed(map, key, (entries) => [...entries.filter(([known]) => known !== key), [key, value]]);
}

export function withoutEntry<Value>(map: Buckets<Value>, key: string): Buckets<Value> {
  return entryOf(map, key) === null ? map : changed(map, key, (entries) => entries.filter(([known]) => known !== key));
}

export const entriesOf = <Value>(map: Buckets<Value>): Entry<Value>[] => map.flatMap((outer) => outer.flat());

export const sizeOf = (map: Buckets<unknown>): number => map.reduce((sum, outer) => sum + outer.reduce((part, entries) => part + entries.length, 0), 0);

function changed<Value>(map: Buckets<Value>, key: string, change: (entries: readonly Entry<Value>[]) => readonly Entry<Value>[]): Buckets<Value> {
  const [outer, inner] = bucketOf(key);
  const buckets = map[outer] ?? [];
  return filled(map, outer, filled(buckets, inner, change(buckets[inner] ?? [])));
}

/** A list with one place changed, as long as it has to be: what was never written is an empty list. */
function filled<Part>(list: readonly (readonly Part[])[], place: number, part: readonly Part[]): readonly (readonly Part[])[] {
  const copy = list.length > place ? [...list] : [...list, ...Array.from({ length: place + 1 - list.length }, (): readonly Part[] => [])];
  copy[place] = part;
  return copy;
}
