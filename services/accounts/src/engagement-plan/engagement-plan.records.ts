import type { DateOnly, EngagementPlanEvent, Language } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import type { EngagementPlan } from './engagement-plan.aggregate.js';
import { type DataOf, wordsOf } from './engagement-plan.meetings.js';

export function publishMinutes(plan: EngagementPlan, minutes: { meetingId: string; language: Language; text: string }): EngagementPlanEvent[] {
  assertMeeting(plan, minutes.meetingId);
  return plan.said.minutes === wordsOf(minutes) ? [] : [{ type: 'accounts.engagement-plan.minutes-published', data: minutes }];
}

export function recordDecision(plan: EngagementPlan, decision: DataOf<'decision-recorded'>, { on, today, start }: { on: DateOnly; today: DateOnly; start: string }): EngagementPlanEvent[] {
  const { decisions } = plan.said;
  if (Object.values(decisions).includes(wordsOf([decision.title, start]))) return [];
  if (on > today) throw new DomainError('decision-in-future');
  if (decision.meetingId !== null) assertMeeting(plan, decision.meetingId);
  if (decision.replacesId !== null && decisions[decision.replacesId] === undefined) throw new DomainError('decision-unknown');
  return [{ type: 'accounts.engagement-plan.decision-recorded', data: decision, occurredAt: start }];
}

export function postAnnouncement(plan: EngagementPlan, announcement: DataOf<'announcement-posted'>): EngagementPlanEvent[] {
  if (plan.said.announcement === wordsOf({ ...announcement, announcementId: null })) return [];
  return [{ type: 'accounts.engagement-plan.announcement-posted', data: announcement }];
}

export function agreeFollowUp(plan: EngagementPlan, facts: DataOf<'follow-up-agreed'>): EngagementPlanEvent[] {
  const { title, ownerId, dueOn, meetingId } = facts;
  if (Object.values(plan.followUps).some((known) => known.state === 'open' && known.title === title && known.ownerId === ownerId && known.dueOn === dueOn)) return [];
  if (meetingId !== null) assertMeeting(plan, meetingId);
  return [{ type: 'accounts.engagement-plan.follow-up-agreed', data: facts }];
}

export function completeFollowUp(plan: EngagementPlan, facts: DataOf<'follow-up-done'>): EngagementPlanEvent[] {
  return closes(plan, facts.followUpId, 'done') ? [{ type: 'accounts.engagement-plan.follow-up-done', data: facts }] : [];
}

export function dropFollowUp(plan: EngagementPlan, facts: DataOf<'follow-up-dropped'>): EngagementPlanEvent[] {
  return closes(plan, facts.followUpId, 'dropped') ? [{ type: 'accounts.engagement-plan.follow-up-dropped', data: facts }] : [];
}

/** False when it is in that state already. */
function closes({ followUps }: EngagementPlan, followUpId: string, to: 'done' | 'dropped'): boolean {
  const known = followUps[followUpId];
  if (!known) throw new DomainError('follow-up-unknown');
  if (known.state === to) return false;
  if (known.state !== 'open') throw new DomainError('follow-up-closed', { state: known.state });
  return true;
}

function assertMeeting({ reviews, logged }: EngagementPlan, meetingId: string): void {
  if (reviews[meetingId]?.state !== 'held' && !logged.some(({ touchpointId }) => touchpointId === meetingId)) throw new DomainError('meeting-unknown');
}
