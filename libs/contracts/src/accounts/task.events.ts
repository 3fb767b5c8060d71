import { defineContract, type DomainEvent, upcastFrom } from '@keyfold/event-sourcing';
import type { Instant } from '../common.js';

/** What Keyfold raises tasks about. A kind that is added here needs no new version of the event; `custom` is what people write themselves. */
export const TASK_KINDS = ['incident-p1', 'cadence-missed', 'tier-review', 'workload-exceeded', 'action-slipped', 'champion-lost', 'custom'] as const;

/** What a task is about. `kind` is a code that is translated on the screen (`task.<kind>`), `params` fill the sentence; `subject` is where a click leads. */
export interface TaskMatter {
  readonly kind: string;
  readonly params: Readonly<Record<string, string>>;
  readonly subject: { readonly type: string; readonly id: string } | null;
}

interface TaskRaised {
  readonly accountId: string | null;
  readonly matter: TaskMatter;
  readonly assigneeId: string | null;
  readonly dueAt: Instant | null;
}

/** Before kinds and subjects were codes. */
interface TaskRaisedV1 extends TaskRaised {
  readonly matter: {
    readonly kind: 'incident-p1' | 'custom';
    readonly params: Readonly<Record<string, string>>;
    readonly subject: { readonly type: 'incident' | 'account' | 'opportunity'; readonly id: string } | null;
  };
}

export type TaskEvent =
  /** `accountId` null: a task of the team itself. `assigneeId` null: nobody yet, the directors see it. */
  | DomainEvent<'accounts.task.raised', TaskRaised>
  | DomainEvent<'accounts.task.assigned', { assigneeId: string }>
  | DomainEvent<'accounts.task.done', { note: string | null }>
  | DomainEvent<'accounts.task.dismissed', { reason: string }>;

export const taskContract = defineContract<TaskEvent>({
  service: 'accounts',
  name: 'task',
  streamPrefix: 'task',
  events: {
    'accounts.task.raised': { version: 2, upcast: upcastFrom<TaskRaisedV1>().to<TaskRaised>((old) => old) },
    'accounts.task.assigned': { version: 1 },
    'accounts.task.done': { version: 1 },
    'accounts.task.dismissed': { version: 1 },
  },
});
