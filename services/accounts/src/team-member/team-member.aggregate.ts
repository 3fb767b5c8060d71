import { type GrantedRole, type LeavingCause, type MemberPosition, type MemberRole, type Provenance, type Quota, type RampPlan, type TeamMemberEvent, teamMemberContract } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';
import { type Buckets, entriesOf, entryOf, withEntry } from '../reservation/buckets.js';

export interface Grant {
  readonly role: GrantedRole;
  readonly accountIds: readonly string[] | null;
  readonly expiresAt: string;
}

export interface Absence {
  readonly from: string;
  readonly to: string;
}

/** Somebody who is or was with us. */
export interface KnownMember extends MemberPosition {
  readonly status: 'onboarded' | 'offboarded';
  readonly onboardedAt: string;
  readonly managerId: string | null;
  readonly region: string | null;
  readonly provenance: Provenance | null;
  readonly probation: 'none' | 'running' | 'confirmed' | 'ended';
  readonly ramp: RampPlan | null;
  readonly quotas: Readonly<Record<string, Quota>>;
  /** Skill -> level. */
  readonly skills: Readonly<Record<string, number>>;
  readonly diplomaLevel: number | null;
  readonly experienceYears: number | null;
  /** `<training> <day>` of every training. */
  readonly trainings: readonly string[];
  /** `<lead> <day>` of every one-to-one. */
  readonly oneOnOnes: readonly string[];
  /** By id; null once cancelled. */
  readonly absences: Readonly<Record<string, Absence | null>>;
  /** By id; null once revoked or run out. */
  readonly grants: Readonly<Record<string, Grant | null>>;
  /** The last month measured. */
  readonly workload: { readonly month: string; readonly above: boolean; readonly told: boolean } | null;
  /** Accounts that are, were or are about to become the member's, with the instant at which that was last said. */
  readonly entrusted: Buckets<string>;
  readonly version: number;
}

export type TeamMember = { readonly status: 'unknown' } | { readonly status: 'withdrawn' } | KnownMember;

export const teamMember = decider<TeamMember, TeamMemberEvent>({
  contract: teamMemberContract,
  initial: { status: 'unknown' },
  snapshotVersion: 1,
  evolve(state, fact): TeamMember {
    if (fact.type === 'accounts.team-member.onboarded') {
      const { role, seniority, country, managerId, region, provenance, probationUntil } = fact.data;
      const probation = probationUntil === null ? 'none' : 'running';
      return { ...NEW, role, seniority, country, managerId, region, provenance, probation, onboardedAt: fact.occurredAt, version: fact.version };
    }
    if (fact.type === 'accounts.team-member.withdrawn') return { status: 'withdrawn' };
    return isKnown(state) ? { ...grown(state, fact), version: fact.version } : state;
  },
});

const NEW = {
  status: 'onboarded', ramp: null, quotas: {}, skills: {}, diplomaLevel: null, experienceYears: null, trainings: [], oneOnOnes: [], absences: {}, grants: {}, workload: null, entrusted: [],
} as const;

type Later = Exclude<Parameters<typeof teamMember.evolve>[1], { type: 'accounts.team-member.onboarded' | 'accounts.team-member.withdrawn' }>;

function grown(member: KnownMember, fact: Later): KnownMember {
  switch (fact.type) {
    case 'accounts.team-member.reassigned':
    case 'accounts.team-member.credential-recorded':
      return { ...member, ...fact.data };
    case 'accounts.team-member.position-changed': {
      const { role, seniority, country } = fact.data;
      return { ...member, role, seniority, country };
    }
    case 'accounts.team-member.probation-confirmed':
      return { ...member, probation: 'confirmed' };
    case 'accounts.team-member.probation-ended':
      return { ...member, probation: 'ended' };
    case 'accounts.team-member.ramp-plan-set':
      return { ...member, ramp: fact.data };
    case 'accounts.team-member.quota-set':
      return { ...member, quotas: { ...member.quotas, [fact.data.year]: fact.data } };
    case 'accounts.team-member.skill-assessed':
      return { ...member, skills: { ...member.skills, [fact.data.skill]: fact.data.level } };
    case 'accounts.team-member.training-completed':
      return { ...member, trainings: [...member.trainings, trainingKey(fact.data)] };
    case 'accounts.team-member.one-on-one-held':
      return { ...member, oneOnOnes: [...member.oneOnOnes, oneOnOneKey(fact.data)] };
    case 'accounts.team-member.account-entrusted':
      return { ...member, entrusted: withEntry(member.entrusted, fact.data.accountId, fact.occurredAt) };
    case 'accounts.team-member.offboarded':
      return { ...member, status: 'offboarded', grants: {} };
    default:
      return withAbsencesAndAccess(member, fact);
  }
}

type OfAbsencesAndAccess = Extract<Later, { type: `accounts.team-member.${'absence' | 'role' | 'access' | 'workload'}-${string}` }>;

function withAbsencesAndAccess(member: KnownMember, fact: OfAbsencesAndAccess): KnownMember {
  switch (fact.type) {
    case 'accounts.team-member.absence-recorded': {
      const { absenceId, from, to } = fact.data;
      return { ...member, absences: { ...member.absences, [absenceId]: { from, to } } };
    }
    case 'accounts.team-member.absence-cancelled':
      return { ...member, absences: { ...member.absences, [fact.data.absenceId]: null } };
    case 'accounts.team-member.role-granted': {
      const { grantId, role, accountIds, expiresAt } = fact.data;
      return { ...member, grants: { ...member.grants, [grantId]: { role, accountIds, expiresAt } } };
    }
    case 'accounts.team-member.role-revoked':
    case 'accounts.team-member.access-expired':
      return { ...member, grants: { ...member.grants, [fact.data.grantId]: null } };
    case 'accounts.team-member.workload-measured': {
      const { month, loadPercent, thresholdPercent } = fact.data;
      const above = loadPercent !== null && loadPercent > thresholdPercent;
      return { ...member, workload: { month, above, told: above && (member.workload?.told ?? false) } };
    }
    case 'accounts.team-member.workload-threshold-exceeded':
      return { ...member, workload: { month: fact.data.month, above: true, told: true } };
    default:
      return ignored(member, fact);
  }
}

export const trainingKey = ({ training, completedOn }: { training: string; completedOn: string }): string => `${training} ${completedOn}`;
export const oneOnOneKey = ({ leadId, heldOn }: { leadId: string; heldOn: string }): string => `${leadId} ${heldOn}`;

const isKnown = (member: TeamMember): member is KnownMember => member.status === 'onboarded' || member.status === 'offboarded';

/** The member as long as he is with us. */
export function assertPresent(member: TeamMember): KnownMember {
  if (!isKnown(member)) throw new DomainError('member-unknown');
  if (member.status === 'offboarded') throw new DomainError('member-offboarded');
  return member;
}

export type Onboarding = Extract<TeamMemberEvent, { type: 'accounts.team-member.onboarded' }>['data'];

/** Said again it changes what moved: manager and region. The name is personal and only ciphertext from here on, so it cannot be compared. */
export function onboard(member: TeamMember, facts: Onboarding): TeamMemberEvent[] {
  if (facts.managerId === facts.memberId) throw new DomainError('manager-is-self');
  if (!isKnown(member)) return [{ type: 'accounts.team-member.onboarded', data: facts }];
  // An import says all of its rows again, also of those who have left since.
  if (member.status === 'offboarded' && facts.provenance && member.provenance) return [];
  return reassign(member, facts);
}

export function reassign(member: TeamMember, { managerId, region }: { managerId: string | null; region: string | null }): TeamMemberEvent[] {
  const present = assertPresent(member);
  return present.managerId === managerId && present.region === region ? [] : [{ type: 'accounts.team-member.reassigned', data: { managerId, region } }];
}

/** Whether accounts belong to members of this role. */
export const ownsAccounts = (role: MemberRole): boolean => role === 'kam' || role === 'director';

/** `cleared`: as for an offboarding, where accounts belong to nobody of the new role. */
export function changePosition(member: TeamMember, { role, seniority, country }: MemberPosition, reason: string, cleared: KnownMember['entrusted']): TeamMemberEvent[] {
  const present = assertPresent(member);
  const same = present.role === role && present.seniority === seniority && present.country === country;
  if (!ownsAccounts(role)) assertCleared(present, cleared);
  return same ? [] : [{ type: 'accounts.team-member.position-changed', data: { role, seniority, country, reason } }];
}

/**
 * Said before an account becomes the member's, in the stream that his offboarding is appended to: of the two, one comes first and the other has to reckon with it.
 * Each attempt says it again, so that its instant tells for how long the account's own append may still be on its way.
 */
export function entrust(member: TeamMember, accountId: string, at: string): TeamMemberEvent[] {
  if (!isKnown(member)) return [];
  if (member.status === 'offboarded') throw new DomainError('member-leaving');
  if (!ownsAccounts(member.role)) throw new DomainError('owner-not-account-manager');
  return entryOf(member.entrusted, accountId) === at ? [] : [{ type: 'accounts.team-member.account-entrusted', data: { accountId }, occurredAt: at }];
}

/** `leavesAt`: the first instant after the last day. `cleared`: the entrusted accounts, as they were when each was seen to be somebody else's from then on. */
export function offboard(member: TeamMember, facts: { lastDay: string; cause: LeavingCause; reason: string }, leavesAt: string, cleared: KnownMember['entrusted']): TeamMemberEvent[] {
  if (!isKnown(member)) throw new DomainError('member-unknown');
  if (member.status === 'offboarded') return [];
  if (leavesAt <= member.onboardedAt) throw new DomainError('last-day-before-onboarding');
  assertCleared(member, cleared);
  return [{ type: 'accounts.team-member.offboarded', data: facts, occurredAt: leavesAt }];
}

function assertCleared({ entrusted }: KnownMember, cleared: KnownMember['entrusted']): void {
  if (entriesOf(entrusted).some(([accountId, at]) => entryOf(cleared, accountId) !== at)) throw new DomainError('portfolio-changing');
}

/** Takes an imported member back. That nobody depends on the member is checked by the handler. */
export function withdrawMember(member: TeamMember, reason: string): TeamMemberEvent[] {
  if (member.status === 'withdrawn') return [];
  if (member.status === 'unknown') throw new DomainError('member-unknown');
  if (!member.provenance) throw new DomainError('withdraw-not-imported');
  return [{ type: 'accounts.team-member.withdrawn', data: { reason }, supersedes: Array.from({ length: member.version }, (_, i) => i + 1) }];
}
