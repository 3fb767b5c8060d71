import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Instant } from '../common.js';

/** What a task is about. `kind` is translated on the screen (`task.<kind>`), `params` fill the sentence; `subject` is where a click leads. */
export interface TaskMatter {
  readonly kind: 'incident-p1' | 'custom';
  readonly params: Readonly<Record<string, string>>;
  readonly subject: { readonly type: 'incident' | 'account' | 'opportunity'; readonly id: string } | null;
}

export type TaskEvent =
  /** `accountId` null: a task of the team itself. `assigneeId` null: nobody yet, the directors see it. */
  | DomainEvent<'accounts.task.raised', { accountId: string | null; matter: TaskMatter; assigneeId: string | null; dueAt: Instant | null }>
  | DomainEvent<'accounts.task.assigned', { assigneeId: string }>
  | DomainEvent<'accounts.task.done', { note: string | null }>
  | DomainEvent<'accounts.task.dismissed', { reason: string }>;

export const taskContract = defineContract<TaskEvent>({
  service: 'accounts',
  name: 'task',
  streamPrefix: 'task',
  events: {
    'accounts.task.raised': { version: 1 },
    'accounts.task.assigned': { version: 1 },
    'accounts.task.done': { version: 1 },
    'accounts.task.dismissed': { version: 1 },
  },
});
