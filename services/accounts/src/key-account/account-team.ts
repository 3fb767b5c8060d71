import { ACCOUNT_TEAM_ROLES, type AccountTeamRole } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsId, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { TeamMembers } from '../team-member/team-members.js';
import { accountUseCase } from './accounts.js';
import { keyAccount } from './key-account.aggregate.js';
import { addTeamMember, removeTeamMember } from './key-account.belonging.js';

/** Somebody who works on the account beside its owner, and whether he may change what belongs to it. */
export class AddAccountTeamMember extends AggregateCommand {
  @IsId() memberId!: string;
  @IsIn(ACCOUNT_TEAM_ROLES) role!: AccountTeamRole;
  @IsIn(['read', 'edit']) access!: 'read' | 'edit';
}

export const addAccountTeamMemberCase = accountUseCase(AddAccountTeamMember, {
  route: 'key-accounts/:id/add-team-member',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  needs: [TeamMembers],
  prepare: ({ memberId }, _account, [members]) => members.assertOnboarded(memberId),
  decide: (account, { memberId, role, access }) => addTeamMember(account, { memberId, role, access }),
});

export class RemoveAccountTeamMember extends AggregateCommand {
  @IsId() memberId!: string;
  @IsOptional() @IsText(500) reason?: string | null;
}

export const removeAccountTeamMemberCase = accountUseCase(RemoveAccountTeamMember, {
  route: 'key-accounts/:id/remove-team-member',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  decide: (account, { memberId, reason = null }) => removeTeamMember(account, { memberId, reason }),
});
