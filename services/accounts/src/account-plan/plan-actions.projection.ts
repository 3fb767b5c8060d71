import { type AccountPlanEvent, accountPlanContract } from '@keyfold/contracts';
import { idOf, projection, type RecordedEvent } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { PLAN_READERS } from '../plan/plan-use-case.js';

const TYPES = ['action', 'milestone'] as const;
const STATES = ['open', 'in-progress', 'done', 'cancelled', 'left-open'] as const;

/** A bar or a diamond of the Gantt chart, and a card of the kanban. */
export interface PlanActionRow {
  readonly id: string;
  readonly type: (typeof TYPES)[number];
  readonly planId: string;
  readonly accountId: string;
  /** Of the action or of the milestone, in its plan. */
  readonly actionId: string;
  readonly title: string;
  /** `done`: a milestone is reached; `left-open`: the plan was closed first. */
  readonly state: (typeof STATES)[number];
  readonly ownerId: string | null;
  readonly startOn: string | null;
  readonly dueOn: string;
  readonly objectiveId: string | null;
  /** Actions of the plan that come before it. */
  readonly dependsOn: readonly string[];
  readonly rescheduled: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Why it was cancelled, or what was said when it was done. */
  readonly note: string | null;
}

const rowId = (planId: string, type: PlanActionRow['type'], id: string): string => `${planId}--${type}-${id}`;

/** The work of all plans in project mode (domain.md M2, K6). */
export const planActions = projection<PlanActionRow, AccountPlanEvent>({
  name: 'plan-actions',
  version: 1,
  follows: [accountPlanContract],
  indexes: [['planId', 'dueOn'], ['accountId', 'dueOn'], ['ownerId', 'state', 'dueOn'], ['state', 'dueOn'], ['dueOn']],
  rowsOf(event) {
    const planId = idOf(accountPlanContract, event.streamId);
    if (event.type === 'accounts.account-plan.withdrawn') return event.data.actionIds.map((id) => rowId(planId, 'action', id));
    if (event.type === 'accounts.account-plan.closed') return event.data.openActionIds.map((id) => rowId(planId, 'action', id));
    if (!/\.(action|milestone)-/.test(event.type)) return [];
    const { actionId, milestoneId } = event.data as { actionId?: string; milestoneId?: string };
    return [milestoneId === undefined ? rowId(planId, 'action', actionId!) : rowId(planId, 'milestone', milestoneId)];
  },
  fold(row, event, id): PlanActionRow | null {
    switch (event.type) {
      case 'accounts.account-plan.action-added': {
        const { provenance: _provenance, ...action } = event.data;
        return { ...newRow(event, id), type: 'action', ...action };
      }
      case 'accounts.account-plan.milestone-set': {
        const { milestoneId: actionId, actionIds: dependsOn, title, dueOn } = event.data;
        return { ...newRow(event, id), type: 'milestone', actionId, title, dueOn, dependsOn };
      }
      case 'accounts.account-plan.action-assigned':
        return { ...row!, ownerId: event.data.ownerId };
      case 'accounts.account-plan.action-dependencies-set':
        return { ...row!, dependsOn: event.data.dependsOn };
      case 'accounts.account-plan.action-started':
        return { ...row!, state: 'in-progress', startedAt: event.occurredAt };
      case 'accounts.account-plan.action-rescheduled':
        return { ...row!, dueOn: event.data.dueOn, rescheduled: event.data.times };
      case 'accounts.account-plan.action-completed':
      case 'accounts.account-plan.milestone-reached':
        return { ...row!, state: 'done', endedAt: event.occurredAt, note: event.data.note };
      case 'accounts.account-plan.action-cancelled':
        return { ...row!, state: 'cancelled', endedAt: event.occurredAt, note: event.data.reason };
      case 'accounts.account-plan.closed':
        return { ...row!, state: 'left-open', endedAt: event.occurredAt };
      case 'accounts.account-plan.withdrawn':
        return null;
      default:
        return row;
    }
  },
});

const newRow = (event: RecordedEvent, id: string) => ({
  id,
  planId: idOf(accountPlanContract, event.streamId),
  accountId: event.partitionKey,
  state: 'open' as const,
  ownerId: null,
  startOn: null,
  objectiveId: null,
  rescheduled: 0,
  startedAt: null,
  endedAt: null,
  note: null,
});

type PlanActionItem = PlanActionRow & { overdue: boolean; accountName: string | null; ownerName: string | null };

export class ListPlanActions extends PageQuery<PlanActionItem> {
  @IsOptional() @IsId() planId?: string;
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsId() ownerId?: string;
  @IsOptional() @IsIn(TYPES) type?: (typeof TYPES)[number];
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
  /** Only what should have been done before today. */
  @IsOptional() @IsIn(['true']) overdue?: 'true';
}

export const planActionQueries = rowQueries<PlanActionRow, PlanActionItem, ListPlanActions, readonly [typeof Policies]>({
  path: 'plan-actions',
  roles: PLAN_READERS,
  rows: planActions,
  list: ListPlanActions,
  equal: ['planId', 'accountId', 'ownerId', 'type', 'state'],
  needs: [Policies],
  where: ({ overdue }, [policies]) => (overdue ? [{ state: { $in: ['open', 'in-progress'] }, dueOn: { $lt: policies.today() } }] : []),
  sort: { dueOn: 1 },
  scope: { account: 'accountId' },
  show: async (row, access, _time, [policies]) => ({
    ...row,
    overdue: (row.state === 'open' || row.state === 'in-progress') && row.dueOn < policies.today(),
    accountName: await access.accountName(row.accountId),
    ownerName: await access.memberName(row.ownerId),
  }),
});
