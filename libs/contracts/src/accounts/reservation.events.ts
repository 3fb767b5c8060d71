import { defineContract, type DomainEvent, upcastFrom } from '@keyfold/event-sourcing';
import type { Instant } from '../common.js';

/** A rule over several streams is held by a stream that is claimed first: `reservation-<what>-<key>`. Holders are ids; `value` says what is held (the parent of an account, say). */
export type ReservationEvent =
  | DomainEvent<'accounts.reservation.claimed', { holderId: string; value: string }>
  | DomainEvent<'accounts.reservation.released', { holderId: string }>
  /** An account may belong to this parent from that day on. It holds beside what held before, until the account's own edges are told. */
  | DomainEvent<'accounts.reservation.edge-claimed', { holderId: string; parentId: string; from: Instant }>
  /** What the account's own stream says of its parents at that version, in the order of their days. Told late, an older version says nothing. */
  | DomainEvent<'accounts.reservation.edges-told', { holderId: string; version: number; edges: readonly HierarchyEdge[] }>
  /** An account may be merged into this one from that day on. `claim`: the command that claims it, of which there may be several with different days. */
  | DomainEvent<'accounts.reservation.merge-claimed', MergeClaimed & { claim: string | null }>
  /** It was, from that day on. Null: from the one that was claimed. */
  | DomainEvent<'accounts.reservation.merge-told', OfMerge & { from: Instant | null }>
  /** It was not, and will not be under this claim. Null: under any that was made before. */
  | DomainEvent<'accounts.reservation.merge-given-up', OfMerge & { claim: string | null }>;

interface OfMerge {
  readonly holderId: string;
}

interface MergeClaimed extends OfMerge {
  readonly successorId: string;
  readonly from: Instant;
}

/** The parent of an account from a day on; null: it stands alone. */
export interface HierarchyEdge {
  readonly parentId: string | null;
  readonly from: Instant;
}

export const reservationContract = defineContract<ReservationEvent>({
  service: 'accounts',
  name: 'reservation',
  streamPrefix: 'reservation',
  events: {
    'accounts.reservation.claimed': { version: 1 },
    'accounts.reservation.released': { version: 1 },
    'accounts.reservation.edge-claimed': { version: 1 },
    'accounts.reservation.edges-told': { version: 1 },
    'accounts.reservation.merge-claimed': { version: 2, upcast: upcastFrom<MergeClaimed>().to<MergeClaimed & { claim: string | null }>((v1) => ({ ...v1, claim: null })) },
    'accounts.reservation.merge-told': { version: 2, upcast: upcastFrom<OfMerge>().to<OfMerge & { from: Instant | null }>((v1) => ({ ...v1, from: null })) },
    'accounts.reservation.merge-given-up': { version: 2, upcast: upcastFrom<OfMerge>().to<OfMerge & { claim: string | null }>((v1) => ({ ...v1, claim: null })) },
  },
});
