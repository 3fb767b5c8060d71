import type { HierarchyEdge, ReservationEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { entryOf } from './buckets.js';
import { type EdgesTold, type Holding, holdingOf, isSame, type Reservation, withMerge, withTold } from './reservation.aggregate.js';

/*
 * Group trees under concurrency and with days in the past or to come: no cycle and at most 6 levels on any day (domain.md 4.1).
 *
 * Why it holds. The edges of a day make a graph, and it changes only on the days on which some edge or merge begins. A new edge of C to P from day D on changes the days
 * from D to the next one that C's own stream knows an edge from; every path that is new on such a day goes through C and P. So it is enough to look, on each of those days on which
 * something above P or below C changes, whether C is above P, and how many levels there are above P and below C together. Other days are as they were judged before.
 *
 * Edges are claimed here before the account says them in its own stream, and told once it has. What is claimed and not told may or may not be (the command may be
 * under way, or was cut off between the two), so both count: the old edge and the claimed one. A cut-off command thus makes the judge stricter and never wrong; said again, it is told.
 * A claim is for one version of the account: an account that has moved on since says nothing before it is claimed again, because what others told meanwhile may have ended the claim.
 * The only edge that an account ever had counts from its claim on as it does once it is told, so it is told when the account claims another one,
 * in the append of that claim.
 * The same holds for merges: until told, the children of the merged account are judged as its own and as its successor's, from the earliest day that is claimed. Where all
 * commands that claimed one have ended and the account is not merged, they were cut off: the next merge of either gives their claims up.
 */

export const HIERARCHY_DEPTH = 6;

/** Claims that the account, of which this is known, belongs to the parent from an instant on, which is the first of a day. */
export function claimParent(state: Reservation, account: EdgesTold, parentId: string, from: string): ReservationEvent[] {
  const { holderId, version } = account;
  const edge = { parentId, from };
  const held = holdingOf(state, holderId);
  const cameToBe = version > held.version && held.claimed.some((one) => account.edges.some((known) => isSame(known, one)));
  const known = cameToBe ? withTold(state, account) : state;
  const { edges, claimed } = holdingOf(known, holderId);
  const standing = edges.findLast((one) => one.from <= from);
  if ((standing && isSame(standing, edge)) || claimed.some((one) => isSame(one, edge))) return [];
  judgeParent(known, holderId, edge);
  return [...(cameToBe ? [told(account)] : []), { type: 'accounts.reservation.edge-claimed', data: { holderId, ...edge } }];
}

function judgeParent(state: Reservation, accountId: string, { parentId, from }: { parentId: string; from: string }): void {
  const until = holdingOf(state, accountId).edges.find((known) => known.from > from)?.from ?? null;
  for (const day of changes(state, { above: parentId, below: accountId }, from, until)) {
    const parents = resolved(state, parentId, day);
    if (parents.some((id) => isAbove(state, accountId, id, day))) throw new DomainError('hierarchy-cycle');
    assertDepth(Math.max(...parents.map((id) => levelsUp(state, id, day))) + levelsDown(state, accountId, day));
  }
}

/** Tells what is not known yet, or does not count as it is. */
export function tellEdges(state: Reservation, account: EdgesTold): ReservationEvent[] {
  const { holderId, version, edges } = account;
  const held = holdingOf(state, holderId);
  if (version <= held.version) return [];
  const known = held.claimed.length === 0 && edges.length === held.edges.length && edges.every((edge, i) => isSame(edge, held.edges[i]!));
  return known || isOnlyEdge(held, edges) ? [] : [told(account)];
}

const isOnlyEdge = ({ edges: told, claimed }: Holding, edges: readonly HierarchyEdge[]): boolean =>
  told.length === 0 && claimed.length === 1 && edges.length === 1 && isSame(claimed[0]!, edges[0]!);

const told = ({ holderId, version, edges }: EdgesTold): ReservationEvent => ({
  type: 'accounts.reservation.edges-told',
  data: { holderId, version, edges: edges.map(({ parentId, from }) => ({ parentId, from })) },
});

/**
 * Claims that the account is its successor from an instant on: what is below it is below the successor then. Several commands may claim it, each for its day. What was claimed
 * of another merge, and came to nothing, is given up. To be written with what the account and its successor say: that neither is merged.
 */
export function claimMerge(state: Reservation, accountId: string, successorId: string, { claim, from, settledBefore }: MergeClaim): ReservationEvent[] {
  const begun = holdingOf(state, accountId).merge;
  const past = [...(begun?.successorId === successorId ? [] : cameToNothing(state, accountId, settledBefore)), ...cameToNothing(state, successorId, settledBefore)];
  const known = past.reduce((held, { data }) => withMerge(held, data.holderId, null), state);
  const mine = holdingOf(known, accountId).merge;
  if (mine && mine.successorId !== successorId) throw new DomainError('hierarchy-merge-begun', { successorId: mine.successorId });
  if (mine?.told || mine?.claims.some((one) => one.claim === claim && one.from <= from)) return [];
  if (holdingOf(known, successorId).merge) throw new DomainError('merge-successor-closed');
  for (const day of changes(known, { above: successorId, below: accountId }, from, null)) {
    if (isAbove(known, accountId, successorId, day)) throw new DomainError('hierarchy-cycle');
    assertDepth(levelsUp(known, successorId, day) + levelsDown(known, accountId, day) - 1);
  }
  return [...past, { type: 'accounts.reservation.merge-claimed', data: { holderId: accountId, successorId, from, claim } }];
}

type MergeGivenUp = Extract<ReservationEvent, { type: 'accounts.reservation.merge-given-up' }>;

function cameToNothing(state: Reservation, holderId: string, settledBefore: string): MergeGivenUp[] {
  const { merge } = holdingOf(state, holderId);
  if (!merge || merge.told || merge.claims.some(({ at }) => at > settledBefore)) return [];
  return merge.claims.map(({ claim }) => ({ type: 'accounts.reservation.merge-given-up', data: { holderId, claim } }));
}

export interface MergeClaim {
  /** The command. */
  readonly claim: string;
  readonly from: string;
  /** Commands that claimed something before it have ended. */
  readonly settledBefore: string;
}

/** From the day that the account's stream says, which may be later than another one that was claimed. */
export const tellMerge = (state: Reservation, accountId: string, from: string): ReservationEvent[] =>
  holdingOf(state, accountId).merge?.told === false ? [{ type: 'accounts.reservation.merge-told', data: { holderId: accountId, from } }] : [];

/** Refuses (`withdraw-built-upon`) while another account is below this one, will be on a later day, or may be. */
export function assertNothingBelow(state: Reservation, id: string, now: string): void {
  const isBelow = (child: string): boolean => {
    const { edges, claimed } = holdingOf(state, child);
    return parentsOn(state, child, now).includes(id) || [...edges, ...claimed].some(({ parentId, from }) => parentId === id && from > now);
  };
  if ((entryOf(state.below, id) ?? []).some(isBelow)) throw new DomainError('withdraw-built-upon');
}

function assertDepth(levels: number): void {
  if (levels > HIERARCHY_DEPTH) throw new DomainError('hierarchy-too-deep', { depth: HIERARCHY_DEPTH });
}

/** The account that this one is on a day, or may be: itself, and those that it was merged into. */
function resolved(state: Reservation, id: string, day: string): string[] {
  const { merge } = holdingOf(state, id);
  if (!merge || merge.from > day) return [id];
  const successors = resolved(state, merge.successorId, day);
  return merge.told ? successors : [id, ...successors];
}

/** Parents on a day, and those that may be. A merged account has none: it is its successor. */
function parentsOn(state: Reservation, id: string, day: string): string[] {
  const { edges, claimed, merge } = holdingOf(state, id);
  if (merge?.told && merge.from <= day) return [];
  const standing = edges.findLast(({ from }) => from <= day);
  const possible = claimed.filter(({ from }) => from <= day && !edges.some((edge) => from < edge.from && edge.from <= day));
  const named = [...(standing ? [standing] : []), ...possible].flatMap(({ parentId }) => (parentId === null ? [] : resolved(state, parentId, day)));
  return [...new Set(named)];
}

function childrenOn(state: Reservation, id: string, day: string): string[] {
  const candidates = [id, ...absorbedBy(state, id)].flatMap((one) => entryOf(state.below, one) ?? []);
  return [...new Set(candidates)].filter((child) => parentsOn(state, child, day).includes(id));
}

const absorbedBy = (state: Reservation, id: string): string[] => (entryOf(state.absorbed, id) ?? []).flatMap((one) => [one, ...absorbedBy(state, one)]);

function isAbove(state: Reservation, above: string, id: string, day: string): boolean {
  const seen = new Set([id]);
  for (const one of seen) {
    if (one === above) return true;
    for (const parent of parentsOn(state, one, day)) seen.add(parent);
  }
  return false;
}

/** Levels from the topmost down to this one, it included. No further than what is too deep anyway. */
function levelsUp(state: Reservation, id: string, day: string, limit = HIERARCHY_DEPTH): number {
  return limit < 0 ? 1 : 1 + Math.max(0, ...parentsOn(state, id, day).map((parent) => levelsUp(state, parent, day, limit - 1)));
}

function levelsDown(state: Reservation, id: string, day: string, limit = HIERARCHY_DEPTH): number {
  return limit < 0 ? 1 : 1 + Math.max(0, ...childrenOn(state, id, day).map((child) => levelsDown(state, child, day, limit - 1)));
}

/** The day `from`, and the later ones before `until` on which something above the one account or below the other begins. */
function changes(state: Reservation, { above, below }: { above: string; below: string }, from: string, until: string | null): string[] {
  const up = closure(above, (id) => {
    const holding = holdingOf(state, id);
    return edgesSince(holding, from).flatMap(({ parentId }) => parentId ?? []).concat(holding.merge?.successorId ?? []);
  });
  const down = closure(below, (id) => {
    const children = entryOf(state.below, id)?.filter((child) => edgesSince(holdingOf(state, child), from).some(({ parentId }) => parentId === id));
    return [...(children ?? []), ...(entryOf(state.absorbed, id) ?? [])];
  });
  const beginnings = [...up, ...down].flatMap((id) => {
    const { edges, claimed, merge } = holdingOf(state, id);
    return [...edges, ...claimed, ...(merge ? [merge] : [])].map((one) => one.from);
  });
  return [...new Set([from, ...beginnings.filter((day) => day > from && (until === null || day < until))])];
}

/** The edges that hold on a day or later, or may. */
function edgesSince({ edges, claimed }: Holding, day: string): HierarchyEdge[] {
  return [...edges.slice(Math.max(0, edges.findLastIndex(({ from }) => from <= day))), ...claimed];
}

/** All that is reached from an account. */
function closure(id: string, next: (id: string) => readonly string[]): ReadonlySet<string> {
  const reached = new Set([id]);
  for (const one of reached) for (const other of next(one)) reached.add(other);
  return reached;
}
