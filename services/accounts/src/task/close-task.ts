import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsId, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { TeamMembers } from '../team-member/team-members.js';
import { WORKERS } from './raise-task.js';
import { assign, assigneeOf, complete, dismiss, task } from './task.aggregate.js';

export class AssignTask extends AggregateCommand {
  @IsId() assigneeId!: string;
}

export const assignTaskCase = useCase(AssignTask, {
  route: 'tasks/:id/assign',
  roles: WORKERS,
  on: task,
  ownerOf: assigneeOf,
  needs: [TeamMembers],
  prepare: ({ assigneeId }, _task, [members]) => members.assertOnboarded(assigneeId),
  decide: (state, { assigneeId }) => assign(state, assigneeId),
});

export class DoTask extends AggregateCommand {
  @IsOptional() @IsText(2_000) note?: string | null;
}

export const doTaskCase = useCase(DoTask, {
  route: 'tasks/:id/do',
  roles: WORKERS,
  on: task,
  ownerOf: assigneeOf,
  decide: (state, { note = null }) => complete(state, note),
});

export class DismissTask extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const dismissTaskCase = useCase(DismissTask, {
  route: 'tasks/:id/dismiss',
  roles: WORKERS,
  on: task,
  ownerOf: assigneeOf,
  decide: (state, { reason }) => dismiss(state, reason),
});
