import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsBody, IsDateOnly, IsName, ProvenanceBody, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { TeamMembers } from '../team-member/team-members.js';
import { Accounts, assertAccountId } from './accounts.js';
import { CompanyProfileBody, profileOf } from './company-profile.js';
import { keyAccount } from './key-account.aggregate.js';
import { assertNotToCome, registerClient } from './key-account.life.js';

/** An existing client, active from a date; the caller chooses the id, so that an import may say it again. */
export class RegisterClient extends AggregateCommand {
  @IsName() name!: string;
  @IsOptional() @IsBody(() => CompanyProfileBody) profile?: CompanyProfileBody;
  @IsDateOnly() activeSince!: string;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

export const registerClientCase = useCase(RegisterClient, {
  route: 'key-accounts/:id/register-client',
  roles: ['director'],
  on: keyAccount,
  makes: true,
  needs: [ReportingTime, Accounts, TeamMembers],
  /** Said again it changes what is known of the account. An import is said again by whoever leads everybody, also of what nobody of his owns. */
  async permit({ id, scope, context: { actor } }, account, [, accounts, members]) {
    assertAccountId(id);
    if (account.status !== 'unknown' && !(await members.leadsEverybody(actor))) await accounts.assertEditable(id, scope);
  },
  decide(account, { name, profile, activeSince, provenance = null, context }, _prepared, [time]) {
    assertNotToCome(activeSince, time.dateOf(context.now));
    return registerClient(account, { name, profile: profileOf(profile), provenance }, time.startOfDay(activeSince));
  },
});
