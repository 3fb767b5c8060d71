import { type StakeholderEvent, stakeholderContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** Who departs leaves the map of the account: its key is the stream's. */
export const endRelationshipsWhenAStakeholderDeparts = policy<StakeholderEvent>({
  name: 'end-relationships-when-a-stakeholder-departs',
  follows: [stakeholderContract],
  react: (event) =>
    event.type === 'accounts.stakeholder.departed'
      ? [{ name: 'relationship-maps/end-relationships', id: event.partitionKey, body: { stakeholderId: idOf(stakeholderContract, event.streamId) } }]
      : [],
});
