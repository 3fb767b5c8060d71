import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Personal, Provenance } from '../common.js';

export const MEMBER_ROLES = ['kam', 'director', 'service-agent', 'finance', 'hr'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

export type TeamMemberEvent =
  /** `memberId` repeats the aggregate's id: it names the person whose key encrypts `name`. */
  | DomainEvent<
      'accounts.team-member.onboarded',
      { memberId: string; name: Personal; role: MemberRole; managerId: string | null; region: string | null; provenance: Provenance | null }
    >
  | DomainEvent<'accounts.team-member.reassigned', { managerId: string | null; region: string | null }>
  | DomainEvent<'accounts.team-member.withdrawn', { reason: string }>;

export const teamMemberContract = defineContract<TeamMemberEvent>({
  service: 'accounts',
  name: 'team-member',
  streamPrefix: 'member',
  events: {
    'accounts.team-member.onboarded': { version: 1, personal: { of: 'memberId', fields: ['name'] } },
    'accounts.team-member.reassigned': { version: 1 },
    'accounts.team-member.withdrawn': { version: 1 },
  },
});
