import type { EngagementPlanEvent, Touchpoint } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { type EngagementPlan, identityOf, levelsOf } from './engagement-plan.aggregate.js';
import { keptAfterAll } from './engagement-plan.cadence.js';

/** For so many days the team may log a contact late; a director for longer, with a reason (domain.md 4.2). */
export const BACKDATED_DAYS = 90;

export interface Logging {
  readonly occurredAt: string;
  readonly now: string;
  readonly daysAgo: number;
  readonly isDirector: boolean;
}

export function logTouchpoint(plan: EngagementPlan, contact: Touchpoint, { occurredAt, now, daysAgo, isDirector }: Logging): EngagementPlanEvent[] {
  if (plan.logged.some(({ identity }) => identity === identityOf(contact, occurredAt))) return [];
  if (occurredAt > now) throw new DomainError('touchpoint-in-future');
  if (daysAgo > BACKDATED_DAYS && !isDirector) throw new DomainError('touchpoint-too-old', { days: BACKDATED_DAYS });
  if (daysAgo > BACKDATED_DAYS && contact.reason === null) throw new DomainError('touchpoint-reason-missing', { days: BACKDATED_DAYS });
  return [{ type: 'accounts.engagement-plan.touchpoint-logged', data: contact, occurredAt }, ...keptAfterAll(plan, levelsOf(contact), contact.on)];
}
