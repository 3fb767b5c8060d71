import { type HierarchyEdge, type ReservationEvent, reservationContract } from '@keyfold/contracts';
import { decider, DomainError, type Fact, ignored } from '@keyfold/event-sourcing';
import { type Buckets, entriesOf, entryOf, sizeOf, withEntry, withoutEntry } from './buckets.js';

/** What one holder holds. */
export interface Holding {
  /** In the order of their days: a seat has one that never changes, an account of the hierarchy those that its own stream has. */
  readonly edges: readonly HierarchyEdge[];
  /** Version of the account at which it had these edges; 0 before it told any. */
  readonly version: number;
  /** Edges that may come to be, or came to be and were not told yet. */
  readonly claimed: readonly HierarchyEdge[];
  readonly merge: Merge | null;
}

export interface Merge {
  readonly successorId: string;
  /** The earliest day of its claims; its own once it is told. */
  readonly from: string;
  /** False: it may come to be. */
  readonly told: boolean;
  /** Of the commands that may bring it about, with the moment at which each claimed it; none once it is told. */
  readonly claims: readonly { readonly claim: string | null; readonly from: string; readonly at: string }[];
}

/** What an account's own stream says of its parents, as of its version. */
export interface EdgesTold {
  readonly holderId: string;
  readonly version: number;
  readonly edges: readonly HierarchyEdge[];
}

/** A rule over several accounts is decided on this one stream, so it holds under concurrency. */
export interface Reservation {
  readonly holdings: Buckets<Holding>;
  /** Who holds, or ever held, an edge to this one. */
  readonly below: Buckets<readonly string[]>;
  /** Who was, or may be, merged into this one. */
  readonly absorbed: Buckets<readonly string[]>;
}

export const reservation = decider<Reservation, ReservationEvent>({
  contract: reservationContract,
  initial: { holdings: [], below: [], absorbed: [] },
  snapshotVersion: 5,
  evolve(state, fact): Reservation {
    switch (fact.type) {
      case 'accounts.reservation.claimed': {
        // From before edges had days: they hold from the moment on at which they were claimed.
        const { holderId, value } = fact.data;
        const holding = holdingOf(state, holderId);
        return withEdges(state, holderId, { ...holding, edges: [...holding.edges, { parentId: value, from: fact.occurredAt }] });
      }
      case 'accounts.reservation.released':
        return forgotten(state, fact.data.holderId);
      default:
        return evolveHierarchy(state, fact);
    }
  },
});

function evolveHierarchy(state: Reservation, fact: Exclude<Fact<ReservationEvent>, { type: 'accounts.reservation.claimed' | 'accounts.reservation.released' }>): Reservation {
  const holding = holdingOf(state, fact.data.holderId);
  switch (fact.type) {
    case 'accounts.reservation.edge-claimed': {
      const { holderId, parentId, from } = fact.data;
      return withEdges(state, holderId, { ...holding, claimed: [...holding.claimed, { parentId, from }] });
    }
    case 'accounts.reservation.edges-told':
      return withTold(state, fact.data);
    case 'accounts.reservation.merge-claimed': {
      const { holderId, successorId, from, claim } = fact.data;
      const claims = [...(holding.merge?.claims ?? []), { claim, from, at: fact.occurredAt }];
      return withMerge(state, holderId, { successorId, from: earliest(claims), told: false, claims });
    }
    case 'accounts.reservation.merge-told': {
      const { holderId, from } = fact.data;
      return holding.merge ? withMerge(state, holderId, { ...holding.merge, from: from ?? holding.merge.from, told: true, claims: [] }) : state;
    }
    case 'accounts.reservation.merge-given-up': {
      const { holderId, claim } = fact.data;
      const claims = holding.merge?.claims.filter((one) => claim !== null && one.claim !== claim) ?? [];
      return withMerge(state, holderId, holding.merge && claims.length > 0 ? { ...holding.merge, from: earliest(claims), claims } : null);
    }
    default:
      return ignored(state, fact);
  }
}

const NOTHING: Holding = { edges: [], version: 0, claimed: [], merge: null };

export const holdingOf = (state: Reservation, holderId: string): Holding => entryOf(state.holdings, holderId) ?? NOTHING;

export const isSame = (a: HierarchyEdge, b: HierarchyEdge): boolean => a.parentId === b.parentId && a.from === b.from;

/** What the account's stream says, as of its version. What is claimed stays claimed unless it has come to be since: an edge may be claimed again that the account had before. */
export function withTold(state: Reservation, { holderId, version, edges }: EdgesTold): Reservation {
  const holding = holdingOf(state, holderId);
  const claimed = holding.claimed.filter((edge) => timesIn(edges, edge) <= timesIn(holding.edges, edge));
  return withEdges(state, holderId, { ...holding, edges, version, claimed });
}

const timesIn = (edges: readonly HierarchyEdge[], edge: HierarchyEdge): number => edges.filter((one) => isSame(one, edge)).length;

function withEdges(state: Reservation, holderId: string, holding: Holding): Reservation {
  let { below } = state;
  for (const { parentId } of [...holding.edges, ...holding.claimed]) {
    const known = parentId === null ? null : (entryOf(below, parentId) ?? []);
    if (known && !known.includes(holderId)) below = withEntry(below, parentId!, [...known, holderId]);
  }
  return { ...state, below, holdings: withEntry(state.holdings, holderId, holding) };
}

export function withMerge(state: Reservation, holderId: string, merge: Merge | null): Reservation {
  const holding = holdingOf(state, holderId);
  const others = withoutListed(state.absorbed, holding.merge?.successorId ?? null, holderId);
  const absorbed = merge ? withEntry(others, merge.successorId, [...(entryOf(others, merge.successorId) ?? []), holderId]) : others;
  return { ...state, absorbed, holdings: withEntry(state.holdings, holderId, { ...holding, merge }) };
}

const earliest = (claims: Merge['claims']): string => claims.map(({ from }) => from).reduce((first, from) => (from < first ? from : first));

function forgotten(state: Reservation, holderId: string): Reservation {
  const { edges, claimed } = holdingOf(state, holderId);
  const below = [...edges, ...claimed].reduce((kept, { parentId }) => withoutListed(kept, parentId, holderId), state.below);
  return { ...state, below, holdings: withoutEntry(state.holdings, holderId) };
}

function withoutListed(lists: Buckets<readonly string[]>, key: string | null, id: string): Buckets<readonly string[]> {
  const listed = key === null ? null : entryOf(lists, key);
  return listed ? withEntry(lists, key!, listed.filter((other) => other !== id)) : lists;
}

/** Group trees of the whole organisation share one stream: edges change rarely, and a cycle can only be seen where all edges are. */
export const HIERARCHY = 'hierarchy-all';
export const tierASeats = (ownerId: string): string => `tier-a-${ownerId}`;

export const attributedDeal = (opportunityId: string): string => `attributed-deal-${opportunityId}`;

export const activePlan = (accountId: string, fiscalYear: number): string => `active-plan-${fiscalYear}-${accountId}`;

/** One plan in force per account and fiscal year (domain.md 4.3). */
export function claimActivePlan(held: Reservation, planId: string, fiscalYear: number): ReservationEvent[] {
  if (entryOf(held.holdings, planId)) return [];
  if (holdersIn(held) > 0) throw new DomainError('plan-year-taken', { fiscalYear });
  return [claimed(planId, String(fiscalYear))];
}

/** So many tier-A accounts per key account manager as the policy of the day allows (domain.md 4.1). Each attempt claims a held seat again, so that nobody who looked before gives it up. */
export function claimTierASeat(seats: Reservation, accountId: string, limit: number): ReservationEvent[] {
  if (!entryOf(seats.holdings, accountId) && isFull(seats, limit)) throw new DomainError('tier-a-limit', { limit });
  return [claimed(accountId, 'A')];
}

export const isFull = (seats: Reservation, limit: number): boolean => holdersIn(seats) >= limit;

export const holdingsIn = ({ holdings }: Reservation): readonly (readonly [holderId: string, holding: Holding])[] => entriesOf(holdings);

/** One marketing plan to which a won deal is attributed (domain.md 3.12). Claimed again by each attempt, as a seat is. */
export function claimAttribution(held: Reservation, planId: string): ReservationEvent[] {
  const other = holdingsIn(held).find(([holderId]) => holderId !== planId);
  if (other) throw new DomainError('marketing-deal-attributed', { planId: other[0] });
  return [claimed(planId, 'attribution')];
}

/** Where it was not claimed again since it was seen. */
export const giveUp = (held: Reservation, holderId: string, seen: Holding): ReservationEvent[] =>
  entryOf(held.holdings, holderId)?.edges.length === seen.edges.length ? release(held, holderId) : [];

const claimed = (holderId: string, value: string): ReservationEvent => ({ type: 'accounts.reservation.claimed', data: { holderId, value } });

/** For reservations that few hold. */
const holdersIn = ({ holdings }: Reservation): number => sizeOf(holdings);

/** As of an instant: what was claimed again after it stays. */
export const releaseOf = (held: Reservation, holderId: string, now: string): ReservationEvent[] => (holdingOf(held, holderId).edges.some(({ from }) => from > now) ? [] : release(held, holderId));

export const release = (held: Reservation, holderId: string): ReservationEvent[] =>
  entryOf(held.holdings, holderId) ? [{ type: 'accounts.reservation.released', data: { holderId } }] : [];
