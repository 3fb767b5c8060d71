import { type RequisitionEvent, requisitionContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';

/** A filled requisition is a new member, under the candidate's id: the person, and with him the key that an erasure destroys, stays the same. */
export const onboardCandidateWhenRequisitionIsFilled = policy<RequisitionEvent>({
  name: 'onboard-candidate-when-requisition-is-filled',
  follows: [requisitionContract],
  react(event) {
    if (event.type !== 'accounts.requisition.filled') return [];
    return [{ name: 'team-members/onboard-candidate', id: event.data.candidateId, body: { requisitionId: idOf(requisitionContract, event.streamId) } }];
  },
});
