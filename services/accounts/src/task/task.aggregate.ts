import { type TaskEvent, type TaskMatter, taskContract } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';

export type Task =
  | { readonly state: 'unknown' }
  | { readonly state: 'open' | 'done' | 'dismissed'; readonly accountId: string | null; readonly assigneeId: string | null };

export const task = decider<Task, TaskEvent>({
  contract: taskContract,
  initial: { state: 'unknown' },
  partitionKey: (first) => (first.type === 'accounts.task.raised' ? first.data.accountId : null),
  evolve(state, fact): Task {
    switch (fact.type) {
      case 'accounts.task.raised':
        return { state: 'open', accountId: fact.data.accountId, assigneeId: fact.data.assigneeId };
      case 'accounts.task.assigned':
        return state.state === 'unknown' ? state : { ...state, assigneeId: fact.data.assigneeId };
      case 'accounts.task.done':
        return state.state === 'unknown' ? state : { ...state, state: 'done' };
      case 'accounts.task.dismissed':
        return state.state === 'unknown' ? state : { ...state, state: 'dismissed' };
      default:
        return ignored(state, fact);
    }
  },
});

export const assigneeOf = (state: Task): string | null => (state.state === 'unknown' ? null : state.assigneeId);

export function raise(state: Task, facts: { accountId: string | null; matter: TaskMatter; assigneeId: string | null; dueAt: string | null }): TaskEvent[] {
  return state.state === 'unknown' ? [{ type: 'accounts.task.raised', data: facts }] : [];
}

export function assign(state: Task, assigneeId: string): TaskEvent[] {
  assertOpen(state);
  return assigneeOf(state) === assigneeId ? [] : [{ type: 'accounts.task.assigned', data: { assigneeId } }];
}

export function complete(state: Task, note: string | null): TaskEvent[] {
  if (state.state === 'done') return [];
  assertOpen(state);
  return [{ type: 'accounts.task.done', data: { note } }];
}

export function dismiss(state: Task, reason: string): TaskEvent[] {
  if (state.state === 'dismissed') return [];
  assertOpen(state);
  return [{ type: 'accounts.task.dismissed', data: { reason } }];
}

function assertOpen(state: Task): void {
  if (state.state !== 'open') throw new DomainError('task-not-open', { state: state.state });
}
