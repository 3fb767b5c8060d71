import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type MemberRole, type Provenance, type TeamMemberEvent, teamMemberContract } from '@keyfold/contracts';
import { ignored, NotFound, projection } from '@keyfold/event-sourcing';
import { type Page, PageQuery, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access } from '@keyfold/platform';

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

@QueryHandler(ListTeamMembers)
export class ListTeamMembersHandler implements IQueryHandler<ListTeamMembers> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
  ) {}

  async execute(query: ListTeamMembers): Promise<Page<TeamMemberItem>> {
    const page = await this.views.page(teamMembers, query, {});
    return { ...page, items: await Promise.all(page.items.map((row) => withNames(row, this.access))) };
  }
}

export class GetTeamMember extends RowById<TeamMemberItem> {}

@QueryHandler(GetTeamMember)
export class GetTeamMemberHandler implements IQueryHandler<GetTeamMember> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
  ) {}

  async execute(query: GetTeamMember): Promise<TeamMemberItem> {
    await this.views.arrived(query);
    const row = await this.views.of(teamMembers).get(query.id);
    if (!row) throw new NotFound('team-member', query.id);
    return withNames(row, this.access);
  }
}

const withNames = async (row: TeamMemberRow, access: Access): Promise<TeamMemberItem> => ({
  ...row,
  name: await access.memberName(row.id),
  managerName: await access.memberName(row.managerId),
});
