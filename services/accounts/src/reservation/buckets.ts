/** An immutable map of plain JSON. In two levels of buckets, so that a change copies some dozens of entries, however many there are. */
export type Buckets<Value> = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Value>>>>>>;

const BUCKETS = 64;

function bucketOf(key: string): readonly [string, string] {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) >>> 0;
  return [String(hash % BUCKETS), String(Math.floor(hash / BUCKETS) % BUCKETS)];
}

export function entryOf<Value>(map: Buckets<Value>, key: string): Value | null {
  const [outer, inner] = bucketOf(key);
  const bucket = map[outer]?.[inner];
  return bucket && Object.hasOwn(bucket, key) ? bucket[key]! : null;
}

export function withEntry<Value>(map: Buckets<Value>, key: string, value: Value): Buckets<Value> {
  const [outer, inner] = bucketOf(key);
  return { ...map, [outer]: { ...map[outer], [inner]: { ...map[outer]?.[inner], [key]: value } } };
}

export function withoutEntry<Value>(map: Buckets<Value>, key: string): Buckets<Value> {
  if (entryOf(map, key) === null) return map;
  const [outer, inner] = bucketOf(key);
  const { [key]: _gone, ...kept } = map[outer]![inner]!;
  return { ...map, [outer]: { ...map[outer], [inner]: kept } };
}
