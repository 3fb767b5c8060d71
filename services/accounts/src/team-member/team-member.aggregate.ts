import { type MemberRole, type Provenance, type TeamMemberEvent, teamMemberContract } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';

export type TeamMember =
  | { readonly status: 'unknown' }
  | { readonly status: 'withdrawn' }
  | {
      readonly status: 'onboarded';
      readonly role: MemberRole;
      readonly managerId: string | null;
      readonly region: string | null;
      readonly provenance: Provenance | null;
      readonly version: number;
    };

export const teamMember = decider<TeamMember, TeamMemberEvent>({
  contract: teamMemberContract,
  initial: { status: 'unknown' },
  evolve(state, fact): TeamMember {
    switch (fact.type) {
      case 'accounts.team-member.onboarded': {
        const { role, managerId, region, provenance } = fact.data;
        return { status: 'onboarded', role, managerId, region, provenance, version: fact.version };
      }
      case 'accounts.team-member.reassigned':
        return state.status === 'onboarded' ? { ...state, ...fact.data, version: fact.version } : state;
      case 'accounts.team-member.withdrawn':
        return { status: 'withdrawn' };
      default:
        return ignored(state, fact);
    }
  },
});

export interface Onboarding {
  readonly memberId: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly managerId: string | null;
  readonly region: string | null;
  readonly provenance: Provenance | null;
}

/** Said again it changes what moved: manager and region. The name is personal and only ciphertext from here on, so it cannot be compared. */
export function onboard(member: TeamMember, facts: Onboarding): TeamMemberEvent[] {
  if (facts.managerId === facts.memberId) throw new DomainError('manager-is-self');
  return member.status === 'onboarded' ? reassign(member, facts) : [{ type: 'accounts.team-member.onboarded', data: facts }];
}

export function reassign(member: TeamMember, { managerId, region }: { managerId: string | null; region: string | null }): TeamMemberEvent[] {
  if (member.status !== 'onboarded') throw new DomainError('member-unknown');
  return member.managerId === managerId && member.region === region ? [] : [{ type: 'accounts.team-member.reassigned', data: { managerId, region } }];
}

/** Takes an imported member back. That nobody depends on the member is checked by the handler. */
export function withdrawMember(member: TeamMember, reason: string): TeamMemberEvent[] {
  if (member.status === 'withdrawn') return [];
  if (member.status === 'unknown') throw new DomainError('member-unknown');
  if (!member.provenance) throw new DomainError('withdraw-not-imported');
  return [{ type: 'accounts.team-member.withdrawn', data: { reason }, supersedes: Array.from({ length: member.version }, (_, i) => i + 1) }];
}
