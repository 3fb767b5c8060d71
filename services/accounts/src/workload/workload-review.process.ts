import { teamMemberContract, workloadReviewContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessInput, type ProcessManager, type Reaction } from '@keyfold/event-sourcing';

export interface Review {
  readonly memberId: string;
  /** Whether the member looks after accounts, and so has a workload that is measured. */
  readonly measured: boolean;
}

const TYPES = ['onboarded', 'position-changed', 'offboarded', 'withdrawn'].map((name) => `accounts.team-member.${name}`);

/**
 * Has the workload of each key account manager measured when a month is over. A month that passed while nothing ran is not made up for: what the load was then, nobody
 * knows any more. One instance per member.
 */
export const workloadReview: ProcessManager<Review | null> = {
  name: 'workload-review',
  contract: workloadReviewContract,
  follows: [teamMemberContract] as unknown as readonly AggregateContract[],

  instanceOf: (event) => (TYPES.includes(event.type) ? idOf(teamMemberContract, event.streamId) : null),

  initial: null,

  evolve(review, input) {
    if (input.service === null) return review;
    return { memberId: idOf(teamMemberContract, input.streamId), measured: (input.data as { role?: string }).role === 'kam' };
  },

  react(review, input, now) {
    if (!review?.measured) return [];
    const timer = { timer: 'month-end', at: noonOfFirst(now, 1) };
    return input.type === 'timer-fired' ? [measure(review, input), timer] : input.service === null ? [] : [timer];
  },
};

function measure({ memberId }: Review, { occurredAt }: ProcessInput): Reaction {
  const month = noonOfFirst(occurredAt, -1).slice(0, 7);
  return { step: `review:${month}`, send: { name: 'team-members/review-workload', id: memberId, body: { month } } };
}

/** Noon in UTC of the first day of the month so many months later: the month before is over by then in every time zone that anybody reports in. */
function noonOfFirst(instant: string, months: number): string {
  const date = new Date(instant);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1, 12)).toISOString();
}
