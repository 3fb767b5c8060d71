import { MEMBER_ROLES, type MemberRole, type Provenance, type SeniorityLevel, type TeamMemberEvent, teamMemberContract } from '@keyfold/contracts';
import { projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';

const STATUSES = ['onboarded', 'offboarded'] as const;

/** Who is who, for everybody. What leads and HR know beside it is on the team board. */
export interface TeamMemberRow {
  readonly id: string;
  readonly version: number;
  readonly status: (typeof STATUSES)[number];
  readonly role: MemberRole;
  readonly seniority: SeniorityLevel | null;
  readonly country: string | null;
  readonly managerId: string | null;
  readonly region: string | null;
  readonly lastDay: string | null;
  readonly provenance: Provenance | null;
}

export const teamMembers = projection<TeamMemberRow, TeamMemberEvent>({
  name: 'team-members',
  version: 2,
  follows: [teamMemberContract],
  indexes: [['region'], ['managerId', 'status'], ['role']],
  fold(row, event, id): TeamMemberRow | null {
    const known = { ...row!, version: event.version };
    switch (event.type) {
      case 'accounts.team-member.onboarded': {
        const { role, seniority, country, managerId, region, provenance } = event.data;
        return { id, version: event.version, status: 'onboarded', role, seniority, country, managerId, region, lastDay: null, provenance };
      }
      case 'accounts.team-member.reassigned':
        return { ...known, ...event.data };
      case 'accounts.team-member.position-changed': {
        const { role, seniority, country } = event.data;
        return { ...known, role, seniority, country };
      }
      case 'accounts.team-member.offboarded':
        return { ...known, status: 'offboarded', lastDay: event.data.lastDay };
      case 'accounts.team-member.withdrawn':
        return null;
      default:
        return known;
    }
  },
});

type TeamMemberItem = TeamMemberRow & { name: string | null; managerName: string | null };

export class ListTeamMembers extends PageQuery<TeamMemberItem> {
  @IsOptional() @IsIn(MEMBER_ROLES) role?: MemberRole;
  @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number];
  @IsOptional() @IsId() managerId?: string;
}

export const teamMemberQueries = rowQueries<TeamMemberRow, TeamMemberItem, ListTeamMembers>({
  path: 'team-members',
  roles: ['kam', 'director', 'sales-engineer', 'project-manager', 'bid-manager', 'legal', 'csr-officer', 'service-agent', 'finance', 'hr', 'admin', 'auditor'],
  rows: teamMembers,
  list: ListTeamMembers,
  equal: ['role', 'status', 'managerId'],
  scope: 'everybody',
  show: async (row, access) => ({ ...row, name: await access.memberName(row.id), managerName: await access.memberName(row.managerId) }),
});
