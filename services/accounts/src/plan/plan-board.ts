import type { PlanLifecycleEvent, PlanStatus } from '@keyfold/contracts';
import type { RecordedEvent } from '@keyfold/event-sourcing';
import { lifecycleFolds, NEW_PLAN, type PlanLife } from './plan-lifecycle.aggregate.js';

/** What the boards of both kinds of plans show. */
export interface PlanBoardRow extends PlanLife {
  readonly id: string;
  /** Of the stream; `planVersion` counts the revisions. */
  readonly version: number;
  readonly planVersion: number;
  readonly accountId: string;
  readonly status: PlanStatus;
  readonly submittedAt: string | null;
  /** The last decision on it. */
  readonly decision: { readonly outcome: 'approved' | 'rejected'; readonly byId: string; readonly at: string; readonly note: string | null } | null;
  readonly activeSince: string | null;
  readonly closed: { readonly at: string; readonly reason: string } | null;
  /** When something last happened in it (domain.md 3.17). */
  readonly lastEventAt: string;
}

/** The row after any event of the plan; its first event makes it. */
export function planBoardFold<Plan extends string>(plan: Plan, row: PlanBoardRow | null, event: RecordedEvent, id: string): PlanBoardRow {
  const life = { ...(row ?? NEW_PLAN), version: row?.planVersion ?? NEW_PLAN.version };
  const folded = (lifecycleFolds<Plan, PlanLife>(plan) as unknown as Readonly<Record<string, (life: PlanLife, fact: RecordedEvent) => PlanLife>>)[event.type]?.(life, event) ?? life;
  const { status, activeVersion, submittedById } = folded;
  return {
    ...(row ?? { submittedAt: null, decision: null, activeSince: null, closed: null }),
    id,
    version: event.version,
    planVersion: folded.version,
    accountId: event.partitionKey,
    status,
    activeVersion,
    submittedById,
    lastEventAt: event.occurredAt,
    ...moment(event as RecordedEvent<PlanLifecycleEvent<string>>, plan),
  };
}

function moment({ type, data, occurredAt: at }: RecordedEvent<PlanLifecycleEvent<string>>, plan: string): Partial<PlanBoardRow> {
  const said = data as unknown as { approvedById: string; rejectedById: string; note: string | null; reason: string };
  switch (type.slice(plan.length + 1)) {
    case 'submitted':
      return { submittedAt: at };
    case 'approved':
      return { decision: { outcome: 'approved', byId: said.approvedById, at, note: said.note } };
    case 'rejected':
      return { decision: { outcome: 'rejected', byId: said.rejectedById, at, note: said.reason } };
    case 'activated':
      return { activeSince: at };
    case 'closed':
      return { closed: { at, reason: said.reason } };
    default:
      return {};
  }
}
