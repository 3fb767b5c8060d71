import { describe, it } from '@jest/globals';
import type { TeamMemberEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { teamMember } from './team-member.aggregate.js';
import { LATER, offboarded, onboarded } from './team-member.facts.js';
import { expireAccess, grantRole, revokeRole } from './team-member.grants.js';

const grant = { grantId: 'g1', role: 'consultant', accountIds: ['acme'], expiresAt: '2026-03-31T22:00:00.000Z' } as const;
const granted: TeamMemberEvent = { type: 'accounts.team-member.role-granted', data: { ...grant, reason: 'review' } };
const revoked: TeamMemberEvent = { type: 'accounts.team-member.role-revoked', data: { grantId: 'g1', reason: 'done' } };
const expired: TeamMemberEvent = { type: 'accounts.team-member.access-expired', data: { grantId: 'g1' } };

describe('a granted role', () => {
  it('is granted until an instant', () => given(teamMember, onboarded).when((member) => grantRole(member, grant, 'review', LATER)).then(granted));
  it('is granted once', () => given(teamMember, onboarded, granted).when((member) => grantRole(member, { ...grant, grantId: 'g2' }, 'review', LATER)).thenNothing());
  it('is granted again after its end', () =>
    given(teamMember, onboarded, granted, expired).when((member) => grantRole(member, grant, 'review', LATER)).then(granted));
  it('ends in the future', () => given(teamMember, onboarded).when((member) => grantRole(member, { ...grant, expiresAt: LATER }, 'review', LATER)).thenRefused('grant-in-past'));
  it('runs for a year at most', () =>
    given(teamMember, onboarded).when((member) => grantRole(member, { ...grant, expiresAt: '2027-03-04T22:00:00.000Z' }, 'review', LATER)).thenRefused('grant-too-long', { days: 366 }));
  it('is one of twenty', () => {
    const twenty = Array.from({ length: 20 }, (_, i): TeamMemberEvent => ({ type: 'accounts.team-member.role-granted', data: { ...grant, grantId: `other-${i}`, accountIds: [`a${i}`], reason: 'x' } }));
    given(teamMember, onboarded, ...twenty).when((member) => grantRole(member, grant, 'review', LATER)).thenRefused('grants-too-many', { limit: 20 });
  });
  it('is for whoever is there', () => given(teamMember, onboarded, offboarded).when((member) => grantRole(member, grant, 'review', LATER)).thenRefused('member-offboarded'));

  it('is revoked, once', () => {
    given(teamMember, onboarded, granted).when((member) => revokeRole(member, 'g1', 'done')).then(revoked);
    given(teamMember, onboarded, granted, revoked).when((member) => revokeRole(member, 'g1', 'done')).thenNothing();
  });
  it('that was never granted cannot be revoked', () => given(teamMember, onboarded).when((member) => revokeRole(member, 'g1', 'done')).thenRefused('grant-unknown'));
});

describe('the end of a grant', () => {
  it('is said when it has come', () => given(teamMember, onboarded, granted).when((member) => expireAccess(member, 'g1', grant.expiresAt)).then(expired));
  it('is said once', () => given(teamMember, onboarded, granted, expired).when((member) => expireAccess(member, 'g1', grant.expiresAt)).thenNothing());
  it('is not said before', () => given(teamMember, onboarded, granted).when((member) => expireAccess(member, 'g1', LATER)).thenNothing());
  it('is not said of what was revoked, or of whoever has left', () => {
    given(teamMember, onboarded, granted, revoked).when((member) => expireAccess(member, 'g1', grant.expiresAt)).thenNothing();
    given(teamMember, onboarded, granted, offboarded).when((member) => expireAccess(member, 'g1', grant.expiresAt)).thenNothing();
  });
});
