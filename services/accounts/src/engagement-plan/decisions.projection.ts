import { type DecidedBy, type EngagementPlanEvent, engagementPlanContract } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { CLIENT_FACING } from './engagement-plan-case.js';

export interface DecisionRow {
  readonly id: string;
  readonly accountId: string;
  readonly meetingId: string | null;
  readonly decidedBy: DecidedBy;
  readonly title: string;
  readonly detail: string | null;
  readonly decidedAt: string;
  readonly replacesId: string | null;
  /** The decision that took the place of this one; null while it holds. */
  readonly replacedById: string | null;
}

/** The decision log. */
export const decisions = projection<DecisionRow, EngagementPlanEvent>({
  name: 'decisions',
  version: 1,
  follows: [engagementPlanContract],
  indexes: [['accountId', 'decidedAt'], ['decidedAt']],
  rowsOf: (event) => (event.type === 'accounts.engagement-plan.decision-recorded' ? [event.data.decisionId, ...(event.data.replacesId === null ? [] : [event.data.replacesId])] : []),
  fold(row, event, id): DecisionRow | null {
    if (event.type !== 'accounts.engagement-plan.decision-recorded') return row;
    const { decisionId, ...decision } = event.data;
    if (id !== decisionId) return row && { ...row, replacedById: decisionId };
    return { id, accountId: idOf(engagementPlanContract, event.streamId), ...decision, decidedAt: event.occurredAt, replacedById: null };
  },
});

export class ListDecisions extends PageQuery<DecisionRow> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsId() meetingId?: string;
}

export const decisionQueries = rowQueries<DecisionRow, DecisionRow, ListDecisions>({
  path: 'decisions',
  roles: [...CLIENT_FACING, 'auditor'],
  rows: decisions,
  list: ListDecisions,
  equal: ['accountId', 'meetingId'],
  sort: { decidedAt: -1 },
  scope: { account: 'accountId' },
  show: (row) => row,
});
