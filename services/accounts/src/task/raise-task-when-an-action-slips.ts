import { type AccountPlanEvent, accountPlanContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** An action that is rescheduled again and again is a task for the director (domain.md 4.3). */
export const raiseTaskWhenAnActionSlips = policy<AccountPlanEvent>({
  name: 'raise-task-when-an-action-slips',
  follows: [accountPlanContract],
  react(event, derive) {
    if (event.type !== 'accounts.account-plan.action-slipped') return [];
    const { title, dueOn, times } = event.data;
    const subject = { type: 'account-plan', id: idOf(accountPlanContract, event.streamId) };
    const matter = { kind: 'action-slipped', params: { title, dueOn, times: String(times) }, subject };
    return [{ name: 'tasks/raise', id: derive('task'), body: { accountId: event.partitionKey, audience: 'director', matter } }];
  },
});
