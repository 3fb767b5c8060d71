import { type RelationshipMapEvent, relationshipMapContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** A champion lost is a risk: whoever owns the account has to find another (domain.md 4.10). No name in it: an erasure reaches no task. */
export const raiseTaskWhenAChampionIsLost = policy<RelationshipMapEvent>({
  name: 'raise-task-when-a-champion-is-lost',
  follows: [relationshipMapContract],
  react(event, derive) {
    if (event.type !== 'accounts.relationship-map.champion-lost') return [];
    const { stakeholderId, loss } = event.data;
    const matter = { kind: 'champion-lost', params: { loss }, subject: { type: 'stakeholder', id: stakeholderId } };
    return [{ name: 'tasks/raise', id: derive('task'), body: { accountId: idOf(relationshipMapContract, event.streamId), matter } }];
  },
});
