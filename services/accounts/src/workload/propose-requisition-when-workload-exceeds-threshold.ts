import { type TeamMemberEvent, teamMemberContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

const DUE_MS = 14 * 86_400_000;

/** A key account manager over capacity for two months is a task for whoever leads him: propose a requisition (domain.md 4.10). The task belongs to nobody where nobody leads him. */
export const proposeRequisitionWhenWorkloadExceedsThreshold = policy<TeamMemberEvent>({
  name: 'propose-requisition-when-workload-exceeds-threshold',
  follows: [teamMemberContract],
  react(event, derive) {
    if (event.type !== 'accounts.team-member.workload-threshold-exceeded') return [];
    const { month, loadPercent, thresholdPercent, managerId } = event.data;
    const matter = {
      kind: 'workload-exceeded',
      params: { month, load: String(loadPercent), threshold: String(thresholdPercent) },
      subject: { type: 'member', id: idOf(teamMemberContract, event.streamId) },
    };
    const dueAt = new Date(Date.parse(event.occurredAt) + DUE_MS).toISOString();
    return [{ name: 'tasks/raise', id: derive('task'), body: { assigneeId: managerId, matter, dueAt } }];
  },
});
