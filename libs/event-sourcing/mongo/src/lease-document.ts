import type { Landmark } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';

export const LEASES = 'leases';

/**
 * One document per service: who leads it, and how far its order and its publishing have got. Never deleted, so the epoch only grows.
 * Every change is an update of this one document conditional on the epoch: that is what makes a former leader harmless.
 */
export interface LeaseDocument {
  /** The service. */
  readonly _id: string;
  readonly epoch: number;
  readonly holder: string | null;
  /** By the server's clock. */
  readonly expiresAt: Date;
  /** The last position that was given to a commit, if only in `redo`. */
  readonly assigned: number;
  /** What was given last: the commits take the positions from + 1, from + 2, ... Written before any of them is numbered. */
  readonly redo: { readonly from: number; readonly commitIds: readonly string[] } | null;
  /** Log time of `redo`; never decreases. */
  readonly recordedAt: Date;
  /** Every position up to here is in the log. A hint for readers, behind by a batch at most. */
  readonly numbered: number;
  /** Goes back when the topic has lost what was written to it. */
  readonly publishedPosition: number;
  /** What the relay wrote last on each partition; written with `publishedPosition` and never apart from it. */
  readonly landmarks?: Readonly<Record<string, Landmark>>;
}

export const leasesOf = (db: mongo.Db): mongo.Collection<LeaseDocument> => db.collection<LeaseDocument>(LEASES);
