import { CONTACT_PURPOSES, type ContactPurpose } from '@keyfold/contracts';
import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsInstant } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Accounts } from '../key-account/accounts.js';
import { permitKeepers } from './permit-keepers.js';
import { RELATION_KEEPERS } from './register-stakeholder.js';
import { giveConsent, movedTo, raiseOpposition, receiveContact, stakeholder } from './stakeholder.aggregate.js';

export class GiveConsent extends AggregateCommand {
  @IsIn(CONTACT_PURPOSES) purpose!: ContactPurpose;
}

export const giveConsentCase = useCase(GiveConsent, {
  route: 'stakeholders/:id/give-consent',
  roles: [...RELATION_KEEPERS, 'service-agent'],
  on: stakeholder,
  needs: [Accounts],
  permit: permitKeepers,
  decide: (state, { purpose }) => giveConsent(state, purpose),
});

export class RaiseOpposition extends AggregateCommand {
  @IsIn(CONTACT_PURPOSES) purpose!: ContactPurpose;
}

export const raiseOppositionCase = useCase(RaiseOpposition, {
  route: 'stakeholders/:id/raise-opposition',
  roles: [...RELATION_KEEPERS, 'service-agent'],
  on: stakeholder,
  needs: [Accounts, Commands],
  permit: permitKeepers,
  decide: (state, { purpose }) => raiseOpposition(state, purpose),
  /** Whoever moved meanwhile is written to no more where he is now; who is still on his way takes it along. */
  async after(command, state, [, commands]) {
    for (let id = movedTo(state); id !== null; ) {
      await commands.also(stakeholder, id, command, `moved:${id}`, (moved) => (moved.status === 'unknown' ? [] : raiseOpposition(moved, command.purpose)));
      id = movedTo((await commands.load(stakeholder, id)).state);
    }
  },
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
  permit: permitKeepers,
  decide: (state, { at, context }) => receiveContact(state, new Date(at).toISOString(), context.now),
});
