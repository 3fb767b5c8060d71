import { type KeyAccountEvent, keyAccountContract } from '@keyfold/contracts';
import { idOf, policy } from '@keyfold/event-sourcing';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { ReportingTime } from '@keyfold/platform';
import { keyAccount } from '../key-account/key-account.aggregate.js';
import { remindOfReview } from '../key-account/key-account.tier.js';

export class RemindOfTierReview extends AggregateCommand {}

export const remindOfTierReviewCase = useCase(RemindOfTierReview, {
  route: 'key-accounts/:id/remind-of-tier-review',
  roles: ['service'],
  on: keyAccount,
  needs: [ReportingTime],
  decide: (account, { context }, _prepared, [time]) => remindOfReview(account, time.dateOf(context.now)),
});

/** A tier that nobody looked at in time is a task for the owner of the account. */
export const raiseTaskWhenTierReviewIsDue = policy<KeyAccountEvent>({
  name: 'raise-task-when-tier-review-is-due',
  follows: [keyAccountContract],
  react(event, derive) {
    if (event.type !== 'accounts.key-account.tier-review-due') return [];
    const accountId = idOf(keyAccountContract, event.streamId);
    const matter = { kind: 'tier-review', params: { tier: event.data.tier, dueOn: event.data.dueOn }, subject: { type: 'account', id: accountId } };
    return [{ name: 'tasks/raise', id: derive('task'), body: { accountId, matter, dueAt: null } }];
  },
});
