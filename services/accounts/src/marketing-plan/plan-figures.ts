import type { Bilingual, PlanStatus, StrategicAxesPolicy } from '@keyfold/contracts';
import { queryCase, Views } from '@keyfold/event-sourcing-nest';
import { Access, addDays, addMonths, daysBetween, monthOf } from '@keyfold/platform';
import { type Figures, FiguresOfYear, figuresOf } from '../plan/in-scope.js';
import { PLAN_READERS } from '../plan/plan-use-case.js';
import { Policies } from '../policy/policies.js';
import { burnOf, type MarketingPlanRow, marketingPlans } from './marketing-plans.projection.js';

/** The marketing plans that serve a strategic axis; `axisCode` null: those that cite none yet. */
export interface StrategicAlignment {
  readonly axisCode: string | null;
  /** Null for an axis that is not in force today. */
  readonly label: Bilingual | null;
  readonly inForce: boolean;
  readonly plans: number;
  readonly byStatus: Readonly<Partial<Record<PlanStatus, number>>>;
  /** By currency, in its minor units: amounts of several are never added. */
  readonly budgets: readonly { readonly currency: string; readonly plannedMinor: number; readonly budgetMinor: number | null; readonly spentMinor: number }[];
}

export function strategicAlignments(rows: readonly MarketingPlanRow[], { axes }: StrategicAxesPolicy): readonly StrategicAlignment[] {
  const cited = Map.groupBy(rows, ({ axisCode }) => axisCode);
  const codes = [...new Set([...axes.map(({ code }) => code), ...cited.keys()])];
  return codes.map((axisCode) => {
    const plans = cited.get(axisCode) ?? [];
    const axis = axes.find(({ code }) => code === axisCode);
    const byCurrency = [...Map.groupBy(plans, ({ currency }) => currency)];
    return {
      axisCode,
      label: axis?.label ?? null,
      inForce: axis !== undefined,
      plans: plans.length,
      byStatus: Object.fromEntries([...Map.groupBy(plans, ({ status }) => status)].map(([status, own]) => [status, own.length])),
      budgets: byCurrency.map(([currency, own]) => {
        const { plannedMinor, budgetMinor, spentMinor } = burnOf(own.flatMap(({ lines }) => lines), own.flatMap(({ commitments }) => commitments));
        return { currency, plannedMinor, budgetMinor, spentMinor };
      }),
    };
  });
}

export class GetStrategicAlignment extends FiguresOfYear<StrategicAlignment> {}

export const strategicAlignmentCase = queryCase<Figures<StrategicAlignment>, GetStrategicAlignment, readonly [typeof Views, typeof Access, typeof Policies]>(GetStrategicAlignment, {
  route: 'strategic-alignment',
  roles: PLAN_READERS,
  needs: [Views, Access, Policies],
  async answer(query, needed) {
    const axes = await needed[2].inForce('strategic-axes');
    return figuresOf(query, needed, marketingPlans, (rows) => strategicAlignments(rows, axes));
  },
});

/** Days of a member that marketing plans count on in a month. */
export interface ResourceLoad {
  readonly memberId: string;
  readonly memberName: string | null;
  /** `2026-03`. */
  readonly month: string;
  readonly personDays: number;
}

/** Person-days spread evenly over the days of their time; plans that are closed need nobody any more. */
export function resourceLoads(rows: readonly MarketingPlanRow[]): readonly Omit<ResourceLoad, 'memberName'>[] {
  const loads = new Map<string, Omit<ResourceLoad, 'memberName'>>();
  const allocations = rows.filter(({ status }) => status !== 'closed').flatMap(({ resources }) => resources.filter(({ released }) => !released).map(({ allocation }) => allocation));
  for (const { memberId, personDays, startOn, endOn } of allocations) {
    if (memberId === null || personDays === null) continue;
    const days = daysBetween(startOn, endOn) + 1;
    for (let month = monthOf(startOn); month <= monthOf(endOn); month = addMonths(month, 1)) {
      const first = `${month}-01` > startOn ? `${month}-01` : startOn;
      const lastOfMonth = addDays(`${addMonths(month, 1)}-01`, -1);
      const inMonth = daysBetween(first, lastOfMonth < endOn ? lastOfMonth : endOn) + 1;
      const key = `${memberId} ${month}`;
      loads.set(key, { memberId, month, personDays: (loads.get(key)?.personDays ?? 0) + (personDays * inMonth) / days });
    }
  }
  return [...loads.values()].sort((a, b) => (a.month + a.memberId < b.month + b.memberId ? -1 : 1));
}

export class GetResourceLoad extends FiguresOfYear<ResourceLoad> {}

export const resourceLoadCase = queryCase<Figures<ResourceLoad>, GetResourceLoad, readonly [typeof Views, typeof Access]>(GetResourceLoad, {
  route: 'resource-load',
  roles: PLAN_READERS,
  needs: [Views, Access],
  answer: (query, needed) =>
    figuresOf(query, needed, marketingPlans, (rows) => Promise.all(resourceLoads(rows).map(async (load) => ({ ...load, memberName: await needed[1].memberName(load.memberId) })))),
});
