import { type ErasureFacts, type ErasureGround, personContract, type PersonEvent, type PersonOwner } from '@keyfold/contracts';
import { decider, DomainError, type Fact, ignored } from '@keyfold/event-sourcing';

/** How far the erasure of a person is. An erased person stays erased. */
export interface Person {
  readonly status: 'untouched' | 'requested' | 'erased';
}

/** A person as the owner of the key knows one: an opaque id. The events carry the service's name. */
export function personOf(service: PersonOwner) {
  return {
    decider: decider<Person, PersonEvent>({ contract: personContract(service), initial: { status: 'untouched' }, evolve }),

    requestErasure: (person: Person, ground: ErasureGround): PersonEvent[] =>
      person.status === 'untouched' ? [{ type: `${service}.person.erasure-requested`, data: { ground } } as PersonEvent] : [],

    /** Only what was asked for is erased; `destroyedAt` is when the key went. */
    recordErasure(person: Person, facts: ErasureFacts, destroyedAt: string): PersonEvent[] {
      assertRequested(person);
      return person.status === 'erased' ? [] : [{ type: `${service}.person.erased`, data: facts, occurredAt: destroyedAt } as PersonEvent];
    },
  };
}

export function assertRequested(person: Person): void {
  if (person.status === 'untouched') throw new DomainError('erasure-not-requested');
}

function evolve(person: Person, fact: Fact<PersonEvent>): Person {
  switch (fact.type) {
    case 'accounts.person.erasure-requested':
    case 'satisfaction.person.erasure-requested':
      return { status: 'requested' };
    case 'accounts.person.erased':
    case 'satisfaction.person.erased':
      return { status: 'erased' };
    default:
      return ignored(person, fact);
  }
}
