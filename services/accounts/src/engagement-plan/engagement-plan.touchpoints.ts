import type { EngagementPlanEvent, Touchpoint } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { digestOf, type EngagementPlan, identityOf, type ImportedTouchpoint, importedOf, levelsOf, receivedFrom } from './engagement-plan.aggregate.js';
import { keptAfterAll, missedAfterAll } from './engagement-plan.cadence.js';

/** For so many days the team may log a contact late; a director for longer, with a reason (domain.md 4.2). */
export const BACKDATED_DAYS = 90;

export interface Logging {
  readonly occurredAt: string;
  readonly now: string;
  readonly daysAgo: number;
  readonly isDirector: boolean;
}

export function logTouchpoint(plan: EngagementPlan, contact: Touchpoint, logging: Logging): EngagementPlanEvent[] {
  return plan.logged.some(({ identity }) => identity === identityOf(contact, logging.occurredAt)) ? [] : logged(plan, contact, logging);
}

/** Said again as it is it is nothing, however long ago; said otherwise it takes the place of what was said before. The source's key tells contacts apart, even of one minute. */
export function importTouchpoint(plan: EngagementPlan, contact: Touchpoint, logging: Logging): EngagementPlanEvent[] {
  const known = importedOf(plan, contact.touchpointId);
  if (!known) return logged(plan, contact, logging);
  if (known.digest === digestOf(contact, logging.occurredAt)) return [];
  const instead = logged(plan, contact, logging);
  const said = known.at === logging.occurredAt ? receivedFrom(contact) : [];
  const taken = { ...known, receivedFrom: known.receivedFrom.filter((id) => !said.includes(id)) };
  return [withdrawn(contact.touchpointId, taken, 'said otherwise by the source'), ...instead, ...missedWithout(plan, known, contact)];
}

export function withdrawTouchpoint(plan: EngagementPlan, touchpointId: string, reason: string): EngagementPlanEvent[] {
  const known = importedOf(plan, touchpointId);
  if (known === undefined) throw new DomainError('withdraw-not-imported');
  return known === null ? [] : [withdrawn(touchpointId, known, reason), ...missedWithout(plan, known)];
}

function missedWithout(plan: EngagementPlan, { kind, on }: ImportedTouchpoint, instead?: Touchpoint): EngagementPlanEvent[] {
  const counts = instead !== undefined && levelsOf(instead).length > 0;
  return missedAfterAll(plan, levelsOf({ kind, review: null }), on, counts ? instead.on : null);
}

const withdrawn = (touchpointId: string, { version, at, receivedFrom: from }: ImportedTouchpoint, reason: string): EngagementPlanEvent => ({
  type: 'accounts.engagement-plan.touchpoint-withdrawn',
  data: { touchpointId, reason, receivedFrom: from, receivedAt: from.length > 0 ? at : null },
  supersedes: [version],
});

function logged(plan: EngagementPlan, contact: Touchpoint, { occurredAt, now, daysAgo, isDirector }: Logging): EngagementPlanEvent[] {
  if (occurredAt > now) throw new DomainError('touchpoint-in-future');
  if (daysAgo > BACKDATED_DAYS && !isDirector) throw new DomainError('touchpoint-too-old', { days: BACKDATED_DAYS });
  if (daysAgo > BACKDATED_DAYS && contact.reason === null) throw new DomainError('touchpoint-reason-missing', { days: BACKDATED_DAYS });
  return [{ type: 'accounts.engagement-plan.touchpoint-logged', data: contact, occurredAt }, ...keptAfterAll(plan, levelsOf(contact), contact.on)];
}
