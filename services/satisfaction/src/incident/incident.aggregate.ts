import { type IncidentEvent, incidentContract, type PauseReason } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';

export interface KnownIncident {
  readonly status: 'reported' | 'acknowledged' | 'paused' | 'resolved' | 'withdrawn';
  readonly accountId: string;
  readonly reportedAt: string;
  readonly resolvedAt: string | null;
  readonly version: number;
}

export type Incident = { readonly status: 'unknown' } | KnownIncident;

export const incident = decider<Incident, IncidentEvent>({
  contract: incidentContract,
  initial: { status: 'unknown' },
  partitionKey: (first) => (first.type === 'satisfaction.incident.reported' ? first.data.accountId : null),
  evolve(state, fact): Incident {
    const known = { ...(state as KnownIncident), version: fact.version };
    switch (fact.type) {
      case 'satisfaction.incident.reported':
        return { status: 'reported', accountId: fact.data.accountId, reportedAt: fact.occurredAt, resolvedAt: null, version: fact.version };
      case 'satisfaction.incident.acknowledged':
      case 'satisfaction.incident.clock-resumed':
        return { ...known, status: 'acknowledged' };
      case 'satisfaction.incident.clock-paused':
        return { ...known, status: 'paused' };
      case 'satisfaction.incident.resolved':
        return { ...known, status: 'resolved', resolvedAt: fact.occurredAt };
      case 'satisfaction.incident.reopened':
        return { ...known, status: 'acknowledged', resolvedAt: null };
      case 'satisfaction.incident.withdrawn':
        return { ...known, status: 'withdrawn' };
      default:
        return ignored(state, fact);
    }
  },
});

export const isOpen = (state: Incident): boolean => state.status === 'reported' || state.status === 'acknowledged' || state.status === 'paused';

type Reported = Extract<IncidentEvent, { type: 'satisfaction.incident.reported' }>['data'];

export function report(state: Incident, facts: Reported): IncidentEvent[] {
  if (state.status !== 'unknown') throw new DomainError('incident-exists');
  return [{ type: 'satisfaction.incident.reported', data: facts }];
}

export function acknowledge(state: Incident): IncidentEvent[] {
  if (state.status === 'acknowledged' || state.status === 'paused') return [];
  assertStatus(state, 'reported');
  return [{ type: 'satisfaction.incident.acknowledged', data: {} }];
}

/** Stops the resolution clock; the response clock knows no pause, so nobody pauses before he has answered. */
export function pause(state: Incident, reason: PauseReason): IncidentEvent[] {
  if (state.status === 'paused') return [];
  assertStatus(state, 'acknowledged');
  return [{ type: 'satisfaction.incident.clock-paused', data: { reason } }];
}

export function resume(state: Incident): IncidentEvent[] {
  if (state.status === 'acknowledged') return [];
  assertStatus(state, 'paused');
  return [{ type: 'satisfaction.incident.clock-resumed', data: {} }];
}

export function resolve(state: Incident, resolution: string): IncidentEvent[] {
  if (state.status === 'resolved') return [];
  assertStatus(state, 'acknowledged', 'paused');
  return [{ type: 'satisfaction.incident.resolved', data: { resolution } }];
}

/** Continues the same clock. `allowed` says whether five business days have passed since the resolution (domain.md 3.4): later it is a new incident. */
export function reopen(state: Incident, reason: string, allowed: boolean): IncidentEvent[] {
  if (state.status === 'acknowledged' || state.status === 'paused') return [];
  assertStatus(state, 'resolved');
  if (!allowed) throw new DomainError('incident-reopen-too-late', { days: 5 });
  return [{ type: 'satisfaction.incident.reopened', data: { reason } }];
}

/** The report met a closing account: it never was. */
export function withdraw(state: Incident, reason: string): IncidentEvent[] {
  if (state.status === 'unknown' || state.status === 'withdrawn') return [];
  return [{ type: 'satisfaction.incident.withdrawn', data: { reason }, supersedes: Array.from({ length: state.version }, (_, i) => i + 1) }];
}

function assertStatus(state: Incident, ...allowed: readonly Incident['status'][]): void {
  if (!allowed.includes(state.status)) throw new DomainError(`incident-${state.status}`);
}
