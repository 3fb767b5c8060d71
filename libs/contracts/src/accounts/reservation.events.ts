import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';

/** A rule over several streams is held by a stream that is claimed first: `reservation-<what>-<key>`. Holders are ids; `value` says what is held (the parent of an account, say). */
export type ReservationEvent =
  | DomainEvent<'accounts.reservation.claimed', { holderId: string; value: string }>
  | DomainEvent<'accounts.reservation.released', { holderId: string }>;

export const reservationContract = defineContract<ReservationEvent>({
  service: 'accounts',
  name: 'reservation',
  streamPrefix: 'reservation',
  events: { 'accounts.reservation.claimed': { version: 1 }, 'accounts.reservation.released': { version: 1 } },
});
