import { type EngagementPlanEvent, engagementPlanContract } from '@keyfold/contracts';
import { policy } from '@keyfold/event-sourcing';
import { receivedFrom } from '../engagement-plan/engagement-plan.aggregate.js';

/** A contact that the client sought is a contact that came from everybody of theirs who took part: their data are kept on (domain.md 4.9), unless it is taken back. */
export const receiveContactWhenAStakeholderGetsInTouch = policy<EngagementPlanEvent>({
  name: 'receive-contact-when-a-stakeholder-gets-in-touch',
  follows: [engagementPlanContract],
  react({ type, data, occurredAt: at }) {
    if (type === 'accounts.engagement-plan.touchpoint-logged')
      return receivedFrom(data).map((id) => ({ name: 'stakeholders/receive-contact', id, body: { at, touchpointId: data.touchpointId } }));
    if (type === 'accounts.engagement-plan.touchpoint-withdrawn' && data.receivedAt !== null)
      return data.receivedFrom.map((id) => ({ name: 'stakeholders/take-contact-back', id, body: { at: data.receivedAt, touchpointId: data.touchpointId } }));
    return [];
  },
});
