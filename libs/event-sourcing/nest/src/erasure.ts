import { accountsPersonContract, satisfactionPersonContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, marksOfPolicy, policy, PolicyRunner, type SubscriberTools } from '@keyfold/event-sourcing';
import type { Adapters, CommandSender } from './tokens.js';

/** What the services of a deployment have taken note of. */
export interface ErasureNotes {
  /** Whether a service has read a person's stream up to `version` and so dropped what it held of the key; null when it cannot be asked. */
  noted(service: string, streamId: string, version: number): Promise<boolean | null>;
  /** Has every process of this service drop what it holds of the person's key. Throws Unavailable. */
  spread(personId: string): Promise<void>;
}

const PERSONS = [accountsPersonContract, satisfactionPersonContract] as unknown as readonly AggregateContract<never>[];

const forgetErasedPersons = policy({ name: 'forget-erased-persons', follows: PERSONS, react: () => [] });

/**
 * Every service lets go of a key when it hears that the person was erased. The mark is the note of it. One process of the service gets the event, and spreads it among the
 * others before it is marked; one that is out of reach then lets go when it is back, and in any case when its copy is five minutes old.
 */
export const forgetting = ({ vault, projections, erasureNotes }: Adapters, tools: SubscriberTools & Pick<Adapters, 'ids'> & { sender: CommandSender }): PolicyRunner =>
  new PolicyRunner(forgetErasedPersons, projections, tools, ({ type, streamId }) => {
    const contract = PERSONS.find((person) => type === `${person.service}.${person.name}.erased`);
    if (!contract) return null;
    const personId = idOf(contract, streamId);
    return async () => {
      vault.forget(personId);
      await erasureNotes.spread(personId);
    };
  });

/** Whether the service over these projections has dealt with a person's stream up to `version`. */
export async function hasForgotten(projections: Adapters['projections'], streamId: string, version: number): Promise<boolean> {
  return ((await projections.marks(marksOfPolicy(forgetErasedPersons), [streamId])).get(streamId)?.applied ?? 0) >= version;
}
