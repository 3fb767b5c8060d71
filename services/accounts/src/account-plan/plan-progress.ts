import type { DateOnly, PlanStatus } from '@keyfold/contracts';
import { PageQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, accountList, daysBetween, IsId, ReportingTime } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { IsInt, IsOptional } from 'class-validator';
import { planObjectives, type PlanObjectiveRow } from '../plan/plan-objectives.projection.js';
import { PLAN_READERS } from '../plan/plan-use-case.js';
import { accountPlans } from './account-plans.projection.js';
import { planActions, type PlanActionRow } from './plan-actions.projection.js';

/** More objectives, actions and milestones than a plan takes in. */
const PARTS_LIMIT = 1_000;

interface Progress {
  /** Dropped ones are not counted. `progressPercent`: the mean of those that were measured, each from 0 to 100; `elapsedPercent`: how much of their time is gone. Null: no data. */
  readonly objectives: { readonly total: number; readonly achieved: number; readonly missed: number; readonly measured: number; readonly progressPercent: number | null; readonly elapsedPercent: number | null };
  /** Cancelled ones are not counted. */
  readonly actions: { readonly total: number; readonly done: number; readonly overdue: number; readonly donePercent: number | null };
  readonly milestones: { readonly total: number; readonly reached: number; readonly overdue: number };
}

type Objective = Pick<PlanObjectiveRow, 'state' | 'progress' | 'dueOn'>;
type Action = Pick<PlanActionRow, 'type' | 'state' | 'dueOn'>;

/** `since`: the day since which the version in force is; null before. */
export function progressOfPlan(objectives: readonly Objective[], actions: readonly Action[], { today, since }: { today: DateOnly; since: DateOnly | null }): Progress {
  const aims = objectives.filter(({ state }) => state !== 'dropped');
  const measured = aims.flatMap(({ progress }) => (progress === null ? [] : [within(progress)]));
  const elapsed = since === null ? [] : aims.map(({ dueOn }) => (dueOn <= since ? 1 : within(daysBetween(since, today) / daysBetween(since, dueOn))));
  const work = actions.filter(({ type, state }) => type === 'action' && state !== 'cancelled');
  const milestones = actions.filter(({ type }) => type === 'milestone');
  const count = <One>(some: readonly One[], is: (one: One) => boolean): number => some.filter(is).length;
  const isDone = ({ state }: Action): boolean => state === 'done';
  const isOverdue = ({ state, dueOn }: Action): boolean => (state === 'open' || state === 'in-progress') && dueOn < today;
  return {
    objectives: {
      total: aims.length,
      achieved: count(aims, ({ state }) => state === 'achieved'),
      missed: count(aims, ({ state }) => state === 'missed'),
      measured: measured.length,
      progressPercent: meanPercent(measured),
      elapsedPercent: meanPercent(elapsed),
    },
    actions: { total: work.length, done: count(work, isDone), overdue: count(work, isOverdue), donePercent: meanPercent(work.map((action) => Number(isDone(action)))) },
    milestones: { total: milestones.length, reached: count(milestones, isDone), overdue: count(milestones, isOverdue) },
  };
}

const within = (part: number): number => Math.min(1, Math.max(0, part));

const meanPercent = (parts: readonly number[]): number | null => (parts.length === 0 ? null : Math.round((parts.reduce((sum, part) => sum + part, 0) / parts.length) * 1_000) / 10);

interface PlanProgress extends Progress {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string | null;
  readonly fiscalYear: number;
  readonly status: PlanStatus;
}

export class ListPlanProgress extends PageQuery<PlanProgress> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @Type(() => Number) @IsInt() fiscalYear?: number;
}

/** `GET /api/accounts/plan-progress` (domain.md H3, 3.9): how far each plan is, beside how far its time is. */
export const planProgressQuery = accountList({
  path: 'plan-progress',
  roles: PLAN_READERS,
  rows: accountPlans,
  list: ListPlanProgress,
  equal: ['accountId', 'fiscalYear'],
  sort: { fiscalYear: -1 },
  account: 'accountId',
  needs: [Views, Access, ReportingTime],
  async reckon(plans, _query, [views, access, time]): Promise<PlanProgress[]> {
    const parts = { filter: { planId: { $in: plans.map(({ id }) => id) } }, sort: {}, limit: PARTS_LIMIT * plans.length };
    const [objectives, actions] = plans.length === 0 ? [[], []] : await Promise.all([views.of(planObjectives).find(parts), views.of(planActions).find(parts)]);
    const [objectivesOf, actionsOf] = [Map.groupBy(objectives, ({ planId }) => planId), Map.groupBy(actions, ({ planId }) => planId)];
    const today = time.dateOf(access.now());
    const reckoned = plans.map(async ({ id, accountId, fiscalYear, status, activeSince }): Promise<PlanProgress> => {
      const progress = progressOfPlan(objectivesOf.get(id) ?? [], actionsOf.get(id) ?? [], { today, since: activeSince && time.dateOf(activeSince) });
      return { id, accountId, accountName: await access.accountName(accountId), fiscalYear, status, ...progress };
    });
    return Promise.all(reckoned);
  },
});
