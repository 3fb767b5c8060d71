import { type KeyAccountEvent, keyAccountContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** What an account is owed follows from its tier (domain.md 3.10); one that is no longer there is owed nothing. */
const CHANGES: readonly string[] = ['qualified', 'disqualified', 'merged', 'closed'].map((name) => `accounts.key-account.${name}`);

export const armCadenceWhenTierChanges = policy<KeyAccountEvent>({
  name: 'arm-cadence-when-tier-changes',
  follows: [keyAccountContract],
  react(event) {
    if (!CHANGES.includes(event.type)) return [];
    return [{ name: 'engagement-plans/arm-cadence', id: idOf(keyAccountContract, event.streamId), body: {} }];
  },
});
