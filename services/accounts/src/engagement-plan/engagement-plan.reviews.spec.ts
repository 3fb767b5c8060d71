import { describe, it } from '@jest/globals';
import type { EngagementPlanEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { engagementPlan } from './engagement-plan.aggregate.js';
import { contact, kept, missed, touchedOn } from './engagement-plan.facts.js';
import { cancelReview, holdReview, rescheduleReview, scheduleReview } from './engagement-plan.reviews.js';

const NOW = '2026-03-01T09:00:00.000Z';
const people = { stakeholderIds: ['ada'], memberIds: ['anna'] };
const planned = { reviewId: 'r1', level: 'business-review', at: '2026-03-10T11:00:00.000Z', agenda: null, ...people } as const;
const scheduled: EngagementPlanEvent = { type: 'accounts.engagement-plan.business-review-scheduled', data: planned };
const cancelled: EngagementPlanEvent = { type: 'accounts.engagement-plan.business-review-cancelled', data: { reviewId: 'r1', reason: 'strike' } };
const held: EngagementPlanEvent = { type: 'accounts.engagement-plan.business-review-held', data: { reviewId: 'r1', level: 'business-review', ...people }, occurredAt: '2026-03-10T11:00:00.000Z' };
const review = { reviewId: 'r1', level: 'business-review' } as const;
const itsContact = touchedOn('2026-03-10', { kind: 'review', review });
const later = { reviewId: 'r1', at: '2026-03-17T11:00:00.000Z', reason: 'travel' };

describe('a business review', () => {
  it('is scheduled', () => given(engagementPlan).when((plan) => scheduleReview(plan, planned, NOW)).then(scheduled));
  it('is scheduled once', () => given(engagementPlan, scheduled).when((plan) => scheduleReview(plan, { ...planned, reviewId: 'r2' }, NOW)).thenNothing());
  it('is not scheduled for the past', () => given(engagementPlan).when((plan) => scheduleReview(plan, { ...planned, at: NOW }, NOW)).thenRefused('review-in-past'));

  it('is moved', () => given(engagementPlan, scheduled).when((plan) => rescheduleReview(plan, later, NOW)).then({ type: 'accounts.engagement-plan.business-review-rescheduled', data: later }));
  it('is not moved to where it is', () => given(engagementPlan, scheduled).when((plan) => rescheduleReview(plan, { ...later, at: planned.at }, NOW)).thenNothing());
  it('is not moved into the past', () => given(engagementPlan, scheduled).when((plan) => rescheduleReview(plan, { ...later, at: NOW }, NOW)).thenRefused('review-in-past'));
  it('that is not known is not moved', () => given(engagementPlan).when((plan) => rescheduleReview(plan, later, NOW)).thenRefused('review-unknown'));
  it('that was held is not moved', () => given(engagementPlan, scheduled, held).when((plan) => rescheduleReview(plan, later, NOW)).thenRefused('review-not-scheduled', { state: 'held' }));

  it('is cancelled once', () => {
    given(engagementPlan, scheduled).when((plan) => cancelReview(plan, cancelled.data as { reviewId: string; reason: string })).then(cancelled);
    given(engagementPlan, scheduled, cancelled).when((plan) => cancelReview(plan, { reviewId: 'r1', reason: 'again' })).thenNothing();
  });
  it('that was held is not cancelled', () => given(engagementPlan, scheduled, held).when((plan) => cancelReview(plan, { reviewId: 'r1', reason: 'x' })).thenRefused('review-not-scheduled', { state: 'held' }));
});

describe('holding a review', () => {
  const when = { occurredAt: '2026-03-10T11:00:00.000Z', now: '2026-03-10T15:00:00.000Z', daysAgo: 0, isDirector: false, isScheduled: true };
  const asHeld = { ...contact, kind: 'review', review } as const;
  it('logs the contact that it was', () => given(engagementPlan, scheduled).when((plan) => holdReview(plan, asHeld, when)).then(held, itsContact));
  it('needs no schedule', () => given(engagementPlan).when((plan) => holdReview(plan, asHeld, { ...when, isScheduled: false })).then(held, itsContact));
  it('is of the level that was scheduled', () => given(engagementPlan, scheduled).when((plan) => holdReview(plan, { ...asHeld, review: { ...review, level: 'executive-review' } }, when)).then(held, itsContact));
  it('is said once', () => given(engagementPlan, scheduled, held, itsContact).when((plan) => holdReview(plan, asHeld, when)).thenNothing());
  it('without a schedule is said once', () => given(engagementPlan, held, itsContact).when((plan) => holdReview(plan, { ...asHeld, review: { ...review, reviewId: 'r2' } }, { ...when, isScheduled: false })).thenNothing());
  it('that nobody knows of is refused', () => given(engagementPlan).when((plan) => holdReview(plan, asHeld, when)).thenRefused('review-unknown'));
  it('that was cancelled is refused', () => given(engagementPlan, scheduled, cancelled).when((plan) => holdReview(plan, asHeld, when)).thenRefused('review-not-scheduled', { state: 'cancelled' }));
  it('in the future is refused', () => given(engagementPlan, scheduled).when((plan) => holdReview(plan, asHeld, { ...when, now: NOW })).thenRefused('touchpoint-in-future'));
  it('late has kept what was missed without it', () => {
    const reviewMissed = missed('2026-02-27', '2026-03-30', 'business-review');
    const keptAfterAll = { ...kept('2026-02-27', '2026-03-30', '2026-03-10', 'business-review'), supersedes: [1] };
    given(engagementPlan, reviewMissed, scheduled).when((plan) => holdReview(plan, asHeld, { ...when, daysAgo: 30 })).then(...[held, itsContact, keptAfterAll]);
  });
});
