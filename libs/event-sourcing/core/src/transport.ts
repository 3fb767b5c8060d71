/** One event on a topic: CloudEvents 1.0 binary mode, headers `ce_*`, the data as JSON. */
export interface Message {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface PartitionedMessage extends Message {
  readonly partition: number;
}

export interface ReceivedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly (Message & { readonly offset: string })[];
  /** What `onBatch` resolved with when the group last dealt with this partition, kept with the offset and as durable as it; '' when that was nothing. */
  readonly note: string;
  /** Between two pieces of long work. Throws when the partition has gone to another member of the group, who deals with the batch from the beginning. */
  ensureOwned(): Promise<void>;
}

export interface Consumer {
  stop(): Promise<void>;
}

/** A place on a partition of a topic. Offsets are decimal numbers and grow with every message. */
export interface Place {
  readonly partition: number;
  readonly offset: string;
}

export type OnBatch = (batch: ReceivedBatch) => Promise<string | void>;

/** Partitioned topics with consumer groups. G5: at least once; per partition in the order of publishing. */
export interface Transport {
  readonly partitions: number;

  /**
   * Publishes to one topic; resolves when all messages are durable, with the place of the last message on each partition that was written to.
   * The caller awaits it: one send in flight, never two. Throws Unavailable (some may have been written); the caller sends the same messages again.
   */
  publish(topic: string, messages: readonly PartitionedMessage[]): Promise<readonly Place[]>;

  /** By partition the message that is at its place now, null where there is none: the topic is shorter, or was made anew. Throws Unavailable. */
  readBack(topic: string, places: readonly Place[]): Promise<ReadonlyMap<number, Message | null>>;

  /**
   * Delivers every message of the topics to one member of the group, from the beginning of the topic for a new group.
   * The offset moves only after `onBatch` resolved, together with the note it resolved with (the one before stays when there is none).
   * When it rejects, the same batch comes again after a back-off: never a skip.
   */
  consume(options: { group: string; topics: readonly string[]; onBatch: OnBatch }): Promise<Consumer>;

  close(): Promise<void>;
}

/** A message that the relay has written, and the position up to which its partition is complete with it. */
export interface Landmark {
  readonly offset: string;
  readonly eventId: string;
  readonly position: number;
  /** What was written a while before: where publishing begins again when the partition has lost its end. */
  readonly before?: Landmark;
}

/** How far a relay has got with its topic: everything up to `position` is on it, and on each partition everything up to its landmark, which is further on after a rewind. */
export interface RelayPlace {
  readonly position: number;
  /** What was written last, by partition. */
  readonly partitions: ReadonlyMap<number, Landmark>;
}

/** Where a relay has got to. Saved under the leader's epoch: a former leader changes nothing. */
export interface RelayState {
  readonly epoch: number;
  load(): Promise<RelayPlace>;
  /** All of it or nothing. A position that goes back is a rewind. False when another leader has taken over. */
  save(place: RelayPlace): Promise<boolean>;
  /**
   * A log time before which nothing beyond `position` has been or will be recorded; null while something beyond it has been given a position.
   * RFC 3339 in UTC.
   */
  quietUntil(position: number): Promise<string | null>;
}
