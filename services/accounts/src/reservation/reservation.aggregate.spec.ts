import { describe, expect, it } from '@jest/globals';
import { given } from '@keyfold/event-sourcing/testing';
import type { ReservationEvent } from '@keyfold/contracts';
import { claimActivePlan, claimAttribution, claimTierASeat, giveUp, holdingOf, release, releaseOf, type Reservation, reservation } from './reservation.aggregate.js';

const claimed = (holderId: string, value = 'A'): ReservationEvent => ({ type: 'accounts.reservation.claimed', data: { holderId, value } });
const released = (holderId: string): ReservationEvent => ({ type: 'accounts.reservation.released', data: { holderId } });

const fold = (state: Reservation, ...events: ReservationEvent[]): Reservation =>
  events.reduce((held, event, i) => reservation.evolve(held, { ...event, version: i + 1, occurredAt: '2026-01-01T00:00:00.000Z', supersedes: [] }), state);

describe('tier-A seats of one key account manager', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((id) => claimed(id));

  it('gives a seat', () => given(reservation).when((seats) => claimTierASeat(seats, 'a', 5)).then(claimed('a')));
  it('is claimed again by the account that has it, also when all are taken', () => given(reservation, ...five).when((seats) => claimTierASeat(seats, 'a', 5)).then(claimed('a')));
  it('is given up as it was seen, and not where it was claimed again since', () => {
    const seen = holdingOf(fold(reservation.initial, claimed('a')), 'a');
    given(reservation, claimed('a')).when((seats) => giveUp(seats, 'a', seen)).then(released('a'));
    given(reservation, claimed('a'), claimed('a')).when((seats) => giveUp(seats, 'a', seen)).thenNothing();
    given(reservation).when((seats) => giveUp(seats, 'a', seen)).thenNothing();
  });
  it('refuses the sixth', () => given(reservation, ...five).when((seats) => claimTierASeat(seats, 'f', 5)).thenRefused('tier-a-limit', { limit: 5 }));
  it('gives a sixth where the policy allows it', () => given(reservation, ...five).when((seats) => claimTierASeat(seats, 'f', 6)).then(claimed('f')));
  it('has room again after a release', () => given(reservation, ...five, released('c')).when((seats) => claimTierASeat(seats, 'f', 5)).then(claimed('f')));
  it('releases what is held, once', () => {
    given(reservation, claimed('a')).when((seats) => release(seats, 'a')).then(released('a'));
    given(reservation).when((seats) => release(seats, 'a')).thenNothing();
  });
});

describe('a seat that is given up as of an instant', () => {
  const held = fold(reservation.initial, claimed('a')); // on 1 January 2026, at 0:00
  it('is released where it was claimed before it, or then', () => {
    expect(releaseOf(held, 'a', '2026-01-01T00:00:00.000Z')).toEqual([released('a')]);
    expect(releaseOf(held, 'b', '2026-01-01T00:00:00.000Z')).toEqual([]);
  });
  it('stays where it was claimed again after it', () => expect(releaseOf(held, 'a', '2025-12-31T23:59:59.999Z')).toEqual([]));
});

describe('the plan in force of an account and a year', () => {
  const taken = claimed('p1', '2026');

  it('is one', () => given(reservation).when((held) => claimActivePlan(held, 'p1', 2026)).then(taken));
  it('is taken once', () => given(reservation, taken).when((held) => claimActivePlan(held, 'p1', 2026)).thenNothing());
  it('leaves no room for another', () => given(reservation, taken).when((held) => claimActivePlan(held, 'p2', 2026)).thenRefused('plan-year-taken', { fiscalYear: 2026 }));
  it('leaves room once it was given up', () => given(reservation, taken, released('p1')).when((held) => claimActivePlan(held, 'p2', 2026)).then(claimed('p2', '2026')));
});

describe('the marketing plan in which a won deal counts', () => {
  it('is one', () => given(reservation).when((held) => claimAttribution(held, 'p1')).then(claimed('p1', 'attribution')));
  it('claims it anew with each attempt', () => given(reservation, claimed('p1', 'attribution')).when((held) => claimAttribution(held, 'p1')).then(claimed('p1', 'attribution')));
  it('leaves none to another', () => given(reservation, claimed('p1', 'attribution')).when((held) => claimAttribution(held, 'p2')).thenRefused('marketing-deal-attributed', { planId: 'p1' }));
  it('leaves it once it was given up', () => given(reservation, claimed('p1', 'attribution'), released('p1')).when((held) => claimAttribution(held, 'p2')).then(claimed('p2', 'attribution')));
});

describe('a reservation that very many hold', () => {
  const many = Array.from({ length: 2_000 }, (_, i) => claimed(`account-${i}`, 'parent'));

  it('is copied in a small part by each event', () => {
    const before = fold(reservation.initial, ...many);
    const after = fold(before, claimed('account-2000', 'parent'), released('account-7'));
    const copied = after.holdings.flatMap((outer, i) => (outer === before.holdings[i] ? [] : outer.filter((inner, j) => inner !== before.holdings[i]![j])));
    expect(copied).toHaveLength(2);
    expect(copied.flat().length).toBeLessThan(10);
    expect([holdingOf(after, 'account-7').edges, holdingOf(after, 'account-2000').edges.length]).toEqual([[], 1]);
  });

  it('comes back from JSON as it is, so that a snapshot of it can be kept', () => {
    const held = fold(reservation.initial, ...many, released('account-7'));
    expect(JSON.parse(JSON.stringify(held))).toEqual(held);
    expect(reservation.snapshotVersion).toBeDefined();
  });
});
