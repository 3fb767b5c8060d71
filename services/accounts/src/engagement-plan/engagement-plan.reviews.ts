import type { EngagementPlanEvent, Touchpoint } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import type { EngagementPlan, Review } from './engagement-plan.aggregate.js';
import type { DataOf } from './engagement-plan.meetings.js';
import { type Logging, logTouchpoint } from './engagement-plan.touchpoints.js';

export function scheduleReview(plan: EngagementPlan, review: DataOf<'business-review-scheduled'>, now: string): EngagementPlanEvent[] {
  const { level, at } = review;
  if (Object.values(plan.reviews).some((known) => known.state === 'scheduled' && known.level === level && known.at === at)) return [];
  if (at <= now) throw new DomainError('review-in-past');
  return [{ type: 'accounts.engagement-plan.business-review-scheduled', data: review }];
}

export function rescheduleReview(plan: EngagementPlan, facts: DataOf<'business-review-rescheduled'>, now: string): EngagementPlanEvent[] {
  if (scheduled(plan, facts.reviewId).at === facts.at) return [];
  if (facts.at <= now) throw new DomainError('review-in-past');
  return [{ type: 'accounts.engagement-plan.business-review-rescheduled', data: facts }];
}

export function cancelReview(plan: EngagementPlan, facts: DataOf<'business-review-cancelled'>): EngagementPlanEvent[] {
  if (plan.reviews[facts.reviewId]?.state === 'cancelled') return [];
  scheduled(plan, facts.reviewId);
  return [{ type: 'accounts.engagement-plan.business-review-cancelled', data: facts }];
}

type HeldReview = Touchpoint & { readonly review: NonNullable<Touchpoint['review']> };

/** A review that was scheduled, or one that nobody had scheduled; the contact that it was is logged with it, by the rules of contacts. */
export function holdReview(plan: EngagementPlan, contact: HeldReview, when: Logging & { readonly isScheduled: boolean }): EngagementPlanEvent[] {
  const { reviewId } = contact.review;
  if (plan.reviews[reviewId]?.state === 'held') return [];
  const { level } = when.isScheduled ? scheduled(plan, reviewId) : contact.review;
  const { stakeholderIds, memberIds } = contact;
  const logged = logTouchpoint(plan, { ...contact, review: { reviewId, level } }, when);
  if (logged.length === 0) return [];
  return [{ type: 'accounts.engagement-plan.business-review-held', data: { reviewId, level, stakeholderIds, memberIds }, occurredAt: when.occurredAt }, ...logged];
}

function scheduled({ reviews }: EngagementPlan, reviewId: string): Review {
  const known = reviews[reviewId];
  if (!known) throw new DomainError('review-unknown');
  if (known.state !== 'scheduled') throw new DomainError('review-not-scheduled', { state: known.state });
  return known;
}
