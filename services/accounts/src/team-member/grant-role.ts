import { GRANTED_ROLES, type GrantedRole } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, uuid5, useCase } from '@keyfold/event-sourcing-nest';
import { addDays, IsDateOnly, IsId, IsIds, IsText, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Accounts } from '../key-account/accounts.js';
import { memberUseCase } from './member-use-case.js';
import { teamMember } from './team-member.aggregate.js';
import { assertAnother } from './team-member.development.js';
import { expireAccess, grantRole, revokeRole } from './team-member.grants.js';
import { TeamMembers } from './team-members.js';

/** A member reads as another role until a day, on some accounts or on all (domain.md C1). A director opens what is in his own scope, and all of it when nobody leads him. */
export class GrantRole extends AggregateCommand {
  @IsIn(GRANTED_ROLES) role!: GrantedRole;
  /** Absent: every account. */
  @IsOptional() @IsIds(100, 1) accountIds?: string[] | null;
  /** Last day. */
  @IsDateOnly() until!: string;
  @IsText(500) reason!: string;
}

export const grantRoleCase = memberUseCase(GrantRole, {
  route: 'team-members/:id/grant-role',
  roles: ['director', 'admin'],
  needs: [Accounts, TeamMembers, ReportingTime],
  async prepare({ accountIds, scope, context: { actor } }, _member, [accounts, members]) {
    if (actor.roles.includes('admin')) return;
    for (const accountId of accountIds ?? []) await accounts.assertEditable(accountId, scope);
    if (!accountIds && (actor.memberId === null || (await members.present(actor.memberId)).managerId !== null)) throw new DomainError('grant-too-wide');
  },
  decide(member, { id, role, accountIds, until, reason, context: { commandId, actor, now } }, _prepared, [, , time]) {
    assertAnother(id, actor.memberId ?? actor.subject);
    const grant = { grantId: uuid5(commandId, 'grant'), role, accountIds: accountIds ? [...accountIds].sort() : null, expiresAt: time.startOfDay(addDays(until, 1)) };
    return grantRole(member, grant, reason, now);
  },
});

export class RevokeRole extends AggregateCommand {
  @IsId() grantId!: string;
  @IsText(500) reason!: string;
}

export const revokeRoleCase = memberUseCase(RevokeRole, {
  route: 'team-members/:id/revoke-role',
  roles: ['director', 'admin'],
  decide: (member, { grantId, reason }) => revokeRole(member, grantId, reason),
});

/** Sent by the timer of the grant. */
export class ExpireAccess extends AggregateCommand {
  @IsId() grantId!: string;
}

export const expireAccessCase = useCase(ExpireAccess, {
  route: 'team-members/:id/expire-access',
  roles: ['service'],
  on: teamMember,
  decide: (member, { grantId, context }) => expireAccess(member, grantId, context.now),
});
