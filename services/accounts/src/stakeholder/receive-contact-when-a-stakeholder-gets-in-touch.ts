import { type EngagementPlanEvent, engagementPlanContract, isTouch } from '@keyfold/contracts';
import { policy } from '@keyfold/event-sourcing';

/** A contact that the client sought is a contact that came from everybody of theirs who took part: their data are kept on (domain.md 4.9). */
export const receiveContactWhenAStakeholderGetsInTouch = policy<EngagementPlanEvent>({
  name: 'receive-contact-when-a-stakeholder-gets-in-touch',
  follows: [engagementPlanContract],
  react(event) {
    if (event.type !== 'accounts.engagement-plan.touchpoint-logged' || event.data.direction !== 'in' || !isTouch(event.data.kind)) return [];
    return event.data.stakeholderIds.map((id) => ({ name: 'stakeholders/receive-contact', id, body: { at: event.occurredAt } }));
  },
});
