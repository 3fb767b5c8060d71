import { type DateOnly, type EngagementPlanEvent, engagementPlanContract } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CLIENT_FACING } from './engagement-plan-case.js';

const STATES = ['open', 'done', 'dropped'] as const;

export interface FollowUpRow {
  readonly id: string;
  readonly accountId: string;
  readonly meetingId: string | null;
  readonly title: string;
  readonly ownerId: string;
  readonly dueOn: DateOnly;
  readonly state: (typeof STATES)[number];
  readonly closedAt: string | null;
  /** What was said when it was closed. */
  readonly outcome: string | null;
}

/** What we promised the client, and whether it was done. */
export const followUps = projection<FollowUpRow, EngagementPlanEvent>({
  name: 'follow-ups',
  version: 1,
  follows: [engagementPlanContract],
  indexes: [['accountId', 'dueOn'], ['ownerId', 'state', 'dueOn'], ['state', 'dueOn'], ['dueOn']],
  rowsOf: (event) => (event.type.startsWith('accounts.engagement-plan.follow-up-') && 'followUpId' in event.data ? [event.data.followUpId] : []),
  fold(row, event, id): FollowUpRow | null {
    switch (event.type) {
      case 'accounts.engagement-plan.follow-up-agreed': {
        const { followUpId: _followUpId, ...agreed } = event.data;
        return { id, accountId: idOf(engagementPlanContract, event.streamId), ...agreed, state: 'open', closedAt: null, outcome: null };
      }
      case 'accounts.engagement-plan.follow-up-done':
        return { ...row!, state: 'done', closedAt: event.occurredAt, outcome: event.data.note };
      case 'accounts.engagement-plan.follow-up-dropped':
        return { ...row!, state: 'dropped', closedAt: event.occurredAt, outcome: event.data.reason };
      default:
        return row;
    }
  },
});

type FollowUpItem = FollowUpRow & { accountName: string | null; ownerName: string | null };

export class ListFollowUps extends PageQuery<FollowUpItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsId() ownerId?: string;
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
  /** Due before this day. */
  @IsOptional() @IsDateOnly() dueBefore?: string;
}

export const followUpQueries = rowQueries<FollowUpRow, FollowUpItem, ListFollowUps>({
  path: 'follow-ups',
  roles: [...CLIENT_FACING, 'auditor'],
  rows: followUps,
  list: ListFollowUps,
  equal: ['accountId', 'ownerId', 'state'],
  where: ({ dueBefore }) => (dueBefore === undefined ? [] : [{ dueOn: { $lt: dueBefore } }]),
  sort: { dueOn: 1 },
  scope: { account: 'accountId' },
  show: async (row, access) => ({ ...row, accountName: await access.accountName(row.accountId), ownerName: await access.memberName(row.ownerId) }),
});
