import type { DeadLetter, Marks } from './ports.js';
import type { AnyProjection } from './projection.js';

/** The first three are on their way; a process that starts goes on with them. */
export type RebuildState = 'building' | 'catching-up' | 'comparing' | 'switched' | 'failed' | 'rolled-back';

/** Rows of the old and the new generation whose streams stood at the same marks, compared before the switch. */
export interface RowComparison {
  readonly sampled: number;
  /** Rows that differed while their streams were at different marks: says nothing. */
  readonly unsettled: number;
  readonly different: number;
  /** The first of those that differ. */
  readonly ids: readonly string[];
}

/** The last rebuild of a projection version, as far as it has got. Times are RFC 3339 in UTC. */
export interface Rebuild {
  readonly generation: number;
  readonly state: RebuildState;
  /** Commits of the followed logs: in the generation, and in the logs. */
  readonly done: number;
  readonly total: number;
  /** Commits a second, while it is on its way. */
  readonly rate: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Why it failed, or what it is waiting for. */
  readonly error: string | null;
  readonly comparison: RowComparison | null;
}

export interface GenerationsStatus {
  readonly serving: number;
  /** False until the serving generation has once been built from the feeds. */
  readonly built: boolean;
  /** The generation that served before, or that was rolled back: it goes on consuming and can serve again at once. */
  readonly previous: number | null;
  readonly rebuild: Rebuild | null;
}

/** The right to feed the generation that does not serve. Another claim ends it: whatever is written under an older one throws Superseded. */
export interface Claim {
  readonly generation: number;
  readonly epoch: number;
  /** It is being built; else it served before. For as long as the claim holds: a rebuild that begins and every switch end it. */
  readonly underWay: boolean;
  /** The generation had nothing in it when it was claimed. */
  readonly isEmpty: boolean;
  /** Service -> the position up to which its log has been fed to the generation. */
  readonly positions: Readonly<Record<string, number>>;
  /** Bytes that the store surely takes in one write, its own overhead for each row and mark included. */
  readonly room: number;
}

export interface BuiltRow {
  /** null deletes it. */
  readonly row: object | null;
  /** Source partitions that have written it; kept for mirrored views. */
  readonly partitions: readonly string[];
  /** The generation does not have it yet. */
  readonly isNew: boolean;
}

export interface BuiltState {
  readonly marks: ReadonlyMap<string, Marks>;
  readonly rows: ReadonlyMap<string, Pick<BuiltRow, 'partitions'> & { readonly row: object }>;
}

/** What was folded for a generation that does not serve, and the positions up to which that is. */
export interface BuiltWrite {
  readonly rows: ReadonlyMap<string, BuiltRow>;
  readonly marks: ReadonlyMap<string, Marks & { readonly isNew: boolean }>;
  readonly parked: readonly DeadLetter[];
  readonly positions: Readonly<Record<string, number>>;
}

export type RebuildProgress = Partial<Pick<Rebuild, 'state' | 'done' | 'total' | 'rate' | 'error' | 'comparison'>>;

/** A stream of which the claimed generation has accepted less than the serving one. */
export interface BehindStream {
  readonly streamId: string;
  readonly accepted: number;
  /** What the serving one has accepted. */
  readonly serving: number;
}

/**
 * Marks of the serving generation that lie beyond the end of their streams, by stream: somebody has moved them, as whatever is accepted stands in the owner's log before.
 * `head` was read there after `serving` had been seen.
 */
export type BeyondLog = ReadonlyMap<string, { readonly serving: number; readonly head: number }>;

/** Two generations at one instant. Lists are cut at LISTED_STREAMS. */
export interface GenerationsComparison {
  readonly behind: readonly BehindStream[];
  /** Streams whose marks differ: events after `from` up to `to` are in one generation alone. */
  readonly unequal: readonly { readonly streamId: string; readonly from: number; readonly to: number }[];
  /** Rows of the sample: serving and claimed. */
  readonly rows: readonly { readonly id: string; readonly serving: object | null; readonly claimed: object | null }[];
}

export const LISTED_STREAMS = 1_000;

export interface Switch {
  readonly state: 'switched' | 'rolled-back';
  /** RFC 3339 */
  readonly at: string;
  /** Where the claimed generation has all that there is, and not what the mark says. */
  readonly beyond: BeyondLog;
  /**
   * Called when no batch can commit to the serving generation any more: what the logs hold beyond the claim's positions, folded. Null when that is too much
   * to be folded while batches wait. May be called again.
   */
  tail(): Promise<BuiltWrite | null>;
}

/**
 * The generations of a projection version: one that serves, and at most one beside it, which is being built or served before.
 * Live batches go to the serving one alone (`ProjectionStore.transact`); the other is fed from the owners' feeds, by whoever holds the claim on it.
 */
export interface Generations {
  status(projection: AnyProjection): Promise<GenerationsStatus>;

  /**
   * True while nothing that was built serves yet. A batch of `partition` need not be applied then: this answer is ordered before the switch like a batch would be,
   * so the tail of the build has its events.
   */
  awaitsBuild(projection: AnyProjection, partition: string): Promise<boolean>;

  /** Starts a rebuild: a new empty generation in the place of the previous one. The serving one itself where nothing was built yet. Nothing while one is on its way. */
  begin(projection: AnyProjection, startedAt: string): Promise<void>;

  /**
   * The claim on the generation that does not serve; null when there is none or another process holds it. `takeOver` names the generation that is meant, and takes it
   * away from that process; null when it is another one by now.
   */
  claim(projection: AnyProjection, options?: { takeOver?: number }): Promise<Claim | null>;

  read(projection: AnyProjection, claim: Claim, keys: { streams: readonly string[]; rows: readonly string[] }): Promise<BuiltState>;

  /** Writes all of it at once and keeps the claim alive. Throws Superseded, RowRefused. */
  checkpoint(projection: AnyProjection, claim: Claim, write: BuiltWrite, progress: RebuildProgress): Promise<void>;

  /** Compares marks, and a sample of rows, of the serving and the claimed generation. */
  compare(projection: AnyProjection, claim: Claim, sample: number): Promise<GenerationsComparison>;

  /**
   * G8. Lets no batch commit to the serving generation, writes the tail, compares every mark, and lets the claimed one serve: all of it at once or nothing.
   * Where the claimed one lacks something nothing is switched, and the answer lists the streams (none when the tail was too long). Throws Superseded, RowRefused.
   * A generation whose marks lie beyond the log cannot be fed and is not kept: it would pass over the next events of those streams.
   */
  switchOver(projection: AnyProjection, claim: Claim, how: Switch): Promise<{ switched: boolean; behind: readonly BehindStream[] }>;

  /** Ends the claim, so that another process need not wait for its end. */
  release(projection: AnyProjection, claim: Claim): Promise<void>;

  /** Says that this process runs this version; said again every minute. */
  noteUse(projection: AnyProjection): Promise<void>;

  /**
   * Drops all generations of the lower versions of the projection that no process has used for `unusedMs`, and answers which versions had some. A process of such a version
   * that starts later builds it anew. Whatever else has been left of generations that ended is dropped with them.
   */
  dropUnused(projection: AnyProjection, unusedMs: number): Promise<number[]>;

  /** Drops the claimed generation. With `failure` its rebuild has failed. Throws Superseded. */
  discard(projection: AnyProjection, claim: Claim, failure?: { error: string; at: string }): Promise<void>;
}

/** What another generation must have accepted of a stream to serve in the place of the one that has accepted `serving`. */
export function requiredOf(beyond: BeyondLog, streamId: string, serving: number): number {
  const known = beyond.get(streamId);
  return known?.serving === serving ? known.head : serving;
}

export const isUnderWay = (rebuild: Rebuild | null): boolean => rebuild !== null && ['building', 'catching-up', 'comparing'].includes(rebuild.state);
