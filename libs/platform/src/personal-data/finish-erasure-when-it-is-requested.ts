import { personContract, type PersonEvent, type PersonOwner } from '@keyfold/contracts';
import { idOf, type Policy, policy } from '@keyfold/event-sourcing';

/** The command that takes a request erases in the same breath; whatever a crash leaves undone is done when the request comes back over the topic. */
export const finishErasureWhenItIsRequested = (service: PersonOwner): Policy =>
  policy<PersonEvent>({
    name: 'finish-erasure-when-it-is-requested',
    follows: [personContract(service) as never],
    react: ({ type, streamId }) => (type === `${service}.person.erasure-requested` ? [{ name: 'persons/finish-erasure', id: idOf(personContract(service), streamId), body: {} }] : []),
  });
