import { MEMBER_ROLES, type MemberRole, SENIORITY_LEVELS, type SeniorityLevel } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { AggregateCommand, PersonalField, useCase } from '@keyfold/event-sourcing-nest';
import { IsBody, IsCountry, IsDateOnly, IsId, IsName, IsText, ProvenanceBody } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { memberUseCase } from './member-use-case.js';
import { changePosition, onboard, ownsAccounts, reassign, teamMember, withdrawMember } from './team-member.aggregate.js';
import { TeamMembers } from './team-members.js';

/** A new member, or one that an import says again: the id may be chosen by the caller. */
export class OnboardMember extends AggregateCommand {
  @PersonalField() @IsName() name!: string;
  @IsIn(MEMBER_ROLES) role!: MemberRole;
  @IsOptional() @IsIn(SENIORITY_LEVELS) seniority?: SeniorityLevel | null;
  @IsOptional() @IsId() managerId?: string | null;
  @IsOptional() @IsText(100) region?: string | null;
  @IsOptional() @IsCountry() country?: string | null;
  /** Last day of the probation. */
  @IsOptional() @IsDateOnly() probationUntil?: string | null;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

export const onboardMemberCase = useCase(OnboardMember, {
  route: ['team-members', 'team-members/:id/onboard'],
  roles: ['director', 'hr'],
  on: teamMember,
  makes: true,
  needs: [TeamMembers],
  permit: (command, member, [members]) => members.assertPlaces(command, member),
  prepare: ({ id, managerId = null }, member, [members]) => members.assertLeads(managerId, id, member),
  decide: (member, { id: memberId, name, role, seniority = null, managerId = null, region = null, country = null, probationUntil = null, provenance = null }) =>
    onboard(member, { memberId, name, role, seniority, managerId, region, country, probationUntil, requisitionId: null, provenance }),
});

/** Another manager or region. */
export class ReassignMember extends AggregateCommand {
  @IsOptional() @IsId() managerId?: string | null;
  @IsOptional() @IsText(100) region?: string | null;
}

export const reassignMemberCase = useCase(ReassignMember, {
  route: 'team-members/:id/reassign',
  roles: ['director'],
  on: teamMember,
  needs: [TeamMembers],
  permit: (command, member, [members]) => members.assertPlaces(command, member),
  prepare: ({ id, managerId = null }, member, [members]) => members.assertLeads(managerId, id, member),
  decide: (member, { managerId = null, region = null }) => reassign(member, { managerId, region }),
});

/** A promotion, or another role (domain.md C1); whoever looks after accounts no longer hands them over first. What the token lets in is the identity provider's. */
export class ChangeMemberPosition extends AggregateCommand {
  @IsIn(MEMBER_ROLES) role!: MemberRole;
  @IsOptional() @IsIn(SENIORITY_LEVELS) seniority?: SeniorityLevel | null;
  @IsOptional() @IsCountry() country?: string | null;
  @IsText(500) reason!: string;
}

export const changeMemberPositionCase = memberUseCase(ChangeMemberPosition, {
  route: 'team-members/:id/change-position',
  roles: ['director', 'hr'],
  needs: [TeamMembers],
  prepare: async ({ id, role, context }, member, [members]) => (member.status === 'onboarded' && !ownsAccounts(role) ? members.assertHandedOver(id, context.now) : []),
  decide: (member, { role, seniority = null, country = null, reason }, cleared) => changePosition(member, { role, seniority, country }, reason, cleared),
});

/** Takes an imported member back. */
export class WithdrawMember extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const withdrawMemberCase = useCase(WithdrawMember, {
  route: 'team-members/:id/withdraw',
  roles: ['director'],
  on: teamMember,
  needs: [TeamMembers],
  async permit({ id, scope, context: { actor } }, _member, [members]) {
    if (!scope.covers(id) && !(await members.leadsEverybody(actor))) throw new NotFound('team-member', id);
  },
  prepare: ({ id }, _member, [members]) => members.assertNotNeeded(id),
  decide: (member, { reason }) => withdrawMember(member, reason),
});
