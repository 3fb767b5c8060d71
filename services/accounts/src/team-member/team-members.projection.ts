import { type MemberRole, type Provenance, type TeamMemberEvent, teamMemberContract } from '@keyfold/contracts';
import { ignored, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { rowQueries } from '@keyfold/platform';

export interface TeamMemberRow {
  readonly id: string;
  readonly version: number;
  readonly role: MemberRole;
  readonly managerId: string | null;
  readonly region: string | null;
  readonly provenance: Provenance | null;
}

export const teamMembers = projection<TeamMemberRow, TeamMemberEvent>({
  name: 'team-members',
  version: 1,
  follows: [teamMemberContract],
  indexes: [['region'], ['managerId']],
  fold(row, event, id): TeamMemberRow | null {
    switch (event.type) {
      case 'accounts.team-member.onboarded': {
        const { role, managerId, region, provenance } = event.data;
        return { id, version: event.version, role, managerId, region, provenance };
      }
      case 'accounts.team-member.reassigned':
        return { ...row!, ...event.data, version: event.version };
      case 'accounts.team-member.withdrawn':
        return null;
      default:
        return ignored(row, event);
    }
  },
});

type TeamMemberItem = TeamMemberRow & { name: string | null; managerName: string | null };

export class ListTeamMembers extends PageQuery<TeamMemberItem> {}

export const teamMemberQueries = rowQueries<TeamMemberRow, TeamMemberItem, ListTeamMembers>({
  path: 'team-members',
  roles: ['kam', 'director', 'sales-engineer', 'project-manager', 'csr-officer', 'service-agent', 'finance', 'hr', 'auditor'],
  rows: teamMembers,
  list: ListTeamMembers,
  scope: 'everybody',
  show: async (row, access) => ({ ...row, name: await access.memberName(row.id), managerName: await access.memberName(row.managerId) }),
});
