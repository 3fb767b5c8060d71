import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Personal } from '../common.js';

export const LEVELS = ['high', 'medium', 'low'] as const;
export type Level = (typeof LEVELS)[number];
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export type Priority = (typeof PRIORITIES)[number];
export const PAUSE_REASONS = ['waiting-on-client', 'waiting-on-third-party'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/** SLA targets in minutes of running clock, fixed when the incident is reported (domain.md 3.4). */
export interface SlaTargets {
  readonly responseMinutes: number;
  readonly resolutionMinutes: number;
  readonly calendar: '24x7' | 'business-hours';
}

export type IncidentEvent =
  /** `reporterId` is an opaque id: it names the person whose key encrypts `reporterContact`. */
  | DomainEvent<
      'satisfaction.incident.reported',
      { accountId: string; title: string; description: string | null; impact: Level; urgency: Level; priority: Priority; targets: SlaTargets; reporterId: string | null; reporterContact: Personal | null }
    >
  | DomainEvent<'satisfaction.incident.acknowledged', Record<string, never>>
  | DomainEvent<'satisfaction.incident.clock-paused', { reason: PauseReason }>
  | DomainEvent<'satisfaction.incident.clock-resumed', Record<string, never>>
  | DomainEvent<'satisfaction.incident.resolved', { resolution: string }>
  | DomainEvent<'satisfaction.incident.reopened', { reason: string }>
  /** Never was: a report that met a closing account. */
  | DomainEvent<'satisfaction.incident.withdrawn', { reason: string }>;

export const incidentContract = defineContract<IncidentEvent>({
  service: 'satisfaction',
  name: 'incident',
  streamPrefix: 'incident',
  events: {
    'satisfaction.incident.reported': { version: 1, personal: { of: 'reporterId', fields: ['reporterContact'] } },
    'satisfaction.incident.acknowledged': { version: 1 },
    'satisfaction.incident.clock-paused': { version: 1 },
    'satisfaction.incident.clock-resumed': { version: 1 },
    'satisfaction.incident.resolved': { version: 1 },
    'satisfaction.incident.reopened': { version: 1 },
    'satisfaction.incident.withdrawn': { version: 1 },
  },
});
