import { CONTACT_PURPOSES, type ContactPurpose } from '@keyfold/contracts';
import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsId, IsInstant } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Accounts } from '../key-account/accounts.js';
import { permitKeepers } from './permit-keepers.js';
import { RELATION_KEEPERS } from './register-stakeholder.js';
import { giveConsent, isKnown, movedTo, raiseOpposition, receiveContact, stakeholder, takeContactBack } from './stakeholder.aggregate.js';

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
  /** The touchpoint that says so. */
  @IsOptional() @IsId() touchpointId?: string | null;
}

export const receiveContactCase = useCase(ReceiveContact, {
  route: 'stakeholders/:id/receive-contact',
  roles: [...RELATION_KEEPERS, 'service-agent', 'service'],
  on: stakeholder,
  needs: [Accounts],
  permit: permitKeepers,
  decide: (state, { at, touchpointId = null, context }) => receiveContact(state, { at: new Date(at).toISOString(), touchpointId }, context.now),
});

/** Told when the touchpoint that said so is taken back. */
export class TakeContactBack extends AggregateCommand {
  @IsInstant() at!: string;
  @IsId() touchpointId!: string;
}

export const takeContactBackCase = useCase(TakeContactBack, {
  route: 'stakeholders/:id/take-contact-back',
  roles: ['service'],
  on: stakeholder,
  needs: [Commands],
  decide: (state, { at, touchpointId }) => takeContactBack(state, { at, touchpointId }),
  /** Whoever moved meanwhile took his last contact along. */
  async after(command, state, [commands]) {
    const { at, touchpointId } = command;
    const left = isKnown(state) ? state.contacts.at(-1) : undefined;
    for (let id = movedTo(state); id !== null; ) {
      await commands.also(stakeholder, id, command, `moved:${id}`, (moved) => (isKnown(moved) ? takeContactBack(moved, { at, touchpointId }, left) : []));
      id = movedTo((await commands.load(stakeholder, id)).state);
    }
  },
});
