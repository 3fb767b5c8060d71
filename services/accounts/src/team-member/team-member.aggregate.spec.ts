import { describe, expect, it } from '@jest/globals';
import type { TeamMemberEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { withEntry } from '../reservation/buckets.js';
import { changePosition, entrust, type KnownMember, offboard, onboard, reassign, type TeamMember, teamMember, withdrawMember } from './team-member.aggregate.js';
import { anna, LATER, LEAVES_AT, leaving, offboarded, onboarded } from './team-member.facts.js';

const reassigned = (managerId: string, region: string): TeamMemberEvent => ({ type: 'accounts.team-member.reassigned', data: { managerId, region } });
const withdrawn: TeamMemberEvent = { type: 'accounts.team-member.withdrawn', data: { reason: 'undo' } };

describe('a team member', () => {
  it('is onboarded', () => given(teamMember).when((member) => onboard(member, anna)).then(onboarded));
  it('is not his own manager', () => given(teamMember).when((member) => onboard(member, { ...anna, managerId: 'm1' })).thenRefused('manager-is-self'));
  it('said again is left alone', () => given(teamMember, onboarded).when((member) => onboard(member, anna)).thenNothing());
  it('said again with another manager is reassigned', () => given(teamMember, onboarded).when((member) => onboard(member, { ...anna, managerId: 'new' })).then(reassigned('new', 'West')));
  it('moves to another region', () => given(teamMember, onboarded).when((member) => reassign(member, { managerId: 'boss', region: 'East' })).then(reassigned('boss', 'East')));
  it('that nobody onboarded cannot be reassigned', () => given(teamMember).when((member) => reassign(member, { managerId: null, region: null })).thenRefused('member-unknown'));
});

describe('an imported team member', () => {
  it('is withdrawn with all the history', () =>
    given(teamMember, onboarded, reassigned('new', 'West')).when((member) => withdrawMember(member, 'undo')).then({ ...withdrawn, supersedes: [1, 2] }));
  it('is withdrawn once', () => given(teamMember, onboarded, withdrawn).when((member) => withdrawMember(member, 'undo')).thenNothing());
  it('comes back with the next import', () => given(teamMember, onboarded, withdrawn).when((member) => onboard(member, anna)).then(onboarded));
  it('that was not imported stays', () =>
    given(teamMember, { type: 'accounts.team-member.onboarded', data: { ...anna, provenance: null } }).when((member) => withdrawMember(member, 'undo')).thenRefused('withdraw-not-imported'));
});

describe('the position of a member', () => {
  const director = { role: 'director', seniority: 2, country: 'FR' } as const;
  const changed: TeamMemberEvent = { type: 'accounts.team-member.position-changed', data: { ...director, reason: 'grew into it' } };

  it('changes with a reason', () => given(teamMember, onboarded).when((member) => changePosition(member, director, 'grew into it', [])).then(changed));
  it('changes once', () => given(teamMember, onboarded, changed).when((member) => changePosition(member, director, 'again', [])).thenNothing());
  it('of somebody with accounts is that of a manager of accounts', () => {
    const past = [onboarded, { type: 'accounts.team-member.account-entrusted', data: { accountId: 'acme' }, occurredAt: LATER }] as const;
    const finance = { role: 'finance', seniority: null, country: 'FR' } as const;
    given(teamMember, ...past).when((member) => changePosition(member, finance, 'x', [])).thenRefused('portfolio-changing');
    given(teamMember, ...past).when((member) => changePosition(member, director, 'x', [])).then({ type: 'accounts.team-member.position-changed', data: { ...director, reason: 'x' } });
    given(teamMember, ...past).when((member) => changePosition(member, finance, 'x', withEntry([], 'acme', LATER))).then({ type: 'accounts.team-member.position-changed', data: { ...finance, reason: 'x' } });
    given(teamMember, onboarded, { type: 'accounts.team-member.position-changed', data: { ...finance, reason: 'x' } }).when((member) => entrust(member, 'acme', LATER)).thenRefused('owner-not-account-manager');
  });
  it('of somebody unknown does not', () => given(teamMember).when((member) => changePosition(member, director, 'x', [])).thenRefused('member-unknown'));
  it('of somebody who has left does not', () => given(teamMember, onboarded, offboarded).when((member) => changePosition(member, director, 'x', [])).thenRefused('member-offboarded'));
});

describe('an account that is about to become the member’s', () => {
  const entrusted = (at: string): TeamMemberEvent => ({ type: 'accounts.team-member.account-entrusted', data: { accountId: 'acme' }, occurredAt: at });

  it('is entrusted', () => given(teamMember, onboarded).when((member) => entrust(member, 'acme', LATER)).then(entrusted(LATER)));
  it('is entrusted once by one attempt', () => given(teamMember, onboarded, entrusted(LATER)).when((member) => entrust(member, 'acme', LATER)).thenNothing());
  it('is entrusted anew by the next attempt, which has its own time to append', () =>
    given(teamMember, onboarded, entrusted('2026-01-01T00:00:00.000Z')).when((member) => entrust(member, 'acme', LATER)).then(entrusted(LATER)));
  it('is not entrusted to whoever is leaving', () => given(teamMember, onboarded, offboarded).when((member) => entrust(member, 'acme', LATER)).thenRefused('member-leaving'));
  it('may be that of somebody whom Keyfold does not know', () => given(teamMember).when((member) => entrust(member, 'acme', LATER)).thenNothing());

  it('is one of very many of which each is taken in at the same cost', () => {
    const fold = (member: TeamMember, i: number) => teamMember.evolve(member, { ...entrusted(LATER), data: { accountId: `a-${i}` }, version: i + 2, supersedes: [] } as never);
    const before = Array.from({ length: 2_000 }, (_, i) => i).reduce(fold, teamMember.evolve(teamMember.initial, { ...onboarded, version: 1, occurredAt: LATER, supersedes: [] } as never));
    const [had, has] = [before, fold(before, 2_000)].map((member) => (member as KnownMember).entrusted);
    expect(has!.filter((outer, i) => outer !== had![i])).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(before))).toEqual(before);
    expect(teamMember.snapshotVersion).toBeDefined();
  });

  it('keeps him until it was looked at', () => {
    given(teamMember, onboarded, entrusted(LATER)).when((member) => offboard(member, leaving, LEAVES_AT, [])).thenRefused('portfolio-changing');
    given(teamMember, onboarded, entrusted(LATER)).when((member) => offboard(member, leaving, LEAVES_AT, withEntry([], 'acme', '2026-01-01T00:00:00.000Z'))).thenRefused('portfolio-changing');
    given(teamMember, onboarded, entrusted(LATER)).when((member) => offboard(member, leaving, LEAVES_AT, withEntry([], 'acme', LATER))).then(offboarded);
  });
});

describe('a member who leaves', () => {
  it('is offboarded from the day after the last one', () => given(teamMember, onboarded).when((member) => offboard(member, leaving, LEAVES_AT, [])).then(offboarded));
  it('is offboarded once', () => given(teamMember, onboarded, offboarded).when((member) => offboard(member, leaving, LEAVES_AT, [])).thenNothing());
  it('was there before', () => given(teamMember, onboarded).when((member) => offboard(member, leaving, '2025-12-31T23:00:00.000Z', [])).thenRefused('last-day-before-onboarding'));
  it('that nobody onboarded is unknown', () => given(teamMember).when((member) => offboard(member, leaving, LEAVES_AT, [])).thenRefused('member-unknown'));
  it('is left alone by the next import', () => given(teamMember, onboarded, offboarded).when((member) => onboard(member, anna)).thenNothing());
  it('does not come back under the same id', () => given(teamMember, onboarded, offboarded).when((member) => onboard(member, { ...anna, provenance: null })).thenRefused('member-offboarded'));
});
