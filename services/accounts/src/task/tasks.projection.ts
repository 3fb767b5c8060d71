import { type TaskEvent, type TaskMatter, taskContract } from '@keyfold/contracts';
import { ignored, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { WORKERS } from './raise-task.js';

const STATES = ['open', 'done', 'dismissed'] as const;

export interface TaskRow {
  readonly id: string;
  readonly version: number;
  readonly accountId: string | null;
  readonly matter: TaskMatter;
  readonly assigneeId: string | null;
  readonly dueAt: string | null;
  readonly state: (typeof STATES)[number];
  readonly raisedAt: string;
  readonly closedAt: string | null;
}

export const tasks = projection<TaskRow, TaskEvent>({
  name: 'tasks',
  version: 1,
  follows: [taskContract],
  indexes: [['assigneeId', 'state', 'raisedAt'], ['state', 'raisedAt'], ['accountId']],
  fold(row, event, id): TaskRow | null {
    const known = { ...row!, version: event.version };
    switch (event.type) {
      case 'accounts.task.raised':
        return { id, version: event.version, ...event.data, state: 'open', raisedAt: event.occurredAt, closedAt: null };
      case 'accounts.task.assigned':
        return { ...known, assigneeId: event.data.assigneeId };
      case 'accounts.task.done':
        return { ...known, state: 'done', closedAt: event.occurredAt };
      case 'accounts.task.dismissed':
        return { ...known, state: 'dismissed', closedAt: event.occurredAt };
      default:
        return ignored(row, event);
    }
  },
});

type TaskItem = TaskRow & { accountName: string | null; assigneeName: string | null };

export class ListTasks extends PageQuery<TaskItem> {
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
  @IsOptional() @IsId() assigneeId?: string;
  @IsOptional() @IsId() accountId?: string;
}

export const taskQueries = rowQueries<TaskRow, TaskItem, ListTasks>({
  path: 'tasks',
  roles: [...WORKERS, 'auditor'],
  rows: tasks,
  list: ListTasks,
  equal: ['state', 'assigneeId', 'accountId'],
  sort: { raisedAt: -1 },
  scope: { owner: 'assigneeId' },
  show: async (row, access) => ({ ...row, accountName: await access.accountName(row.accountId), assigneeName: await access.memberName(row.assigneeId) }),
});
