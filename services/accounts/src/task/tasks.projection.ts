import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type TaskEvent, type TaskMatter, taskContract } from '@keyfold/contracts';
import { type Filter, ignored, NotFound, projection } from '@keyfold/event-sourcing';
import { type Page, PageQuery, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsId } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';

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

@QueryHandler(ListTasks)
export class ListTasksHandler implements IQueryHandler<ListTasks> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
  ) {}

  async execute(query: ListTasks): Promise<Page<TaskItem>> {
    const conditions: Filter[] = [
      await this.access.ownerFilter(query.scope, 'assigneeId'),
      ...(query.state ? [{ state: query.state }] : []),
      ...(query.assigneeId ? [{ assigneeId: query.assigneeId }] : []),
      ...(query.accountId ? [{ accountId: query.accountId }] : []),
    ];
    const page = await this.views.page(tasks, query, { filter: { $and: conditions }, sort: { raisedAt: -1 } });
    return { ...page, items: await Promise.all(page.items.map((row) => withNames(row, this.access))) };
  }
}

export class GetTask extends RowById<TaskItem> {}

@QueryHandler(GetTask)
export class GetTaskHandler implements IQueryHandler<GetTask> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
  ) {}

  async execute(query: GetTask): Promise<TaskItem> {
    await this.views.arrived(query);
    const row = await this.views.of(tasks).get(query.id);
    if (!row || !query.scope.covers(row.assigneeId)) throw new NotFound('task', query.id);
    return withNames(row, this.access);
  }
}

const withNames = async (row: TaskRow, access: Access): Promise<TaskItem> => ({
  ...row,
  accountName: await access.accountName(row.accountId),
  assigneeName: await access.memberName(row.assigneeId),
});
