import type { Credential, ProbationEndCause, Quota, RampPlan, TeamMemberEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertPresent, oneOnOneKey, type TeamMember, trainingKey } from './team-member.aggregate.js';

type Data<Type extends TeamMemberEvent['type']> = Extract<TeamMemberEvent, { type: Type }>['data'];

/** Decides about another: nobody assesses, confirms or dismisses himself. */
export function assertAnother(memberId: string, deciderId: string | null): string {
  if (deciderId === null || deciderId === memberId) throw new DomainError('member-is-self');
  return deciderId;
}

export function confirmProbation(member: TeamMember, reviewerId: string): TeamMemberEvent[] {
  const { probation } = assertPresent(member);
  if (probation === 'confirmed') return [];
  if (probation !== 'running') throw new DomainError('member-not-on-probation');
  return [{ type: 'accounts.team-member.probation-confirmed', data: { reviewerId } }];
}

export function endProbation(member: TeamMember, reviewerId: string, cause: ProbationEndCause): TeamMemberEvent[] {
  const { probation } = assertPresent(member);
  if (probation === 'ended') return [];
  if (probation !== 'running') throw new DomainError('member-not-on-probation');
  return [{ type: 'accounts.team-member.probation-ended', data: { reviewerId, cause } }];
}

export const setRampPlan = (member: TeamMember, plan: RampPlan): TeamMemberEvent[] =>
  same(assertPresent(member).ramp, plan) ? [] : [{ type: 'accounts.team-member.ramp-plan-set', data: plan }];

export const setQuota = (member: TeamMember, quota: Quota): TeamMemberEvent[] =>
  same(assertPresent(member).quotas[quota.year], quota) ? [] : [{ type: 'accounts.team-member.quota-set', data: quota }];

export const assessSkill = (member: TeamMember, facts: Data<'accounts.team-member.skill-assessed'>): TeamMemberEvent[] =>
  assertPresent(member).skills[facts.skill] === facts.level ? [] : [{ type: 'accounts.team-member.skill-assessed', data: facts }];

export function recordCredential(member: TeamMember, { diplomaLevel, experienceYears }: Credential): TeamMemberEvent[] {
  const known = assertPresent(member);
  return known.diplomaLevel === diplomaLevel && known.experienceYears === experienceYears ? [] : [{ type: 'accounts.team-member.credential-recorded', data: { diplomaLevel, experienceYears } }];
}

export function completeTraining(member: TeamMember, facts: Data<'accounts.team-member.training-completed'>, today: string): TeamMemberEvent[] {
  const { trainings } = assertPresent(member);
  assertPast(facts.completedOn, today);
  return trainings.includes(trainingKey(facts)) ? [] : [{ type: 'accounts.team-member.training-completed', data: facts }];
}

export function holdOneOnOne(member: TeamMember, facts: Data<'accounts.team-member.one-on-one-held'>, today: string): TeamMemberEvent[] {
  const { oneOnOnes } = assertPresent(member);
  assertPast(facts.heldOn, today);
  return oneOnOnes.includes(oneOnOneKey(facts)) ? [] : [{ type: 'accounts.team-member.one-on-one-held', data: facts }];
}

export function recordAbsence(member: TeamMember, { absenceId, from, to }: Data<'accounts.team-member.absence-recorded'>): TeamMemberEvent[] {
  const { absences } = assertPresent(member);
  if (to < from) throw new DomainError('dates-in-wrong-order');
  const other = Object.values(absences).find((absence) => absence && absence.from <= to && absence.to >= from);
  if (other?.from === from && other.to === to) return [];
  if (other) throw new DomainError('absence-overlaps', { from: other.from, to: other.to });
  return [{ type: 'accounts.team-member.absence-recorded', data: { absenceId, from, to } }];
}

export function cancelAbsence(member: TeamMember, absenceId: string): TeamMemberEvent[] {
  const absence = entryOf(assertPresent(member).absences, absenceId);
  if (absence === undefined) throw new DomainError('absence-unknown');
  return absence === null ? [] : [{ type: 'accounts.team-member.absence-cancelled', data: { absenceId } }];
}

/** What a record has under an id that a caller named; undefined, and never what every object has. */
export const entryOf = <Value>(record: Readonly<Record<string, Value>>, id: string): Value | undefined => (Object.hasOwn(record, id) ? record[id] : undefined);

const same = (one: object | null | undefined, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);

function assertPast(day: string, today: string): void {
  if (day > today) throw new DomainError('date-in-future');
}
