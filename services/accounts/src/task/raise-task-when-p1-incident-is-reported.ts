import { type IncidentEvent, incidentContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** A P1 incident is at once a task for the owner of the account (domain.md 4.8), due when the response is. */
export const raiseTaskWhenP1IncidentIsReported = policy<IncidentEvent>({
  name: 'raise-task-when-p1-incident-is-reported',
  follows: [incidentContract],
  react(event, derive) {
    if (event.type !== 'satisfaction.incident.reported' || event.data.priority !== 'P1') return [];
    const { accountId, title, targets } = event.data;
    const subject = { type: 'incident', id: idOf(incidentContract, event.streamId) };
    const dueAt = new Date(Date.parse(event.occurredAt) + targets.responseMinutes * 60_000).toISOString();
    return [{ name: 'tasks/raise', id: derive('task'), body: { accountId, matter: { kind: 'incident-p1', params: { title }, subject }, dueAt } }];
  },
});
