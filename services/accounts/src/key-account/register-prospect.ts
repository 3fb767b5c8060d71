import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsBody, IsName } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { CompanyProfileBody, profileOf } from './company-profile.js';
import { keyAccount, registerProspect } from './key-account.aggregate.js';

export class RegisterProspect extends AggregateCommand {
  @IsName() name!: string;
  @IsOptional() @IsBody(() => CompanyProfileBody) profile?: CompanyProfileBody;
}

export const registerProspectCase = useCase(RegisterProspect, {
  route: 'key-accounts',
  roles: ['kam', 'director'],
  on: keyAccount,
  decide(account, { name, profile, context: { actor } }) {
    return registerProspect(account, { name, profile: profileOf(profile) }, actor.roles.includes('kam') ? actor.memberId : null);
  },
});
