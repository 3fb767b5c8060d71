import { type AccountPlanEvent, accountPlanContract, type Estimate, SWOT_QUADRANTS, type SwotQuadrant } from '@keyfold/contracts';
import { projection, type RecordedEvent } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { addMonths, IsId, monthOf, rowQueries } from '@keyfold/platform';
import { IsInt, IsOptional } from 'class-validator';
import { Type } from 'class-transformer';
import { Offerings } from '../offering/offerings.js';
import { PLAN_READERS } from '../plan/plan-use-case.js';
import { Policies } from '../policy/policies.js';
import { type Cell, environmentFolds, NO_ENVIRONMENT, shareOfWallet, type SwotItem, type WithEnvironment } from './account-plan.environment.aggregate.js';
import { coverageOf, eligibleCells, penetrationOf, whitespaceOf } from './account-plan.whitespace.aggregate.js';

export interface PlanEnvironmentRow extends WithEnvironment {
  readonly id: string;
  readonly accountId: string;
  readonly fiscalYear: number;
}

const folds = environmentFolds<PlanEnvironmentRow>() as unknown as Readonly<Record<string, (row: PlanEnvironmentRow, event: RecordedEvent) => PlanEnvironmentRow>>;

const newRow = ({ id, accountId, fiscalYear, currency }: Omit<PlanEnvironmentRow, keyof typeof NO_ENVIRONMENT>): PlanEnvironmentRow => ({ id, accountId, fiscalYear, currency, ...NO_ENVIRONMENT });

/** What a plan says about its account: the same fold as the plan's own. */
export const planEnvironments = projection<PlanEnvironmentRow, AccountPlanEvent>({
  name: 'plan-environments',
  version: 1,
  follows: [accountPlanContract],
  indexes: [['accountId', 'fiscalYear'], ['fiscalYear']],
  fold(row, event, id) {
    if (event.type === 'accounts.account-plan.withdrawn') return null;
    return event.type === 'accounts.account-plan.drafted' ? newRow({ id, ...event.data }) : (folds[event.type]?.(row!, event) ?? row);
  },
});

/** Who has which part of what the client spends on a category, in per cent; null = not known. */
export interface CategoryShares {
  readonly category: string;
  /** Our share of wallet, what it makes us (domain.md 3.6), and the estimate that it rests on. */
  readonly ourPercent: number | null;
  readonly standing: 'backup' | 'regular' | 'strategic' | null;
  readonly estimate: (Estimate & { readonly stale: boolean }) | null;
  readonly competitors: readonly { readonly competitor: string; readonly sharePercent: number; readonly contractEndsOn: string | null }[];
  /** What nobody named has; null while our own part is not known. */
  readonly unallocatedPercent: number | null;
}

export function categoryShares({ wallets, competitors }: Pick<WithEnvironment, 'wallets' | 'competitors'>, today: string): readonly CategoryShares[] {
  const categories = [...new Set([...wallets.map(({ id }) => id), ...competitors.map(({ category }) => category)])].sort();
  return categories.map((category) => {
    const named = competitors.filter((one) => one.category === category).map(({ competitor, sharePercent, contractEndsOn }) => ({ competitor, sharePercent, contractEndsOn }));
    const wallet = wallets.find(({ id }) => id === category);
    const ourPercent = shareOfWallet(wallet);
    const theirs = named.reduce((sum, { sharePercent }) => sum + sharePercent, 0);
    return {
      category,
      ourPercent,
      standing: standingOf(ourPercent),
      estimate: wallet ? { source: wallet.source, confidence: wallet.confidence, estimatedOn: wallet.estimatedOn, stale: isStale(wallet, today) } : null,
      competitors: named.toSorted((a, b) => b.sharePercent - a.sharePercent),
      unallocatedPercent: ourPercent === null ? null : Math.max(0, 100 - ourPercent - theirs),
    };
  });
}

function standingOf(ourPercent: number | null): CategoryShares['standing'] {
  if (ourPercent === null) return null;
  return ourPercent < 10 ? 'backup' : ourPercent > 60 ? 'strategic' : 'regular';
}

/** An estimate counts as out of date after a year. */
export const isStale = ({ estimatedOn }: Estimate, today: string): boolean => addMonths(monthOf(estimatedOn), 12) + estimatedOn.slice(7) < today;

class ListOfPlans<Item> extends PageQuery<Item> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @Type(() => Number) @IsInt() fiscalYear?: number;
}

type PlanEnvironmentItem = Pick<PlanEnvironmentRow, 'id' | 'accountId' | 'fiscalYear' | 'currency' | 'factors' | 'kpis' | 'keyPeople'> & {
  accountName: string | null;
  swot: Readonly<Record<SwotQuadrant, readonly SwotItem[]>>;
  shares: readonly CategoryShares[];
};

export class ListPlanEnvironments extends ListOfPlans<PlanEnvironmentItem> {}

export const planEnvironmentQueries = rowQueries<PlanEnvironmentRow, PlanEnvironmentItem, ListPlanEnvironments, readonly [typeof Policies]>({
  path: 'plan-environments',
  roles: PLAN_READERS,
  rows: planEnvironments,
  list: ListPlanEnvironments,
  equal: ['accountId', 'fiscalYear'],
  sort: { fiscalYear: -1 },
  scope: { account: 'accountId' },
  needs: [Policies],
  show: async ({ id, accountId, fiscalYear, currency, factors, kpis, keyPeople, swot, ...row }, access, _time, [policies]) => ({
    ...{ id, accountId, fiscalYear, currency, factors, kpis, keyPeople },
    accountName: await access.accountName(accountId),
    swot: Object.fromEntries(SWOT_QUADRANTS.map((quadrant) => [quadrant, swot.filter((item) => item.quadrant === quadrant)])) as Record<SwotQuadrant, SwotItem[]>,
    shares: categoryShares(row, policies.today()),
  }),
});

/** A cell of the grid. Amounts in minor units of the plan's currency; null = not known, never 0. */
type GridCell = Cell & { readonly offeringName: string; readonly whitespaceMinor: number | null; readonly stale: boolean };

type PlanWhitespaceItem = Pick<PlanEnvironmentRow, 'id' | 'accountId' | 'fiscalYear' | 'currency' | 'buyingCentres'> & {
  accountName: string | null;
  /** The eligible cells: every buying centre x every offering that is sold. */
  cells: readonly GridCell[];
  excluded: readonly Cell[];
  /** Sum over the cells whose potential is known; null where none is. */
  whitespaceMinor: number | null;
  /** Cells that buy of all eligible ones, and cells with a potential of them, in per cent; null where there is none. */
  penetrationPercent: number | null;
  coveragePercent: number | null;
};

export class ListPlanWhitespaces extends ListOfPlans<PlanWhitespaceItem> {}

export const planWhitespaceQueries = rowQueries<PlanEnvironmentRow, PlanWhitespaceItem, ListPlanWhitespaces, readonly [typeof Offerings, typeof Policies]>({
  path: 'plan-whitespaces',
  roles: PLAN_READERS,
  rows: planEnvironments,
  list: ListPlanWhitespaces,
  equal: ['accountId', 'fiscalYear'],
  sort: { fiscalYear: -1 },
  scope: { account: 'accountId' },
  needs: [Offerings, Policies],
  async show({ id, accountId, fiscalYear, currency, buyingCentres, cells }, access, _time, [offerings, policies]) {
    const names = new Map((await offerings.sold()).map((offering) => [offering.id, offering.name]));
    const eligible = eligibleCells({ buyingCentres, cells }, [...names.keys()]);
    const grid = eligible.map((cell) => ({ ...cell, offeringName: names.get(cell.offeringId)!, whitespaceMinor: whitespaceOf(cell), stale: cell.estimate !== null && isStale(cell.estimate, policies.today()) }));
    const known = grid.flatMap(({ whitespaceMinor }) => whitespaceMinor ?? []);
    return {
      ...{ id, accountId, fiscalYear, currency, buyingCentres },
      accountName: await access.accountName(accountId),
      cells: grid,
      excluded: cells.filter((cell) => !cell.eligible),
      whitespaceMinor: known.length === 0 ? null : known.reduce((sum, amount) => sum + amount, 0),
      penetrationPercent: penetrationOf(eligible),
      coveragePercent: coverageOf(eligible),
    };
  },
});
