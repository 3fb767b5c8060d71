import { describe, expect, it } from '@jest/globals';
import type { HierarchyEdge, ReservationEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { given } from '@keyfold/event-sourcing/testing';
import { Random } from '@keyfold/testing/simulation';
import { assertNothingBelow, claimMerge, claimParent, HIERARCHY_DEPTH, tellEdges, tellMerge } from './hierarchy.js';
import { type EdgesTold, holdingOf, type Reservation, reservation } from './reservation.aggregate.js';

const day = (index: number): string => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();
const claimed = (holderId: string, parentId: string, from = day(0)): ReservationEvent => ({ type: 'accounts.reservation.edge-claimed', data: { holderId, parentId, from } });
const told = (holderId: string, version: number, ...edges: [parentId: string | null, from: string][]): ReservationEvent => ({
  type: 'accounts.reservation.edges-told',
  data: { holderId, version, edges: edges.map(([parentId, from]) => ({ parentId, from })) },
});
/** An account as its stream has it. */
const as = (holderId: string, version = 1, ...edges: [parentId: string | null, from: string][]): EdgesTold => ({ holderId, version, edges: edges.map(([parentId, from]) => ({ parentId, from })) });
const chain = (...ids: string[]): ReservationEvent[] => ids.slice(1).map((id, i) => told(id, 1, [ids[i]!, day(0)]));
const old = (holderId: string, value: string): ReservationEvent => ({ type: 'accounts.reservation.claimed', data: { holderId, value }, occurredAt: day(0) });
const mergeClaimed = (holderId: string, successorId: string, from = day(0), claim = 'one'): ReservationEvent => ({ type: 'accounts.reservation.merge-claimed', data: { holderId, successorId, from, claim } });
const mergeTold = (holderId: string, from = day(0)): ReservationEvent => ({ type: 'accounts.reservation.merge-told', data: { holderId, from } });
const mergeGivenUp = (holderId: string, claim = 'one'): ReservationEvent => ({ type: 'accounts.reservation.merge-given-up', data: { holderId, claim } });

describe('an account that is to be withdrawn', () => {
  const withdrawn = (edges: Reservation) => (assertNothingBelow(edges, 'parent', day(5)), []);

  it.each([
    ['is', [told('child', 1, ['parent', day(0)])]],
    ['will be', [told('child', 1, ['parent', day(9)])]],
    ['may be', [claimed('child', 'parent')]],
  ])('is refused while another %s below it', (_what, edges) => given(reservation, ...edges).when(withdrawn).thenRefused('withdraw-built-upon'));

  it.each([
    ['never', []],
    ['no more', [told('child', 2, ['parent', day(0)], [null, day(3)])]],
    ['only as the one that it is itself below', [told('parent', 1, ['child', day(0)])]],
  ])('goes where another was below it %s', (_what, edges) => given(reservation, ...edges).when(withdrawn).thenNothing());
});

describe('the hierarchy of account groups', () => {
  const attach = (child: string, parent: string, from = day(0)) => (edges: Reservation) => claimParent(edges, as(child), parent, from);

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
  const attach = (child: string, parent: string, from: string) => (edges: Reservation) => claimParent(edges, as(child), parent, from);
  it('are judged with what comes above or below what stands already', () => {
    const standing = [...chain('c', 'd', 'e'), ...chain('x', 'y'), ...chain('a', 'b')];
    given(reservation, ...standing).when(attach('x', 'e', day(1))).then(claimed('x', 'e', day(1)));
    given(reservation, ...standing, claimed('c', 'b', day(5))).when(attach('x', 'e', day(1))).thenRefused('hierarchy-too-deep');
    given(reservation, ...standing, ...chain('m', 'n'), claimed('m', 'y', day(5))).when(attach('x', 'e', day(1))).thenRefused('hierarchy-too-deep');
  });
  it('count no more once another one stands in their place', () => {
    const past = [told('e', 2, ['d', day(0)], [null, day(1)]), ...chain('c', 'd'), claimed('c', 'b', day(5)), ...chain('a', 'b'), ...chain('x', 'y')];
    given(reservation, ...past).when(attach('x', 'e', day(1))).then(claimed('x', 'e', day(1)));
  });
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
    given(reservation, ...moving).when((edges) => claimParent(edges, as('p1'), 'c', day(2))).thenRefused('hierarchy-cycle');
    given(reservation, ...moving).when((edges) => claimParent(edges, as('p2'), 'c', day(2))).thenRefused('hierarchy-cycle');
  });
  it('counts alone once it is told', () => {
    const moved = [told('c', 2, ['p1', day(0)]), claimed('c', 'p2', day(1)), told('c', 3, ['p1', day(0)], ['p2', day(1)])] as const;
    given(reservation, ...moved).when((edges) => claimParent(edges, as('p1'), 'c', day(2))).then(claimed('p1', 'c', day(2)));
    given(reservation, ...moved).when((edges) => claimParent(edges, as('p1'), 'c', day(0))).thenRefused('hierarchy-cycle');
  });
  it('stays when an older version of the account is told', () => {
    given(reservation, claimed('c', 'p', day(0)), told('c', 3, ['p', day(0)])).when((edges) => tellEdges(edges, as('c', 2))).thenNothing();
    given(reservation, claimed('c', 'p', day(0)), claimed('c', 'q', day(1)), told('c', 2, ['p', day(0)])).when((edges) => claimParent(edges, as('q'), 'c', day(2))).thenRefused('hierarchy-cycle');
  });
  it('is told once', () => {
    const moving = [told('c', 2, ['p', day(0)]), claimed('c', 'q', day(1))] as const;
    const moved = as('c', 3, ['p', day(0)], ['q', day(1)]);
    given(reservation, ...moving).when((state) => tellEdges(state, moved)).then(told('c', 3, ['p', day(0)], ['q', day(1)]));
    given(reservation, ...moving, told('c', 3, ['p', day(0)], ['q', day(1)])).when((state) => tellEdges(state, { ...moved, version: 4 })).thenNothing();
  });
  it('need not be told while it is the only one, and is told with the claim of another', () => {
    given(reservation, claimed('c', 'p')).when((state) => tellEdges(state, as('c', 2, ['p', day(0)]))).thenNothing();
    given(reservation, claimed('c', 'p')).when((state) => claimParent(state, as('c', 2, ['p', day(0)]), 'q', day(1))).then(told('c', 2, ['p', day(0)]), claimed('c', 'q', day(1)));
    given(reservation, claimed('c', 'p')).when((state) => tellEdges(state, as('c', 3, ['p', day(0)], [null, day(1)]))).then(told('c', 3, ['p', day(0)], [null, day(1)]));
  });
  it('ends an earlier one on its day, as one that was told', () => {
    const underXInMay = [claimed('c', 'x', day(120)), told('p', 2, ['c', day(150)])] as const;
    given(reservation, ...underXInMay).when((state) => claimParent(state, as('c', 2, ['x', day(120)]), 'p', day(0))).then(told('c', 2, ['x', day(120)]), claimed('c', 'p', day(0)));
    given(reservation, ...underXInMay).when((state) => claimParent(state, as('c', 1), 'p', day(0))).thenRefused('hierarchy-cycle');
  });
  it('stays when it is told that the account had it before, and goes when it has come to be again', () => {
    const again = [told('c', 3, ['p', day(0)], ['q', day(0)]), claimed('c', 'p', day(0))] as const;
    given(reservation, ...again, told('c', 4, ['p', day(0)], ['q', day(0)])).when((state) => claimParent(state, as('p'), 'c', day(1))).thenRefused('hierarchy-cycle');
    given(reservation, ...again, told('c', 4, ['p', day(0)], ['q', day(0)], ['p', day(0)])).when((state) => claimParent(state, as('q'), 'c', day(1))).then(claimed('q', 'c', day(1)));
  });
  it('is told with the next claim where it came to be and its command was cut off', () => {
    const cutOff = [told('c', 2, ['p', day(0)]), claimed('c', 'q', day(1))] as const;
    given(reservation, ...cutOff).when((state) => claimParent(state, as('c', 3, ['p', day(0)], ['q', day(1)]), 'r', day(2))).then(told('c', 3, ['p', day(0)], ['q', day(1)]), claimed('c', 'r', day(2)));
    given(reservation, ...cutOff).when((state) => claimParent(state, as('c', 2, ['p', day(0)]), 'r', day(2))).then(claimed('c', 'r', day(2)));
  });
});

describe('a merge', () => {
  const merge = (id: string, successor: string, from = day(0), claim = 'one', settledBefore = day(-1)) => (state: Reservation) => claimMerge(state, id, successor, { claim, from, settledBefore });

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
    given(reservation, ...fine).when((state) => claimParent(state, as('a'), 'x', day(1))).thenRefused('hierarchy-cycle');
  });
  it('takes the merged account out of its own group', () => {
    const done = [...chain('group', 'loser'), mergeClaimed('loser', 'winner'), mergeTold('loser')];
    given(reservation, ...done).when((state) => claimParent(state, as('group'), 'winner', day(1))).then(claimed('group', 'winner', day(1)));
  });
  it('that is only claimed counts both ways, until it is given up', () => {
    const begun = [...chain('group', 'loser', 'x'), mergeClaimed('loser', 'winner')];
    given(reservation, ...begun).when((state) => claimParent(state, as('group'), 'x', day(1))).thenRefused('hierarchy-cycle');
    given(reservation, ...begun).when((state) => claimParent(state, as('winner'), 'x', day(1))).thenRefused('hierarchy-cycle');
    given(reservation, ...begun, mergeGivenUp('loser')).when((state) => claimParent(state, as('winner'), 'x', day(1))).then(claimed('winner', 'x', day(1)));
  });
  it('is told once', () => {
    given(reservation, mergeClaimed('a', 'b')).when((state) => tellMerge(state, 'a', day(0))).then(mergeTold('a'));
    given(reservation, mergeClaimed('a', 'b'), mergeTold('a')).when((state) => tellMerge(state, 'a', day(0))).thenNothing();
    given(reservation, mergeClaimed('a', 'b'), mergeTold('a')).when(merge('a', 'b', day(0), 'other')).thenNothing();
  });

  describe('that two commands claim on different days', () => {
    const later = [...chain('group', 'loser', 'x'), mergeClaimed('loser', 'winner', day(9))] as const;
    const both = [...later, mergeClaimed('loser', 'winner', day(5), 'other')] as const;
    const intoCircle = (from: string) => (state: Reservation) => claimParent(state, as('winner'), 'x', from);

    it('is claimed for each, and judged for each', () => {
      given(reservation, ...later).when(merge('loser', 'winner', day(5), 'other')).then(mergeClaimed('loser', 'winner', day(5), 'other'));
      given(reservation, mergeClaimed('loser', 'winner', day(9)), told('winner', 3, ['loser', day(5)], [null, day(7)])).when(merge('loser', 'winner', day(5), 'other')).thenRefused('hierarchy-cycle');
    });
    it('counts from the earlier day on while either may come to be', () => {
      given(reservation, ...both).when((state) => claimParent(state, as('winner', 3, [null, day(8)]), 'x', day(6))).thenRefused('hierarchy-cycle');
      given(reservation, ...both, mergeGivenUp('loser')).when(intoCircle(day(6))).thenRefused('hierarchy-cycle');
      given(reservation, ...both, mergeGivenUp('loser', 'other')).when(intoCircle(day(9))).thenRefused('hierarchy-cycle');
      given(reservation, ...both, mergeGivenUp('loser', 'other'), mergeGivenUp('loser')).when(intoCircle(day(6))).then(claimed('winner', 'x', day(6)));
    });
    it('counts from the day that came to be once it is told', () => {
      const cameToBe = [...both, mergeTold('loser', day(9))] as const;
      given(reservation, ...cameToBe).when((state) => claimParent(state, as('group'), 'x', day(5))).thenRefused('hierarchy-cycle');
      given(reservation, ...cameToBe).when((state) => claimParent(state, as('group'), 'x', day(9))).then(claimed('group', 'x', day(9)));
    });
  });

  describe('whose commands were cut off', () => {
    const late = day(1);
    const cutOff = [mergeClaimed('loser', 'winner'), mergeClaimed('loser', 'winner', day(5), 'other')] as const;
    const givenUp = [mergeGivenUp('loser'), mergeGivenUp('loser', 'other')];
    const into = (successor: string, settledBefore = late) => merge('loser', successor, day(0), 'next', settledBefore);

    it('is given up by the next one into another account, once none can come to be any more', () => {
      given(reservation, ...cutOff).when(into('third')).then(...givenUp, mergeClaimed('loser', 'third', day(0), 'next'));
      given(reservation, ...cutOff).when(into('third', day(-1))).thenRefused('hierarchy-merge-begun', { successorId: 'winner' });
      given(reservation, ...cutOff).when(into('winner')).then(mergeClaimed('loser', 'winner', day(0), 'next'));
    });
    it('is given up by the next one into its own account', () => {
      given(reservation, ...cutOff).when(merge('third', 'loser', day(0), 'next', late)).then(...givenUp, mergeClaimed('third', 'loser', day(0), 'next'));
      given(reservation, ...cutOff).when(merge('third', 'loser', day(0), 'next')).thenRefused('merge-successor-closed');
    });
    it('stays once it is told', () => {
      given(reservation, ...cutOff, mergeTold('loser')).when(into('third')).thenRefused('hierarchy-merge-begun', { successorId: 'winner' });
      given(reservation, ...cutOff, mergeTold('loser')).when(merge('third', 'loser', day(0), 'next', late)).thenRefused('merge-successor-closed');
    });
  });
});

interface Account {
  edges: HierarchyEdge[];
  version: number;
  merged: { into: string; from: string } | null;
  before: Pick<Account, 'edges' | 'version'>;
}

describe('random commands of clients that race, some of them cut off', () => {
  const IDS = Array.from({ length: 8 }, (_, i) => `a${i}`);
  const DAYS = 4;

  it.each(Array.from({ length: 300 }, (_, seed) => [seed]))('leave no day with a cycle or a seventh level (seed %i)', (seed) => {
    const random = new Random(seed);
    let state = reservation.initial;
    let version = 0;
    const at = (time: number): string => new Date(time).toISOString();
    const take = (events: readonly ReservationEvent[]): void => {
      for (const event of events) state = reservation.evolve(state, { occurredAt: at(version), supersedes: [], ...event, version: ++version } as never);
    };
    const accounts = new Map<string, Account>(IDS.map((id) => [id, { edges: [], version: 1, merged: null, before: { edges: [], version: 1 } }]));
    /** Steps of commands under way: what each still has to do, in its order. */
    const under: (() => void)[][] = [];
    let accepted = 0;
    let merges = 0;
    /** When the merges under way were claimed. */
    const merging = new Map<string, number>();
    const claimed = (claim: () => ReservationEvent[]): boolean => {
      try {
        take(claim());
        accepted++;
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        return false;
      }
    };
    const says = (id: string, edges: HierarchyEdge[]): void => {
      const account = accounts.get(id)!;
      account.before = { edges: account.edges, version: account.version };
      account.edges = edges;
      account.version += 1;
    };
    const tell = (id: string) => (): void => take(tellEdges(state, { holderId: id, ...accounts.get(id)! }));
    /** As the command does it: claimed for what was seen of the account, said if that is still so, and else claimed again. */
    const attach = (id: string, edge: { parentId: string; from: string }, seen: Pick<Account, 'edges' | 'version'>): void => {
      const account = accounts.get(id)!;
      const needed = seen.edges.findLast(({ from }) => from <= edge.from)?.parentId !== edge.parentId;
      if (account.merged || (needed && !claimed(() => claimParent(state, { holderId: id, ...seen }, edge.parentId, edge.from)))) return;
      const { version: claimedAt } = seen;
      const append = (): void => {
        if (account.version !== claimedAt) attach(id, edge, { edges: account.edges, version: account.version });
        else if (needed && !account.merged) says(id, [...account.edges, edge].toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)));
      };
      under.push([append, tell(id)]);
    };
    const merge = (id: string, into: string, from: string): void => {
      const account = accounts.get(id)!;
      if (accounts.get(into)!.merged) return; // said by the successor in the same write
      const claim = `merge-${++merges}`;
      const settledBefore = at(Math.min(version, ...[...merging.values()].map((time) => time - 1)));
      const begunAt = version;
      if (!claimed(() => claimMerge(state, id, into, { claim, from, settledBefore }))) return;
      if (random.chance(0.3)) return; // cut off
      merging.set(claim, begunAt);
      const append = (): void => {
        account.merged ??= { into, from };
        account.version += 1;
        merging.delete(claim);
      };
      under.push([append, () => take(tellMerge(state, id, account.merged!.from))]);
    };
    const mergeByClients = (id: string, other: string): void => {
      const into = random.chance(0.5) ? (holdingOf(state, id).merge?.successorId ?? other) : other;
      for (let clients = random.int(2); clients >= 0; clients--) merge(id, into, day(random.int(DAYS)));
    };
    for (let step = 0; step < 200; step++) {
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
      const rare = random.int(10);
      if (rare === 0) mergeByClients(id, other);
      else if (rare === 1) says(id, account.edges);
      else if (rare === 2) tell(id)();
      else attach(id, { parentId: other, from }, random.chance(0.2) ? account.before : account);
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
