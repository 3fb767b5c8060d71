import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Instant } from '../common.js';

/** A rule over several streams is held by a stream that is claimed first: `reservation-<what>-<key>`. Holders are ids; `value` says what is held (the parent of an account, say). */
export type ReservationEvent =
  | DomainEvent<'accounts.reservation.claimed', { holderId: string; value: string }>
  | DomainEvent<'accounts.reservation.released', { holderId: string }>
  /** An account may belong to this parent from that day on. It holds beside what held before, until the account's own edges are told. */
  | DomainEvent<'accounts.reservation.edge-claimed', { holderId: string; parentId: string; from: Instant }>
  /** What the account's own stream says of its parents at that version, in the order of their days. Told late, an older version says nothing. */
  | DomainEvent<'accounts.reservation.edges-told', { holderId: string; version: number; edges: readonly HierarchyEdge[] }>
  /** An account may be merged into this one from that day on. */
  | DomainEvent<'accounts.reservation.merge-claimed', { holderId: string; successorId: string; from: Instant }>
  /** It was. */
  | DomainEvent<'accounts.reservation.merge-told', { holderId: string }>
  /** It was not, and will not be under this claim. */
  | DomainEvent<'accounts.reservation.merge-given-up', { holderId: string }>;

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
    'accounts.reservation.merge-claimed': { version: 1 },
    'accounts.reservation.merge-told': { version: 1 },
    'accounts.reservation.merge-given-up': { version: 1 },
  },
});
