import { describe, expect, it } from '@jest/globals';
import { given } from '@keyfold/event-sourcing/testing';
import type { ReservationEvent } from '@keyfold/contracts';
import { claimActivePlan, claimParent, claimTierASeat, release, type Reservation, reservation } from './reservation.aggregate.js';

const claimed = (holderId: string, value = 'A'): ReservationEvent => ({ type: 'accounts.reservation.claimed', data: { holderId, value } });
const released = (holderId: string): ReservationEvent => ({ type: 'accounts.reservation.released', data: { holderId } });

describe('tier-A seats of one key account manager', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((id) => claimed(id));

  it('gives a seat', () => given(reservation).when((seats) => claimTierASeat(seats, 'a', 5)).then(claimed('a')));
  it('gives the same seat once', () => given(reservation, claimed('a')).when((seats) => claimTierASeat(seats, 'a', 5)).thenNothing());
  it('refuses the sixth', () => given(reservation, ...five).when((seats) => claimTierASeat(seats, 'f', 5)).thenRefused('tier-a-limit', { limit: 5 }));
  it('gives a sixth where the policy allows it', () => given(reservation, ...five).when((seats) => claimTierASeat(seats, 'f', 6)).then(claimed('f')));
  it('has room again after a release', () => given(reservation, ...five, released('c')).when((seats) => claimTierASeat(seats, 'f', 5)).then(claimed('f')));
  it('releases what is held, once', () => {
    given(reservation, claimed('a')).when((seats) => release(seats, 'a')).then(released('a'));
    given(reservation).when((seats) => release(seats, 'a')).thenNothing();
  });
});

describe('the plan in force of an account and a year', () => {
  const taken = claimed('p1', '2026');

  it('is one', () => given(reservation).when((held) => claimActivePlan(held, 'p1', 2026)).then(taken));
  it('is taken once', () => given(reservation, taken).when((held) => claimActivePlan(held, 'p1', 2026)).thenNothing());
  it('leaves no room for another', () => given(reservation, taken).when((held) => claimActivePlan(held, 'p2', 2026)).thenRefused('plan-year-taken', { fiscalYear: 2026 }));
  it('leaves room once it was given up', () => given(reservation, taken, released('p1')).when((held) => claimActivePlan(held, 'p2', 2026)).then(claimed('p2', '2026')));
});

describe('the hierarchy of account groups', () => {
  const chain = (...ids: string[]): ReservationEvent[] => ids.slice(1).map((id, i) => claimed(id, ids[i]!));

  it('takes an edge', () => given(reservation).when((edges) => claimParent(edges, 'child', 'parent')).then(claimed('child', 'parent')));
  it('takes the same edge once', () => given(reservation, claimed('child', 'parent')).when((edges) => claimParent(edges, 'child', 'parent')).thenNothing());
  it('moves a child to another parent', () => given(reservation, claimed('child', 'old')).when((edges) => claimParent(edges, 'child', 'new')).then(claimed('child', 'new')));
  it('refuses its own parent', () => given(reservation).when((edges) => claimParent(edges, 'a', 'a')).thenRefused('hierarchy-cycle'));
  it('refuses a cycle over several levels', () => given(reservation, ...chain('a', 'b', 'c')).when((edges) => claimParent(edges, 'a', 'c')).thenRefused('hierarchy-cycle'));
  it('takes the sixth level', () => given(reservation, ...chain('a', 'b', 'c', 'd', 'e')).when((edges) => claimParent(edges, 'f', 'e')).then(claimed('f', 'e')));
  it('refuses the seventh', () => given(reservation, ...chain('a', 'b', 'c', 'd', 'e', 'f')).when((edges) => claimParent(edges, 'g', 'f')).thenRefused('hierarchy-too-deep'));
  it('counts the levels below what is attached', () =>
    given(reservation, ...chain('a', 'b', 'c', 'd'), ...chain('x', 'y', 'z')).when((edges) => claimParent(edges, 'x', 'd')).thenRefused('hierarchy-too-deep'));
});

describe('a reservation that very many hold', () => {
  const fold = (state: Reservation, ...events: ReservationEvent[]): Reservation =>
    events.reduce((held, event, i) => reservation.evolve(held, { ...event, version: i + 1, occurredAt: '2026-01-01T00:00:00.000Z', supersedes: [] }), state);
  const many = Array.from({ length: 2_000 }, (_, i) => claimed(`account-${i}`, 'parent'));

  it('is copied in a small part by each event', () => {
    const before = fold(reservation.initial, ...many);
    const after = fold(before, claimed('account-2000', 'parent'), released('account-7'));
    const copied = Object.keys(after).filter((bucket) => after[bucket] !== before[bucket]);
    expect(copied).toHaveLength(2);
    expect(copied.flatMap((bucket) => Object.keys(after[bucket]!)).length).toBeLessThan(100);
  });

  it('comes back from JSON as it is, so that a snapshot of it can be kept', () => {
    const held = fold(reservation.initial, ...many, released('account-7'));
    expect(JSON.parse(JSON.stringify(held))).toEqual(held);
    expect(reservation.snapshotVersion).toBeDefined();
  });
});
