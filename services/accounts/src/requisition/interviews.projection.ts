import { type RequisitionEvent, requisitionContract } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';

const STATES = ['to-score', 'scored'] as const;

export interface InterviewRow {
  readonly id: string;
  readonly requisitionId: string;
  readonly candidateId: string;
  readonly interviewerId: string;
  readonly heldOn: string;
  readonly criteria: readonly string[];
  readonly state: (typeof STATES)[number];
  readonly scores: readonly { readonly criterion: string; readonly score: number }[] | null;
}

const isOfInterview = (event: RequisitionEvent): event is Extract<RequisitionEvent, { data: { interviewId: string } }> => 'interviewId' in event.data;

export const interviews = projection<InterviewRow, RequisitionEvent>({
  name: 'interviews',
  version: 1,
  follows: [requisitionContract],
  indexes: [['interviewerId', 'state']],
  rowsOf: (event) => (isOfInterview(event) ? [event.data.interviewId] : []),
  fold(row, event, id): InterviewRow | null {
    if (event.type === 'accounts.requisition.candidate-interviewed') {
      const { candidateId, interviewerId, heldOn, criteria } = event.data;
      return { id, requisitionId: idOf(requisitionContract, event.streamId), candidateId, interviewerId, heldOn, criteria, state: 'to-score', scores: null };
    }
    return event.type === 'accounts.requisition.interview-scored' ? { ...row!, state: 'scored', scores: event.data.scores } : row;
  },
});

export class ListInterviews extends PageQuery<InterviewRow> {
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
  @IsOptional() @IsId() interviewerId?: string;
}

/** `GET /api/accounts/interviews`: one's own, and those of the people whom one leads. The candidate is an id here. */
export const interviewQueries = rowQueries<InterviewRow, InterviewRow, ListInterviews>({
  path: 'interviews',
  roles: ['director', 'hr', 'kam', 'sales-engineer', 'project-manager', 'bid-manager', 'legal', 'csr-officer', 'auditor'],
  rows: interviews,
  list: ListInterviews,
  equal: ['state', 'interviewerId'],
  sort: { heldOn: -1 },
  scope: { owner: 'interviewerId' },
  show: (row) => row,
});
