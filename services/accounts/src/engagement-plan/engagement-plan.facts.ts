import type { CadenceInterval, CadenceLevel, EngagementPlanEvent, Touchpoint } from '@keyfold/contracts';
import type { CadenceRules } from './engagement-plan.cadence.js';

// Facts of the past, for specs. France in March 2026: the 28th and the 29th are a weekend, and the clocks change between them.
export const rules: CadenceRules = {
  active: true,
  tier: 'A',
  days: { operational: 30, 'business-review': null, 'executive-review': null },
  calendar: { timeZone: 'Europe/Paris', weekend: [6, 7], holidays: [] },
  today: '2026-03-01',
};

export const contact: Touchpoint = {
  touchpointId: 't1', on: '2026-03-10', kind: 'call', direction: 'out', stakeholderIds: ['ada'], memberIds: ['anna'], note: null, travel: null, review: null, reason: null, provenance: null,
};

const noon = (day: string): string => `${day}T11:00:00.000Z`;

export const touchedOn = (on: string, more: Partial<Touchpoint> = {}): EngagementPlanEvent => ({
  type: 'accounts.engagement-plan.touchpoint-logged',
  data: { ...contact, on, ...more },
  occurredAt: noon(on),
});

const endOf = (day: string): string => `${day}T${day < '2026-03-29' ? '22' : '21'}:59:59.999Z`;

export const armedFor = (since: string, dueOn: string, more: Partial<CadenceInterval & { intervalDays: number }> = {}): EngagementPlanEvent => ({
  type: 'accounts.engagement-plan.cadence-armed',
  data: { level: 'operational', tier: 'A', intervalDays: 30, since, dueOn, dueAt: endOf(dueOn), ...more },
});
export const disarmed = (level: CadenceLevel = 'operational'): EngagementPlanEvent => ({ type: 'accounts.engagement-plan.cadence-disarmed', data: { level } });
export const missed = (since: string, dueOn: string, level: CadenceLevel = 'operational'): EngagementPlanEvent => ({
  type: 'accounts.engagement-plan.cadence-missed',
  data: { level, tier: 'A', since, dueOn },
  occurredAt: endOf(dueOn),
});
export const kept = (since: string, dueOn: string, on: string, level: CadenceLevel = 'operational'): EngagementPlanEvent => ({
  type: 'accounts.engagement-plan.cadence-kept',
  data: { level, tier: 'A', since, dueOn, touchedOn: on },
  occurredAt: endOf(dueOn),
});
export const paused = (resumesOn: string | null, resumesAt: string | null = null): EngagementPlanEvent => ({
  type: 'accounts.engagement-plan.cadence-paused',
  data: { ground: 'client-declined', reason: 'on strike', resumesOn, resumesAt },
});
export const resumed: EngagementPlanEvent = { type: 'accounts.engagement-plan.cadence-resumed', data: {} };
