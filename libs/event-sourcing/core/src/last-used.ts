interface Place<Value> {
  readonly key: string;
  value: Value;
  older: Place<Value>;
  newer: Place<Value>;
}

/**
 * Values by key, in the order of their last use. A Map keeps the order in which keys were inserted, but a key that is deleted and inserted again at each use leaves its
 * former entries behind in its bucket, to be walked through at each use until the next rehash: of 200 000 keys one that was often used cost 50 µs.
 */
export class LastUsed<Value> {
  private readonly places = new Map<string, Place<Value>>();
  /** Between the newest and the oldest, so that every place has two neighbours. */
  private readonly end = endOf<Value>();

  /** `most`: with more keys than that the oldest goes. */
  constructor(private readonly most = Infinity) {}

  get size(): number {
    return this.places.size;
  }

  has(key: string): boolean {
    return this.places.has(key);
  }

  /** Uses it. */
  get(key: string): Value | undefined {
    const place = this.places.get(key);
    if (!place) return undefined;
    this.leave(place);
    this.enter(place);
    return place.value;
  }

  /** The value there, without using it. */
  peek(key: string): Value | undefined {
    return this.places.get(key)?.value;
  }

  set(key: string, value: Value): void {
    const place = this.places.get(key);
    if (place) {
      this.leave(place);
      place.value = value;
      this.enter(place);
    } else {
      const made: Place<Value> = { key, value, older: this.end, newer: this.end };
      this.places.set(key, made);
      this.enter(made);
      if (this.places.size > this.most) this.delete(this.oldest!);
    }
  }

  delete(key: string): void {
    const place = this.places.get(key);
    if (!place) return;
    this.places.delete(key);
    this.leave(place);
  }

  clear(): void {
    this.places.clear();
    this.end.older = this.end;
    this.end.newer = this.end;
  }

  /** The key that was used longest ago; undefined where there is none. */
  get oldest(): string | undefined {
    return this.places.size === 0 ? undefined : this.end.newer.key;
  }

  private leave(place: Place<Value>): void {
    place.older.newer = place.newer;
    place.newer.older = place.older;
  }

  private enter(place: Place<Value>): void {
    place.older = this.end.older;
    place.newer = this.end;
    this.end.older.newer = place;
    this.end.older = place;
  }
}

function endOf<Value>(): Place<Value> {
  const end = { key: '', value: undefined } as unknown as Place<Value>;
  end.older = end;
  end.newer = end;
  return end;
}
