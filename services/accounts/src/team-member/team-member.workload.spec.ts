import { describe, it } from '@jest/globals';
import type { TeamMemberEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { type TeamMember, teamMember } from './team-member.aggregate.js';
import { anna, offboarded, onboarded } from './team-member.facts.js';
import { measureWorkload } from './team-member.workload.js';

const measured = (month: string, loadPercent: number | null): TeamMemberEvent => ({ type: 'accounts.team-member.workload-measured', data: { month, loadPercent, thresholdPercent: 100 } });
const exceeded = (month: string, loadPercent: number): TeamMemberEvent => ({
  type: 'accounts.team-member.workload-threshold-exceeded',
  data: { month, loadPercent, thresholdPercent: 100, managerId: 'boss' },
});
const at = (month: string, load: number | null) => (member: TeamMember) => measureWorkload(member, month, load, 100);

describe('the workload of a key account manager', () => {
  it('is measured', () => given(teamMember, onboarded).when(at('2026-03', 80)).then(measured('2026-03', 80)));
  it('is measured once a month', () => given(teamMember, onboarded, measured('2026-03', 80)).when(at('2026-03', 130)).thenNothing());
  it('is not measured for a month before the last', () => given(teamMember, onboarded, measured('2026-03', 80)).when(at('2026-02', 130)).thenNothing());
  it('above the threshold once is no matter yet', () => given(teamMember, onboarded, measured('2026-02', 100)).when(at('2026-03', 101)).then(measured('2026-03', 101)));
  it('above it for the second month has exceeded it', () => given(teamMember, onboarded, measured('2026-02', 101)).when(at('2026-03', 130)).then(measured('2026-03', 130), exceeded('2026-03', 130)));
  it('over the turn of the year too', () => given(teamMember, onboarded, measured('2026-12', 101)).when(at('2027-01', 130)).then(measured('2027-01', 130), exceeded('2027-01', 130)));
  it('is told once while it lasts', () => given(teamMember, onboarded, measured('2026-02', 101), measured('2026-03', 130), exceeded('2026-03', 130)).when(at('2026-04', 140)).then(measured('2026-04', 140)));
  it('is told anew after it fell', () =>
    given(teamMember, onboarded, measured('2026-02', 101), measured('2026-03', 130), exceeded('2026-03', 130), measured('2026-04', 90), measured('2026-05', 120)).when(at('2026-06', 110)).then(measured('2026-06', 110), exceeded('2026-06', 110)));
  it('two months with one between them that nobody measured are no row', () => given(teamMember, onboarded, measured('2026-01', 101)).when(at('2026-03', 130)).then(measured('2026-03', 130)));
  it('without hours is no figure, and breaks the row', () => {
    given(teamMember, onboarded, measured('2026-02', 130)).when(at('2026-03', null)).then(measured('2026-03', null));
    given(teamMember, onboarded, measured('2026-02', null)).when(at('2026-03', 130)).then(measured('2026-03', 130));
  });
  it('is that of nobody else, and of nobody who has left', () => {
    given(teamMember, { type: 'accounts.team-member.onboarded', data: { ...anna, role: 'hr' } }).when((member) => measureWorkload(member, '2026-03', 130, 100)).thenNothing();
    given(teamMember, onboarded, offboarded).when((member) => measureWorkload(member, '2026-03', 130, 100)).thenNothing();
  });
});
