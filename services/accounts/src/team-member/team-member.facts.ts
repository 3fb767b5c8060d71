import type { TeamMemberEvent } from '@keyfold/contracts';

// Facts of the past, for specs.
const provenance = { source: 'crm', entity: 'members', rowKey: 'm1', run: 'crm-1' };
export const anna = {
  memberId: 'm1', name: 'Anna', role: 'kam', seniority: null, managerId: 'boss', region: 'West', country: 'FR', probationUntil: '2026-06-30', requisitionId: null, provenance,
} as const;
export const onboarded: TeamMemberEvent = { type: 'accounts.team-member.onboarded', data: anna };

export const LATER = '2026-03-01T08:00:00.000Z';
export const LEAVES_AT = '2026-09-30T22:00:00.000Z';
export const leaving = { lastDay: '2026-09-30', cause: 'resigned', reason: 'another company' } as const;
export const offboarded: TeamMemberEvent = { type: 'accounts.team-member.offboarded', data: leaving, occurredAt: LEAVES_AT };
