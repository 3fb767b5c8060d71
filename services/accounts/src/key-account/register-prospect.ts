import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsBody, IsName } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { TeamMembers } from '../team-member/team-members.js';
import { assertAccountId } from './accounts.js';
import { CompanyProfileBody, profileOf } from './company-profile.js';
import { keyAccount } from './key-account.aggregate.js';
import { registerProspect } from './key-account.life.js';

export class RegisterProspect extends AggregateCommand {
  @IsName() name!: string;
  @IsOptional() @IsBody(() => CompanyProfileBody) profile?: CompanyProfileBody;
}

export const registerProspectCase = useCase(RegisterProspect, {
  route: 'key-accounts',
  roles: ['kam', 'director'],
  on: keyAccount,
  permit: async ({ id }) => assertAccountId(id),
  needs: [TeamMembers],
  async prepare(command, _account, [members]) {
    const { memberId, roles } = command.context.actor;
    const ownerId = roles.includes('kam') ? memberId : null;
    if (ownerId !== null) members.entrust(command, ownerId);
    return ownerId;
  },
  decide: (account, { name, profile }, ownerId) => registerProspect(account, { name, profile: profileOf(profile) }, ownerId),
});
