import { type EngagementPlanEvent, engagementPlanContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** Whoever owns an account is told of what it was owed and did not get; not again of what is long over, when the contact that had kept it is taken back. */
export const raiseTaskWhenCadenceIsMissed = policy<EngagementPlanEvent>({
  name: 'raise-task-when-cadence-is-missed',
  follows: [engagementPlanContract],
  react(event, derive) {
    if (event.type !== 'accounts.engagement-plan.cadence-missed' || event.supersedes.length > 0) return [];
    const accountId = idOf(engagementPlanContract, event.streamId);
    const { level, dueOn } = event.data;
    return [{ name: 'tasks/raise', id: derive('task'), body: { accountId, matter: { kind: 'cadence-missed', params: { level, dueOn }, subject: { type: 'account', id: accountId } } } }];
  },
});
