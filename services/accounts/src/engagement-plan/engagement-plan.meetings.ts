import type { EngagementPlanEvent } from '@keyfold/contracts';
import { type Fact, ignored } from '@keyfold/event-sourcing';
import type { EngagementPlan, Review } from './engagement-plan.aggregate.js';

type Meetings = 'business-review' | 'minutes' | 'decision' | 'announcement' | 'follow-up';
type MeetingEvent = Extract<EngagementPlanEvent, { type: `accounts.engagement-plan.${Meetings}-${string}` }>;
export type DataOf<Name extends string> = Extract<MeetingEvent, { type: `accounts.engagement-plan.${Name}` }>['data'];

export function evolveMeetings(plan: EngagementPlan, fact: Fact<MeetingEvent>): EngagementPlan {
  switch (fact.type) {
    case 'accounts.engagement-plan.business-review-scheduled':
      return withReview(plan, fact.data.reviewId, { level: fact.data.level, at: fact.data.at, state: 'scheduled' });
    case 'accounts.engagement-plan.business-review-rescheduled':
      return withReview(plan, fact.data.reviewId, { at: fact.data.at });
    case 'accounts.engagement-plan.business-review-cancelled':
      return withReview(plan, fact.data.reviewId, { state: 'cancelled' });
    case 'accounts.engagement-plan.business-review-held':
      return withReview(plan, fact.data.reviewId, { level: fact.data.level, at: fact.occurredAt, state: 'held' });
    case 'accounts.engagement-plan.minutes-published':
      return { ...plan, said: { ...plan.said, minutes: wordsOf(fact.data) } };
    case 'accounts.engagement-plan.decision-recorded':
      return { ...plan, said: { ...plan.said, decisions: { ...plan.said.decisions, [fact.data.decisionId]: wordsOf([fact.data.title, fact.occurredAt]) } } };
    case 'accounts.engagement-plan.announcement-posted':
      return { ...plan, said: { ...plan.said, announcement: wordsOf({ ...fact.data, announcementId: null }) } };
    case 'accounts.engagement-plan.follow-up-agreed': {
      const { followUpId, title, ownerId, dueOn } = fact.data;
      return { ...plan, followUps: { ...plan.followUps, [followUpId]: { title, ownerId, dueOn, state: 'open' } } };
    }
    case 'accounts.engagement-plan.follow-up-done':
      return withFollowUp(plan, fact.data.followUpId, 'done');
    case 'accounts.engagement-plan.follow-up-dropped':
      return withFollowUp(plan, fact.data.followUpId, 'dropped');
    default:
      return ignored(plan, fact);
  }
}

/** What tells something that was said from something else. */
export const wordsOf = (said: object): string => JSON.stringify(said);

const withReview = (plan: EngagementPlan, reviewId: string, change: Partial<Review>): EngagementPlan => ({
  ...plan,
  reviews: { ...plan.reviews, [reviewId]: { ...plan.reviews[reviewId]!, ...change } },
});

const withFollowUp = (plan: EngagementPlan, followUpId: string, state: 'done' | 'dropped'): EngagementPlan => ({
  ...plan,
  followUps: { ...plan.followUps, [followUpId]: { ...plan.followUps[followUpId]!, state } },
});
