import { keyAccountContract, tierReviewContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessManager } from '@keyfold/event-sourcing';

const SCHEDULED = 'accounts.key-account.tier-review-scheduled';

/** Waits for the day by which an account's tier is to be looked at again (domain.md 4.1: a reminder, not a block); a later schedule takes the place of the earlier one. One instance per account. */
export const tierReview: ProcessManager<{ readonly dueOn: string } | null> = {
  name: 'tier-review',
  contract: tierReviewContract,
  follows: [keyAccountContract] as unknown as readonly AggregateContract[],

  instanceOf: (event) => (event.type === SCHEDULED ? idOf(keyAccountContract, event.streamId) : null),

  initial: null,

  evolve: (state, input) => (input.type === SCHEDULED ? { dueOn: (input.data as { dueOn: string }).dueOn } : state),

  react(state, input) {
    if (!state) return [];
    const { dueOn } = state;
    // Noon in UTC: within the day in every time zone that a company reports in.
    if (input.type === SCHEDULED) return [{ timer: 'review', at: `${dueOn}T12:00:00.000Z` }];
    return input.type === 'timer-fired' ? [{ step: `remind:${dueOn}`, send: { name: 'key-accounts/remind-of-tier-review', id: idOf(tierReviewContract, input.streamId), body: {} } }] : [];
  },
};
