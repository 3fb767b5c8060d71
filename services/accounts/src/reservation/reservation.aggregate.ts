import { type ReservationEvent, reservationContract } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';

/** Who holds what: holder id -> value. A rule over several accounts is decided on this one stream, so it holds under concurrency. */
export type Reservation = ReadonlyMap<string, string>;

export const reservation = decider<Reservation, ReservationEvent>({
  contract: reservationContract,
  initial: new Map(),
  evolve(state, fact): Reservation {
    const holders = new Map(state);
    switch (fact.type) {
      case 'accounts.reservation.claimed':
        return holders.set(fact.data.holderId, fact.data.value);
      case 'accounts.reservation.released':
        holders.delete(fact.data.holderId);
        return holders;
      default:
        return ignored(state, fact);
    }
  },
});

export const TIER_A_LIMIT = 5;
export const HIERARCHY_DEPTH = 6;

/** Group trees of the whole organisation share one stream: edges change rarely, and a cycle can only be seen where all edges are. */
export const HIERARCHY = 'hierarchy-all';
export const tierASeats = (ownerId: string): string => `tier-a-${ownerId}`;

/** At most 5 tier-A accounts per key account manager (domain.md 4.1). */
export function claimTierASeat(seats: Reservation, accountId: string): ReservationEvent[] {
  if (seats.has(accountId)) return [];
  if (seats.size >= TIER_A_LIMIT) throw new DomainError('tier-a-limit', { limit: TIER_A_LIMIT });
  return [claimed(accountId, 'A')];
}

/** No cycle, at most 6 levels (domain.md 4.1). */
export function claimParent(edges: Reservation, accountId: string, parentId: string): ReservationEvent[] {
  if (edges.get(accountId) === parentId) return [];
  const above = ancestors(edges, parentId);
  if (parentId === accountId || above.includes(accountId)) throw new DomainError('hierarchy-cycle');
  const levels = above.length + 1 + 1 + heightBelow(edges, accountId);
  if (levels > HIERARCHY_DEPTH) throw new DomainError('hierarchy-too-deep', { depth: HIERARCHY_DEPTH });
  return [claimed(accountId, parentId)];
}

export const release = (held: Reservation, accountId: string): ReservationEvent[] =>
  held.has(accountId) ? [{ type: 'accounts.reservation.released', data: { holderId: accountId } }] : [];

const claimed = (holderId: string, value: string): ReservationEvent => ({ type: 'accounts.reservation.claimed', data: { holderId, value } });

function ancestors(edges: Reservation, id: string): string[] {
  const above: string[] = [];
  for (let parent = edges.get(id); parent !== undefined; parent = edges.get(parent)) above.push(parent);
  return above;
}

function heightBelow(edges: Reservation, id: string): number {
  const children = [...edges].filter(([, parent]) => parent === id).map(([child]) => child);
  return children.length === 0 ? 0 : 1 + Math.max(...children.map((child) => heightBelow(edges, child)));
}
