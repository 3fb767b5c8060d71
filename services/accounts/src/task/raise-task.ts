import { TASK_KINDS, type TaskMatter } from '@keyfold/contracts';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsBody, IsCode, IsId, IsInstant, IsText } from '@keyfold/platform';
import { IsIn, IsObject, IsOptional } from 'class-validator';
import { Accounts } from '../key-account/accounts.js';
import { TeamMembers } from '../team-member/team-members.js';
import { raise, task } from './task.aggregate.js';

/** Who has tasks. */
export const WORKERS = ['kam', 'director', 'service-agent', 'sales-engineer', 'project-manager', 'csr-officer'] as const;

/** A task that somebody writes for himself or for another. */
export class AddTask extends AggregateCommand {
  @IsOptional() @IsId() accountId?: string | null;
  @IsText(200) title!: string;
  @IsOptional() @IsId() assigneeId?: string | null;
  @IsOptional() @IsInstant() dueAt?: string | null;
}

export const addTaskCase = useCase(AddTask, {
  route: 'tasks',
  roles: WORKERS,
  on: task,
  needs: [Accounts, TeamMembers],
  async permit({ accountId, scope }, _task, [accounts]) {
    if (accountId) await accounts.assertEditable(accountId, scope);
  },
  async prepare({ assigneeId }, _task, [, members]) {
    if (assigneeId) await members.assertOnboarded(assigneeId);
  },
  decide(state, { accountId = null, title, assigneeId, dueAt = null, context }) {
    const matter: TaskMatter = { kind: 'custom', params: { title }, subject: accountId === null ? null : { type: 'account', id: accountId } };
    return raise(state, { accountId, matter, assigneeId: assigneeId ?? context.actor.memberId, dueAt });
  },
});

class TaskSubjectBody {
  @IsCode() type!: string;
  @IsId() id!: string;
}

class TaskMatterBody {
  @IsIn(TASK_KINDS) kind!: string;
  @IsObject() params!: Record<string, string>;
  @IsBody(() => TaskSubjectBody) subject!: TaskSubjectBody;
}

/** A task that a policy raises for whom it names, else for whoever owns the account at that moment or for his director; nobody's when there is nobody. */
export class RaiseTask extends AggregateCommand {
  @IsOptional() @IsId() accountId?: string | null;
  @IsOptional() @IsId() assigneeId?: string | null;
  @IsOptional() @IsIn(['owner', 'director']) audience?: 'owner' | 'director';
  @IsBody(() => TaskMatterBody) matter!: TaskMatterBody;
  @IsOptional() @IsInstant() dueAt?: string | null;
}

export const raiseTaskCase = useCase(RaiseTask, {
  route: 'tasks/:id/raise',
  roles: ['service'],
  on: task,
  makes: true,
  needs: [Accounts, TeamMembers],
  async prepare({ accountId, assigneeId, audience = 'owner' }, _task, [accounts, members]) {
    if (assigneeId) return assigneeId;
    const ownerId = accountId ? await accounts.ownerOf(accountId) : null;
    return audience === 'director' && ownerId !== null ? members.managerOf(ownerId) : ownerId;
  },
  decide: (state, { accountId = null, matter: { kind, params, subject }, dueAt = null }, assigneeId) =>
    raise(state, { accountId, matter: { kind, params, subject: { type: subject.type, id: subject.id } }, assigneeId, dueAt }),
});
