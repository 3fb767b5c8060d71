import { describe, it } from '@jest/globals';
import type { EngagementPlanEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { engagementPlan } from './engagement-plan.aggregate.js';
import { touchedOn } from './engagement-plan.facts.js';
import { agreeFollowUp, completeFollowUp, dropFollowUp, postAnnouncement, publishMinutes, recordDecision } from './engagement-plan.records.js';

const meeting = touchedOn('2026-03-10', { kind: 'meeting' });
const minutes = { meetingId: 't1', language: 'fr', text: 'Présents : Ada.' } as const;
const published: EngagementPlanEvent = { type: 'accounts.engagement-plan.minutes-published', data: minutes };

describe('minutes', () => {
  it('are those of a contact', () => given(engagementPlan, meeting).when((plan) => publishMinutes(plan, minutes)).then(published));
  it('are published once', () => given(engagementPlan, meeting, published).when((plan) => publishMinutes(plan, minutes)).thenNothing());
  it('are published again when they say something else', () =>
    given(engagementPlan, meeting, published).when((plan) => publishMinutes(plan, { ...minutes, text: 'x' })).then({ type: 'accounts.engagement-plan.minutes-published', data: { ...minutes, text: 'x' } }));
  it('of nothing are refused', () => given(engagementPlan).when((plan) => publishMinutes(plan, minutes)).thenRefused('meeting-unknown'));
  it('of a review that is still to come are refused', () => {
    const scheduled: EngagementPlanEvent = { type: 'accounts.engagement-plan.business-review-scheduled', data: { reviewId: 'r1', level: 'business-review', at: '2026-04-01T09:00:00.000Z', agenda: null, stakeholderIds: [], memberIds: [] } };
    given(engagementPlan, scheduled).when((plan) => publishMinutes(plan, { ...minutes, meetingId: 'r1' })).thenRefused('meeting-unknown');
  });
});

describe('a decision', () => {
  const decision = { decisionId: 'd1', meetingId: 't1', decidedBy: 'client', title: 'Go', detail: null, replacesId: null } as const;
  const day = { on: '2026-03-10', today: '2026-03-12', start: '2026-03-09T23:00:00.000Z' };
  const recorded: EngagementPlanEvent = { type: 'accounts.engagement-plan.decision-recorded', data: decision, occurredAt: day.start };
  it('is recorded on its day', () => given(engagementPlan, meeting).when((plan) => recordDecision(plan, decision, day)).then(recorded));
  it('is recorded once', () => given(engagementPlan, meeting, recorded).when((plan) => recordDecision(plan, { ...decision, decisionId: 'd2' }, day)).thenNothing());
  it('takes the place of another', () => {
    const other = { ...decision, decisionId: 'd2', title: 'No go', replacesId: 'd1' };
    given(engagementPlan, meeting, recorded).when((plan) => recordDecision(plan, other, day)).then({ ...recorded, data: other } as EngagementPlanEvent);
  });
  it('takes the place of none that is not known', () => given(engagementPlan, meeting).when((plan) => recordDecision(plan, { ...decision, replacesId: 'd0' }, day)).thenRefused('decision-unknown'));
  it('is not recorded ahead', () => given(engagementPlan, meeting).when((plan) => recordDecision(plan, decision, { ...day, today: '2026-03-09' })).thenRefused('decision-in-future'));
  it('of a meeting that never was is refused', () => given(engagementPlan).when((plan) => recordDecision(plan, decision, day)).thenRefused('meeting-unknown'));
});

describe('an announcement', () => {
  const announcement = { announcementId: 'a1', audience: 'account-team', language: 'en', title: 'New head', text: 'Of purchasing.', mentionedIds: ['bea'] } as const;
  const posted: EngagementPlanEvent = { type: 'accounts.engagement-plan.announcement-posted', data: announcement };
  it('is posted', () => given(engagementPlan).when((plan) => postAnnouncement(plan, announcement)).then(posted));
  it('is posted once', () => given(engagementPlan, posted).when((plan) => postAnnouncement(plan, { ...announcement, announcementId: 'a2' })).thenNothing());
});

describe('a follow-up', () => {
  const promise = { followUpId: 'f1', meetingId: null, title: 'Send the plan', ownerId: 'anna', dueOn: '2026-03-27' };
  const agreed: EngagementPlanEvent = { type: 'accounts.engagement-plan.follow-up-agreed', data: promise };
  const done: EngagementPlanEvent = { type: 'accounts.engagement-plan.follow-up-done', data: { followUpId: 'f1', note: null } };
  const dropped: EngagementPlanEvent = { type: 'accounts.engagement-plan.follow-up-dropped', data: { followUpId: 'f1', reason: 'theirs' } };
  it('is agreed', () => given(engagementPlan).when((plan) => agreeFollowUp(plan, promise)).then(agreed));
  it('is agreed once', () => given(engagementPlan, agreed).when((plan) => agreeFollowUp(plan, { ...promise, followUpId: 'f2' })).thenNothing());
  it('of a meeting that never was is refused', () => given(engagementPlan).when((plan) => agreeFollowUp(plan, { ...promise, meetingId: 't0' })).thenRefused('meeting-unknown'));
  it('is done once', () => {
    given(engagementPlan, agreed).when((plan) => completeFollowUp(plan, { followUpId: 'f1', note: null })).then(done);
    given(engagementPlan, agreed, done).when((plan) => completeFollowUp(plan, { followUpId: 'f1', note: 'again' })).thenNothing();
  });
  it('is dropped once', () => {
    given(engagementPlan, agreed).when((plan) => dropFollowUp(plan, { followUpId: 'f1', reason: 'theirs' })).then(dropped);
    given(engagementPlan, agreed, dropped).when((plan) => dropFollowUp(plan, { followUpId: 'f1', reason: 'x' })).thenNothing();
  });
  it('that was dropped is not done', () => given(engagementPlan, agreed, dropped).when((plan) => completeFollowUp(plan, { followUpId: 'f1', note: null })).thenRefused('follow-up-closed', { state: 'dropped' }));
  it('that is not known is not closed', () => given(engagementPlan).when((plan) => dropFollowUp(plan, { followUpId: 'f1', reason: 'x' })).thenRefused('follow-up-unknown'));
});
