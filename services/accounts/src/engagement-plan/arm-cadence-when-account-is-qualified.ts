import { type KeyAccountEvent, keyAccountContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** What an account is owed follows from its tier (domain.md 3.10). */
export const armCadenceWhenAccountIsQualified = policy<KeyAccountEvent>({
  name: 'arm-cadence-when-account-is-qualified',
  follows: [keyAccountContract],
  react(event) {
    if (event.type !== 'accounts.key-account.qualified') return [];
    return [{ name: 'engagement-plans/arm-cadence', id: idOf(keyAccountContract, event.streamId), body: {} }];
  },
});
