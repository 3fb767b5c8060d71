import type { MemberRole, Quota } from '@keyfold/contracts';
import type { Filter } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsCode, IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { rampPercentOn } from './capacity.js';
import { teamBoard, type TeamBoardRow } from './team-board.projection.js';

const STATUSES = ['onboarded', 'offboarded'] as const;
const LEADS = ['director', 'hr', 'auditor'] as const;

type TeamBoardItem = TeamBoardRow & { name: string | null; managerName: string | null; quota: Quota | null; rampPercent: number; trainingHours: number };

export class ListTeamBoards extends PageQuery<TeamBoardItem> {
  @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number];
  @IsOptional() @IsId() managerId?: string;
  @IsOptional() @IsId() requisitionId?: string;
}

/** `GET /api/accounts/team-board`: one row for each member of the team. */
export const teamBoardQueries = rowQueries<TeamBoardRow, TeamBoardItem, ListTeamBoards>({
  path: 'team-board',
  roles: LEADS,
  rows: teamBoard,
  list: ListTeamBoards,
  equal: ['status', 'managerId', 'requisitionId'],
  scope: { owner: 'id' },
  async show(row, access, time) {
    const today = time.dateOf(access.now());
    return {
      ...row,
      name: await access.memberName(row.id),
      managerName: await access.memberName(row.managerId),
      quota: row.quotas.find(({ year }) => year === Number(today.slice(0, 4))) ?? null,
      rampPercent: rampPercentOn(row.ramp, today),
      trainingHours: row.trainings.reduce((hours, training) => hours + training.hours, 0),
    };
  },
});

/** One line of the matrix: a member and what was seen of him, by skill; a skill that is not there was never assessed. */
interface SkillsOfMember {
  readonly id: string;
  readonly name: string | null;
  readonly role: MemberRole;
  readonly diplomaLevel: number | null;
  readonly experienceYears: number | null;
  readonly levels: Readonly<Record<string, number>>;
}

export class ListSkillsOfMembers extends PageQuery<SkillsOfMember> {
  /** Members whom this skill was assessed of. */
  @IsOptional() @IsCode() skill?: string;
}

/** `GET /api/accounts/skills-matrix` (domain.md M15, E3). */
export const skillsMatrixQueries = rowQueries<TeamBoardRow, SkillsOfMember, ListSkillsOfMembers>({
  path: 'skills-matrix',
  roles: LEADS,
  rows: teamBoard,
  list: ListSkillsOfMembers,
  where: ({ skill }): Filter[] => [{ status: 'onboarded' }, ...(skill === undefined ? [] : [{ 'skills.skill': skill }])],
  scope: { owner: 'id' },
  show: async ({ id, role, diplomaLevel, experienceYears, skills }, access) => ({
    id,
    name: await access.memberName(id),
    role,
    diplomaLevel,
    experienceYears,
    levels: Object.fromEntries(skills.map(({ skill, level }) => [skill, level])),
  }),
});
