import { describe, expect, it } from '@jest/globals';
import type { HierarchyEdge, ReservationEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { given } from '@keyfold/event-sourcing/testing';
import { Random } from '@keyfold/testing/simulation';
import { claimMerge, claimParent, giveUpMerge, HIERARCHY_DEPTH, tellEdges, tellMerge } from './hierarchy.js';
import { type Reservation, reservation } from './reservation.aggregate.js';

const day = (index: number): string => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();
const claimed = (holderId: string, parentId: string, from = day(0)): ReservationEvent => ({ type: 'accounts.reservation.edge-claimed', data: { holderId, parentId, from } });
const told = (holderId: string, version: number, ...edges: [parentId: string | null, from: string][]): ReservationEvent => ({
  type: 'accounts.reservation.edges-told',
  data: { holderId, version, edges: edges.map(([parentId, from]) => ({ parentId, from })) },
});
const chain = (...ids: string[]): ReservationEvent[] => ids.slice(1).map((id, i) => told(id, 1, [ids[i]!, day(0)]));
const old = (holderId: string, value: string): ReservationEvent => ({ type: 'accounts.reservation.claimed', data: { holderId, value }, occurredAt: day(0) });
const mergeClaimed = (holderId: string, successorId: string, from = day(0)): ReservationEvent => ({ type: 'accounts.reservation.merge-claimed', data: { holderId, successorId, from } });
const mergeTold = (holderId: string): ReservationEvent => ({ type: 'accounts.reservation.merge-told', data: { holderId } });
const mergeGivenUp = (holderId: string): ReservationEvent => ({ type: 'accounts.reservation.merge-given-up', data: { holderId } });

describe('the hierarchy of account groups', () => {
  const attach = (child: string, parent: string, from = day(0)) => (edges: Reservation) => claimParent(edges, child, parent, from);

  it('takes an edge', () => given(reservation).when(attach('child', 'parent')).then(claimed('child', 'parent')));
  it('takes the same edge once', () => {
    given(reservation, claimed('child', 'parent')).when(attach('child', 'parent')).thenNothing();
    given(reservation, told('child', 2, ['parent', day(0)])).when(attach('child', 'parent')).thenNothing();
  });
  it('takes an edge again after another one of the same day', () =>
    given(reservation, told('child', 3, ['parent', day(0)], ['other', day(0)])).when(attach('child', 'parent')).then(claimed('child', 'parent')));
  it('moves a child to another parent', () => given(reservation, told('child', 2, ['old', day(0)])).when(attach('child', 'new', day(1))).then(claimed('child', 'new', day(1))));
  it('refuses its own parent', () => given(reservation).when(attach('a', 'a')).thenRefused('hierarchy-cycle'));
  it('refuses a cycle over several levels', () => given(reservation, ...chain('a', 'b', 'c')).when(attach('a', 'c')).thenRefused('hierarchy-cycle'));
  it('knows edges from before they had days', () => given(reservation, old('b', 'a'), old('c', 'b')).when(attach('a', 'c', day(1))).thenRefused('hierarchy-cycle'));
  it('takes the sixth level', () => given(reservation, ...chain('a', 'b', 'c', 'd', 'e')).when(attach('f', 'e')).then(claimed('f', 'e')));
  it('refuses the seventh', () => given(reservation, ...chain('a', 'b', 'c', 'd', 'e', 'f')).when(attach('g', 'f')).thenRefused('hierarchy-too-deep', { depth: 6 }));
  it('counts the levels below what is attached', () => given(reservation, ...chain('a', 'b', 'c', 'd'), ...chain('x', 'y', 'z')).when(attach('x', 'd')).thenRefused('hierarchy-too-deep'));
});

describe('edges of different days', () => {
  const attach = (child: string, parent: string, from: string) => (edges: Reservation) => claimParent(edges, child, parent, from);
  const bUnderAInMay = told('b', 2, ['a', day(120)], [null, day(150)]);

  it('make no cycle where they never hold together', () => {
    given(reservation, bUnderAInMay).when(attach('a', 'b', day(150))).then(claimed('a', 'b', day(150)));
    given(reservation, bUnderAInMay, told('a', 2, ['x', day(100)])).when(attach('a', 'b', day(0))).then(claimed('a', 'b', day(0)));
  });
  it('make one on a later day than that of the new edge', () => given(reservation, bUnderAInMay).when(attach('a', 'b', day(0))).thenRefused('hierarchy-cycle'));
  it('make one through an edge of somebody else on a later day', () =>
    given(reservation, told('b', 2, ['a', day(0)]), told('d', 2, ['b', day(60)])).when(attach('a', 'd', day(10))).thenRefused('hierarchy-cycle'));
  it('are too deep on one day only, and refused', () =>
    given(reservation, ...chain('a', 'b', 'c', 'd', 'e'), told('y', 2, ['x', day(40)], [null, day(41)])).when(attach('x', 'e', day(0))).thenRefused('hierarchy-too-deep'));
});

describe('an edge that was claimed and not told', () => {
  it('counts beside the one that holds', () => {
    const moving = [told('c', 2, ['p1', day(0)]), claimed('c', 'p2', day(1))] as const;
    given(reservation, ...moving).when((edges) => claimParent(edges, 'p1', 'c', day(2))).thenRefused('hierarchy-cycle');
    given(reservation, ...moving).when((edges) => claimParent(edges, 'p2', 'c', day(2))).thenRefused('hierarchy-cycle');
  });
  it('counts alone once it is told', () => {
    const moved = [told('c', 2, ['p1', day(0)]), claimed('c', 'p2', day(1)), told('c', 3, ['p1', day(0)], ['p2', day(1)])] as const;
    given(reservation, ...moved).when((edges) => claimParent(edges, 'p1', 'c', day(2))).then(claimed('p1', 'c', day(2)));
    given(reservation, ...moved).when((edges) => claimParent(edges, 'p1', 'c', day(0))).thenRefused('hierarchy-cycle');
  });
  it('stays when an older version of the account is told', () => {
    given(reservation, claimed('c', 'p', day(0)), told('c', 3, ['p', day(0)])).when((edges) => tellEdges(edges, 'c', 2, [])).thenNothing();
    given(reservation, claimed('c', 'p', day(0)), claimed('c', 'q', day(1)), told('c', 2, ['p', day(0)])).when((edges) => claimParent(edges, 'q', 'c', day(2))).thenRefused('hierarchy-cycle');
  });
  it('is told once', () => {
    const edges: HierarchyEdge[] = [{ parentId: 'p', from: day(0) }];
    given(reservation, claimed('c', 'p')).when((state) => tellEdges(state, 'c', 2, edges)).then(told('c', 2, ['p', day(0)]));
    given(reservation, claimed('c', 'p'), told('c', 2, ['p', day(0)])).when((state) => tellEdges(state, 'c', 3, edges)).thenNothing();
  });
});

describe('a merge', () => {
  const merge = (id: string, successor: string, from = day(0)) => (state: Reservation) => claimMerge(state, id, successor, from);

  it('is claimed, once', () => {
    given(reservation).when(merge('loser', 'winner')).then(mergeClaimed('loser', 'winner'));
    given(reservation, mergeClaimed('loser', 'winner')).when(merge('loser', 'winner')).thenNothing();
  });
  it('is not claimed into two', () => given(reservation, mergeClaimed('loser', 'winner')).when(merge('loser', 'other')).thenRefused('hierarchy-merge-begun', { successorId: 'winner' }));
  it('of two into each other is one', () => given(reservation, mergeClaimed('a', 'b')).when(merge('b', 'a')).thenRefused('merge-successor-closed'));
  it('into what is below it is a circle', () => given(reservation, ...chain('loser', 'winner')).when(merge('loser', 'winner')).thenRefused('hierarchy-cycle'));
  it('puts the children under the successor, and their depth too', () => {
    const deep = [...chain('a', 'b', 'c', 'd', 'winner'), ...chain('loser', 'x', 'y')];
    given(reservation, ...deep).when(merge('loser', 'winner')).thenRefused('hierarchy-too-deep');
    const fine = [...chain('a', 'winner'), ...chain('loser', 'x'), mergeClaimed('loser', 'winner'), mergeTold('loser')];
    given(reservation, ...fine).when((state) => claimParent(state, 'a', 'x', day(1))).thenRefused('hierarchy-cycle');
  });
  it('takes the merged account out of its own group', () => {
    const done = [...chain('group', 'loser'), mergeClaimed('loser', 'winner'), mergeTold('loser')];
    given(reservation, ...done).when((state) => claimParent(state, 'group', 'winner', day(1))).then(claimed('group', 'winner', day(1)));
  });
  it('that is only claimed counts both ways, until it is given up', () => {
    const begun = [...chain('group', 'loser', 'x'), mergeClaimed('loser', 'winner')];
    given(reservation, ...begun).when((state) => claimParent(state, 'group', 'x', day(1))).thenRefused('hierarchy-cycle');
    given(reservation, ...begun).when((state) => claimParent(state, 'winner', 'x', day(1))).thenRefused('hierarchy-cycle');
    given(reservation, ...begun).when((state) => giveUpMerge(state, 'loser')).then(mergeGivenUp('loser'));
    given(reservation, ...begun, mergeGivenUp('loser')).when((state) => claimParent(state, 'winner', 'x', day(1))).then(claimed('winner', 'x', day(1)));
  });
  it('is told once, and not given up any more', () => {
    given(reservation, mergeClaimed('a', 'b')).when((state) => tellMerge(state, 'a')).then(mergeTold('a'));
    given(reservation, mergeClaimed('a', 'b'), mergeTold('a')).when((state) => tellMerge(state, 'a')).thenNothing();
    given(reservation, mergeClaimed('a', 'b'), mergeTold('a')).when((state) => giveUpMerge(state, 'a')).thenNothing();
  });
});

interface Account {
  edges: HierarchyEdge[];
  version: number;
  merged: { into: string; from: string } | null;
}

describe('random commands of clients that race, some of them cut off', () => {
  const IDS = Array.from({ length: 9 }, (_, i) => `a${i}`);
  const DAYS = 8;

  it.each(Array.from({ length: 60 }, (_, seed) => [seed]))('leave no day with a cycle or a seventh level (seed %i)', (seed) => {
    const random = new Random(seed);
    let state = reservation.initial;
    let version = 0;
    const take = (events: readonly ReservationEvent[]): void => {
      for (const event of events) state = reservation.evolve(state, { occurredAt: day(0), supersedes: [], ...event, version: ++version } as never);
    };
    const accounts = new Map<string, Account>(IDS.map((id) => [id, { edges: [], version: 1, merged: null }]));
    /** Steps of commands under way: what each still has to do, in its order. */
    const under: (() => void)[][] = [];
    let accepted = 0;
    for (let step = 0; step < 150; step++) {
      const next = random.chance(0.5) ? under.splice(random.int(under.length), 1)[0] : undefined;
      if (next) {
        next.shift()!();
        if (next.length > 0 && random.chance(0.95)) under.push(next);
        continue;
      }
      const id = random.pick(IDS);
      const other = random.pick(IDS);
      const from = day(random.int(DAYS));
      const account = accounts.get(id)!;
      if (account.merged || accounts.get(other)!.merged || id === other) continue;
      const merging = random.chance(0.05);
      try {
        take(merging ? claimMerge(state, id, other, from) : claimParent(state, id, other, from));
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        continue;
      }
      accepted++;
      const append = (): void => {
        if (account.merged) return;
        if (merging) account.merged = { into: other, from };
        else account.edges = [...account.edges, { parentId: other, from }].toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
        account.version += 1;
      };
      const tell = (): void => take(merging ? (account.merged ? tellMerge(state, id) : []) : tellEdges(state, id, account.version, account.edges));
      under.push([append, tell]);
    }
    expect(accepted).toBeGreaterThan(10);
    for (let index = 0; index <= DAYS; index++) for (const id of IDS) expect(levels(accounts, id, day(index))).toBeLessThanOrEqual(HIERARCHY_DEPTH);
  });

  /** Levels from the topmost to this one on a day, the plain way; endless in a cycle. */
  function levels(accounts: ReadonlyMap<string, Account>, id: string, on: string): number {
    const resolve = (one: string): string => {
      const { merged } = accounts.get(one)!;
      return merged && merged.from <= on ? resolve(merged.into) : one;
    };
    let count = 1;
    for (let at = resolve(id); count <= 100; count++) {
      const parent = accounts.get(at)!.edges.findLast(({ from }) => from <= on)?.parentId ?? null;
      if (parent === null) return count;
      at = resolve(parent);
    }
    return count;
  }
});
