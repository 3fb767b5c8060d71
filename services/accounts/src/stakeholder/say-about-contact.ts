import { CONTACT_PURPOSES, type ContactPurpose } from '@keyfold/contracts';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsInstant } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Accounts } from '../key-account/accounts.js';
import { RELATION_KEEPERS } from './register-stakeholder.js';
import { accountOf, giveConsent, raiseOpposition, receiveContact, type Stakeholder, stakeholder } from './stakeholder.aggregate.js';

/** What a person says is heard also where the account is closed. */
const permit = async <C extends AggregateCommand>({ scope }: C, state: Stakeholder, [accounts]: readonly [Accounts]): Promise<void> => {
  const accountId = accountOf(state);
  if (accountId !== null) await accounts.assertEditable(accountId, scope);
};

export class GiveConsent extends AggregateCommand {
  @IsIn(CONTACT_PURPOSES) purpose!: ContactPurpose;
}

export const giveConsentCase = useCase(GiveConsent, {
  route: 'stakeholders/:id/give-consent',
  roles: [...RELATION_KEEPERS, 'service-agent'],
  on: stakeholder,
  needs: [Accounts],
  permit,
  decide: (state, { purpose }) => giveConsent(state, purpose),
});

export class RaiseOpposition extends AggregateCommand {
  @IsIn(CONTACT_PURPOSES) purpose!: ContactPurpose;
}

export const raiseOppositionCase = useCase(RaiseOpposition, {
  route: 'stakeholders/:id/raise-opposition',
  roles: [...RELATION_KEEPERS, 'service-agent'],
  on: stakeholder,
  needs: [Accounts],
  permit,
  decide: (state, { purpose }) => raiseOpposition(state, purpose),
});

/** The person wrote, called or met us. */
export class ReceiveContact extends AggregateCommand {
  @IsInstant() at!: string;
}

export const receiveContactCase = useCase(ReceiveContact, {
  route: 'stakeholders/:id/receive-contact',
  roles: [...RELATION_KEEPERS, 'service-agent', 'service'],
  on: stakeholder,
  needs: [Accounts],
  permit,
  decide: (state, { at, context }) => receiveContact(state, new Date(at).toISOString(), context.now),
});
