import type { GrantedRole, LeavingCause, MemberRole, Quota, RampPlan, SeniorityLevel, TeamMemberEvent } from '@keyfold/contracts';
import { teamMemberContract } from '@keyfold/contracts';
import { projection } from '@keyfold/event-sourcing';

/** What leads and HR know of a member. */
export interface TeamBoardRow {
  readonly id: string;
  readonly version: number;
  readonly status: 'onboarded' | 'offboarded';
  readonly role: MemberRole;
  readonly seniority: SeniorityLevel | null;
  readonly country: string | null;
  readonly managerId: string | null;
  readonly region: string | null;
  readonly onboardedAt: string;
  readonly requisitionId: string | null;
  readonly probation: { readonly state: 'none' | 'running' | 'confirmed' | 'ended'; readonly until: string | null };
  readonly ramp: RampPlan | null;
  readonly quotas: readonly Quota[];
  readonly skills: readonly { readonly skill: string; readonly level: number; readonly assessorId: string }[];
  readonly diplomaLevel: number | null;
  readonly experienceYears: number | null;
  readonly trainings: readonly { readonly training: string; readonly hours: number; readonly completedOn: string }[];
  readonly lastOneOnOneOn: string | null;
  readonly absences: readonly { readonly absenceId: string; readonly from: string; readonly to: string }[];
  readonly grants: readonly { readonly grantId: string; readonly role: GrantedRole; readonly accountIds: readonly string[] | null; readonly expiresAt: string; readonly state: 'granted' | 'revoked' | 'expired' }[];
  readonly workload: { readonly month: string; readonly loadPercent: number | null; readonly thresholdPercent: number; readonly exceededInMonth: string | null } | null;
  readonly leaving: { readonly lastDay: string; readonly cause: LeavingCause } | null;
}

export const teamBoard = projection<TeamBoardRow, TeamMemberEvent>({
  name: 'team-board',
  version: 1,
  follows: [teamMemberContract],
  indexes: [['managerId'], ['requisitionId']],
  fold(row, event, id): TeamBoardRow | null {
    if (event.type === 'accounts.team-member.onboarded') {
      const { role, seniority, country, managerId, region, requisitionId, probationUntil } = event.data;
      const probation = { state: probationUntil === null ? ('none' as const) : ('running' as const), until: probationUntil };
      return { ...NEW, id, version: event.version, role, seniority, country, managerId, region, requisitionId, probation, onboardedAt: event.occurredAt };
    }
    if (event.type === 'accounts.team-member.withdrawn' || !row) return null;
    const { trainings, grants, absences } = row;
    return { ...row, ...placed(row, event), ...grown(row, event), trainings: trained(trainings, event), grants: granted(grants, event), absences: absent(absences, event), version: event.version };
  },
});

const NEW = {
  status: 'onboarded', ramp: null, quotas: [], skills: [], diplomaLevel: null, experienceYears: null, trainings: [], lastOneOnOneOn: null, absences: [], grants: [], workload: null, leaving: null,
} as const;

function placed({ probation }: TeamBoardRow, event: TeamMemberEvent): Partial<TeamBoardRow> {
  switch (event.type) {
    case 'accounts.team-member.reassigned':
      return event.data;
    case 'accounts.team-member.position-changed': {
      const { role, seniority, country } = event.data;
      return { role, seniority, country };
    }
    case 'accounts.team-member.probation-confirmed':
      return { probation: { ...probation, state: 'confirmed' } };
    case 'accounts.team-member.probation-ended':
      return { probation: { ...probation, state: 'ended' } };
    case 'accounts.team-member.offboarded': {
      const { lastDay, cause } = event.data;
      return { status: 'offboarded', leaving: { lastDay, cause } };
    }
    default:
      return {};
  }
}

function grown(row: TeamBoardRow, event: TeamMemberEvent): Partial<TeamBoardRow> {
  switch (event.type) {
    case 'accounts.team-member.ramp-plan-set':
      return { ramp: event.data };
    case 'accounts.team-member.quota-set':
      return { quotas: [...row.quotas.filter(({ year }) => year !== event.data.year), event.data] };
    case 'accounts.team-member.skill-assessed':
      return { skills: [...row.skills.filter(({ skill }) => skill !== event.data.skill), event.data] };
    case 'accounts.team-member.credential-recorded':
      return event.data;
    case 'accounts.team-member.one-on-one-held':
      return { lastOneOnOneOn: [row.lastOneOnOneOn ?? '', event.data.heldOn].sort()[1]! };
    case 'accounts.team-member.workload-measured':
      return { workload: { ...event.data, exceededInMonth: row.workload?.exceededInMonth ?? null } };
    case 'accounts.team-member.workload-threshold-exceeded':
      return { workload: { ...row.workload!, exceededInMonth: event.data.month } };
    default:
      return {};
  }
}

const trained = (trainings: TeamBoardRow['trainings'], event: TeamMemberEvent): TeamBoardRow['trainings'] =>
  event.type === 'accounts.team-member.training-completed' ? [...trainings, event.data] : trainings;

function absent(absences: TeamBoardRow['absences'], event: TeamMemberEvent): TeamBoardRow['absences'] {
  if (event.type === 'accounts.team-member.absence-recorded') return [...absences, event.data];
  return event.type === 'accounts.team-member.absence-cancelled' ? absences.filter(({ absenceId }) => absenceId !== event.data.absenceId) : absences;
}

function granted(grants: TeamBoardRow['grants'], event: TeamMemberEvent): TeamBoardRow['grants'] {
  const ended = (grantId: string, state: 'revoked' | 'expired') => grants.map((grant) => (grant.grantId === grantId ? { ...grant, state } : grant));
  switch (event.type) {
    case 'accounts.team-member.role-granted': {
      const { grantId, role, accountIds, expiresAt } = event.data;
      return [...grants, { grantId, role, accountIds, expiresAt, state: 'granted' }];
    }
    case 'accounts.team-member.role-revoked':
      return ended(event.data.grantId, 'revoked');
    case 'accounts.team-member.access-expired':
      return ended(event.data.grantId, 'expired');
    default:
      return grants;
  }
}
