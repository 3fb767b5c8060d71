import type { DirectoryMember } from './directories.js';

/** Who is who, and who is below whom, as it stood at one moment. Each is looked up for nearly every request, so it is worked out once. */
export class Organisation {
  private readonly byId: ReadonlyMap<string, DirectoryMember>;
  private readonly teams = new Map<string, ReadonlySet<string>>();
  private reports: ReadonlyMap<string | null, readonly DirectoryMember[]> | null = null;

  constructor(private readonly members: readonly DirectoryMember[]) {
    this.byId = new Map(members.map((member) => [member.id, member]));
  }

  member(id: string): DirectoryMember | null {
    return this.byId.get(id) ?? null;
  }

  /** The ids of a director and of everybody below, at any depth. */
  teamOf(directorId: string): ReadonlySet<string> {
    const known = this.teams.get(directorId);
    if (known) return known;
    const reports = (this.reports ??= Map.groupBy(this.members, (member) => member.managerId));
    const team = new Set([directorId]);
    for (const id of team) for (const member of reports.get(id) ?? []) team.add(member.id);
    this.teams.set(directorId, team);
    return team;
  }
}
