import { type StakeholderEvent, stakeholderContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** A move ends in a registration on the other account, whatever crashes in between. */
export const registerStakeholderWhenOneMoves = policy<StakeholderEvent>({
  name: 'register-stakeholder-when-one-moves',
  follows: [stakeholderContract],
  react(event) {
    if (event.type !== 'accounts.stakeholder.departed' || !event.data.movedTo) return [];
    const { accountId, stakeholderId } = event.data.movedTo;
    return [{ name: 'stakeholders/take-over', id: stakeholderId, body: { formerId: idOf(stakeholderContract, event.streamId), accountId } }];
  },
});
