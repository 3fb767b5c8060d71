import { describe, it } from '@jest/globals';
import type { TeamMemberEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { onboard, reassign, teamMember, withdrawMember } from './team-member.aggregate.js';

const provenance = { source: 'crm', entity: 'members', rowKey: 'm1', run: 'crm-1' };
const anna = { memberId: 'm1', name: 'Anna', role: 'kam', managerId: 'boss', region: 'West', provenance } as const;
const onboarded: TeamMemberEvent = { type: 'accounts.team-member.onboarded', data: anna };
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
    given(teamMember, { type: 'accounts.team-member.onboarded', data: { ...anna, provenance: null } } as TeamMemberEvent).when((member) => withdrawMember(member, 'undo')).thenRefused('withdraw-not-imported'));
});
