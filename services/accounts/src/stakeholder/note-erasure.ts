import { accountsPersonContract, type PersonEvent, stakeholderContract, type StakeholderEvent } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { noteErasure, stakeholder } from './stakeholder.aggregate.js';

export class NoteErasure extends AggregateCommand {}

export const noteErasureCase = useCase(NoteErasure, {
  route: 'stakeholders/:id/note-erasure',
  roles: ['service'],
  on: stakeholder,
  makes: true,
  decide: noteErasure,
});

/** A person's first registration has the person's own id. The later ones are told one by the other, along the moves. */
export const noteErasureWhenAPersonIsErased = policy<PersonEvent<'accounts'> | StakeholderEvent>({
  name: 'note-erasure-when-a-person-is-erased',
  follows: [accountsPersonContract, stakeholderContract],
  react(event) {
    if (event.type === 'accounts.person.erased') return [{ name: 'stakeholders/note-erasure', id: idOf(accountsPersonContract, event.streamId), body: {} }];
    if (event.type === 'accounts.stakeholder.erased' && event.data.movedTo !== null) return [{ name: 'stakeholders/note-erasure', id: event.data.movedTo, body: {} }];
    return [];
  },
});
