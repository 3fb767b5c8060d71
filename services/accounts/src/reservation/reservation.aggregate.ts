import { type ReservationEvent, reservationContract } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';

/**
 * Who holds what: holder id -> value. A rule over several accounts is decided on this one stream, so it holds under concurrency.
 * Kept in buckets: the stream of the hierarchy has an event for every edge there ever was, and each copies one bucket, not all that is held.
 */
export type Reservation = Readonly<Record<string, Readonly<Record<string, string>>>>;

const BUCKETS = 256;

function bucketOf(holderId: string): number {
  let hash = 0;
  for (let i = 0; i < holderId.length; i++) hash = (Math.imul(hash, 31) + holderId.charCodeAt(i)) >>> 0;
  return hash % BUCKETS;
}

export const reservation = decider<Reservation, ReservationEvent>({
  contract: reservationContract,
  initial: {},
  snapshotVersion: 1,
  evolve(state, fact): Reservation {
    switch (fact.type) {
      case 'accounts.reservation.claimed': {
        const bucket = bucketOf(fact.data.holderId);
        return { ...state, [bucket]: { ...state[bucket], [fact.data.holderId]: fact.data.value } };
      }
      case 'accounts.reservation.released': {
        const bucket = bucketOf(fact.data.holderId);
        const { [fact.data.holderId]: _released, ...kept } = state[bucket] ?? {};
        return { ...state, [bucket]: kept };
      }
      default:
        return ignored(state, fact);
    }
  },
});

function valueOf(held: Reservation, holderId: string): string | undefined {
  const bucket = held[bucketOf(holderId)] ?? {};
  return Object.hasOwn(bucket, holderId) ? bucket[holderId] : undefined;
}

const entriesOf = (held: Reservation): [string, string][] => Object.values(held).flatMap((bucket) => Object.entries(bucket));

export const HIERARCHY_DEPTH = 6;

/** Group trees of the whole organisation share one stream: edges change rarely, and a cycle can only be seen where all edges are. */
export const HIERARCHY = 'hierarchy-all';
export const tierASeats = (ownerId: string): string => `tier-a-${ownerId}`;

export const activePlan = (accountId: string, fiscalYear: number): string => `active-plan-${fiscalYear}-${accountId}`;

/** One plan in force per account and fiscal year (domain.md 4.3). */
export function claimActivePlan(held: Reservation, planId: string, fiscalYear: number): ReservationEvent[] {
  if (valueOf(held, planId) !== undefined) return [];
  if (entriesOf(held).length > 0) throw new DomainError('plan-year-taken', { fiscalYear });
  return [claimed(planId, String(fiscalYear))];
}

/** So many tier-A accounts per key account manager as the policy of the day allows (domain.md 4.1). */
export function claimTierASeat(seats: Reservation, accountId: string, limit: number): ReservationEvent[] {
  if (valueOf(seats, accountId) !== undefined) return [];
  if (entriesOf(seats).length >= limit) throw new DomainError('tier-a-limit', { limit });
  return [claimed(accountId, 'A')];
}

/** No cycle, at most 6 levels (domain.md 4.1). */
export function claimParent(edges: Reservation, accountId: string, parentId: string): ReservationEvent[] {
  if (valueOf(edges, accountId) === parentId) return [];
  const above = ancestors(edges, parentId);
  if (parentId === accountId || above.includes(accountId)) throw new DomainError('hierarchy-cycle');
  const levels = above.length + 1 + 1 + heightBelow(edges, accountId);
  if (levels > HIERARCHY_DEPTH) throw new DomainError('hierarchy-too-deep', { depth: HIERARCHY_DEPTH });
  return [claimed(accountId, parentId)];
}

export const release = (held: Reservation, accountId: string): ReservationEvent[] =>
  valueOf(held, accountId) !== undefined ? [{ type: 'accounts.reservation.released', data: { holderId: accountId } }] : [];

const claimed = (holderId: string, value: string): ReservationEvent => ({ type: 'accounts.reservation.claimed', data: { holderId, value } });

function ancestors(edges: Reservation, id: string): string[] {
  const above: string[] = [];
  for (let parent = valueOf(edges, id); parent !== undefined; parent = valueOf(edges, parent)) above.push(parent);
  return above;
}

function heightBelow(edges: Reservation, id: string): number {
  const children = Map.groupBy(entriesOf(edges), ([, parent]) => parent);
  const heightOf = (parent: string): number => 1 + Math.max(-1, ...(children.get(parent) ?? []).map(([child]) => heightOf(child)));
  return heightOf(id);
}
