import type { TeamMemberEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertPresent, type Grant, type TeamMember } from './team-member.aggregate.js';
import { entryOf } from './team-member.development.js';

const LONGEST_DAYS = 366;
const GRANTS_LIMIT = 20;
const DAY_MS = 86_400_000;

/** Read access for a time (domain.md C1). The same role on the same accounts until the same instant is the same grant. */
export function grantRole(member: TeamMember, { grantId, role, accountIds, expiresAt }: Grant & { grantId: string }, reason: string, now: string): TeamMemberEvent[] {
  const { grants } = assertPresent(member);
  if (expiresAt <= now) throw new DomainError('grant-in-past');
  if (Date.parse(expiresAt) - Date.parse(now) > (LONGEST_DAYS + 1) * DAY_MS) throw new DomainError('grant-too-long', { days: LONGEST_DAYS });
  const running = Object.values(grants).filter((grant) => grant !== null && grant.expiresAt > now);
  if (running.some((grant) => JSON.stringify(grant) === JSON.stringify({ role, accountIds, expiresAt }))) return [];
  if (running.length >= GRANTS_LIMIT) throw new DomainError('grants-too-many', { limit: GRANTS_LIMIT });
  return [{ type: 'accounts.team-member.role-granted', data: { grantId, role, accountIds, expiresAt, reason } }];
}

export function revokeRole(member: TeamMember, grantId: string, reason: string): TeamMemberEvent[] {
  const grant = entryOf(assertPresent(member).grants, grantId);
  if (grant === undefined) throw new DomainError('grant-unknown');
  return grant === null ? [] : [{ type: 'accounts.team-member.role-revoked', data: { grantId, reason } }];
}

/** Says that a grant has run out: one that was revoked before, or whose member has left, needs no saying. */
export function expireAccess(member: TeamMember, grantId: string, now: string): TeamMemberEvent[] {
  if (member.status !== 'onboarded') return [];
  const grant = entryOf(member.grants, grantId);
  return grant && grant.expiresAt <= now ? [{ type: 'accounts.team-member.access-expired', data: { grantId } }] : [];
}
