import type { IncidentEvent, Priority } from '@keyfold/contracts';
import { type PointInTime, stateAt, type TemporalRow } from '@keyfold/event-sourcing';

export interface Incident {
  readonly id: string;
  readonly accountId: string;
  readonly priority: Priority;
  readonly open: boolean;
}

export const incidentAt = (row: TemporalRow<IncidentEvent>, point: PointInTime): Incident | null =>
  stateAt<Incident | null, IncidentEvent>(row, point, null, (incident, fact) => {
    switch (fact.type) {
      case 'satisfaction.incident.reported': {
        const { accountId, priority } = fact.data;
        return { id: row.id, accountId, priority, open: true };
      }
      case 'satisfaction.incident.resolved':
        return incident && { ...incident, open: false };
      case 'satisfaction.incident.reopened':
        return incident && { ...incident, open: true };
      case 'satisfaction.incident.withdrawn':
        return null;
      default:
        return incident;
    }
  });
