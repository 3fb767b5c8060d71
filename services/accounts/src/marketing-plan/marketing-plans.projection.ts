import { type MarketingPlanEvent, marketingPlanContract, PLAN_STATUSES, type PlanStatus, type PolicyContents } from '@keyfold/contracts';
import { projection, type RecordedEvent } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { daysBetween, IsCode, IsId, rowQueries } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional } from 'class-validator';
import { type PlanBoardRow, planBoardFold } from '../plan/plan-board.js';
import { PLAN_READERS } from '../plan/plan-use-case.js';
import { Policies } from '../policy/policies.js';
import { type KnownMarketingPlan, marketingPlanFolds } from './marketing-plan.aggregate.js';
import { type BudgetLine, type Commitment, spentOf } from './marketing-plan.means.aggregate.js';

type Kept = Pick<KnownMarketingPlan, 'title' | 'fiscalYear' | 'currency' | 'axisCode' | 'strategy' | 'lines' | 'commitments' | 'resources'>;

/** A plan on the board, with its budget: the same fold as the plan's own. */
export interface MarketingPlanRow extends PlanBoardRow, Kept {}

const folds = marketingPlanFolds as unknown as Readonly<Record<string, (state: Kept, event: RecordedEvent) => Kept>>;

/** Events of campaigns and objectives have rows of their own. */
const IS_KEPT = /\.(drafted|approved|aligned-with-axis|strategy-defined|budget-|spend-|commitment-|resource-)/;

export const marketingPlans = projection<MarketingPlanRow, MarketingPlanEvent>({
  name: 'marketing-plans',
  version: 1,
  follows: [marketingPlanContract],
  indexes: [['accountId', 'fiscalYear'], ['status', 'fiscalYear'], ['axisCode', 'fiscalYear'], ['fiscalYear']],
  fold(row, event, id) {
    const { title, fiscalYear, currency, axisCode, strategy, lines, commitments, resources } = IS_KEPT.test(event.type) ? folds[event.type]!(row!, event) : row!;
    return { ...planBoardFold('accounts.marketing-plan', row, event, id), ...{ title, fiscalYear, currency, axisCode, strategy, lines, commitments, resources } };
  },
});

/** Amounts in minor units of the plan's currency. */
export interface Burn {
  readonly plannedMinor: number;
  /** Approved, with what was raised; null before the first approval. */
  readonly budgetMinor: number | null;
  /** Promised and not released, spent or not. */
  readonly committedMinor: number;
  readonly spentMinor: number;
  /** Spent of the budget, in per cent; null without a budget. */
  readonly burnPercent: number | null;
  readonly overruns: number;
}

/** Spent / budget, with what is committed apart (domain.md 3.12). */
export function burnOf(lines: readonly BudgetLine[], commitments: readonly Commitment[]): Burn {
  const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
  const approved = lines.flatMap(({ ceilingMinor }) => ceilingMinor ?? []);
  const budgetMinor = approved.length === 0 ? null : sum(approved);
  const spentMinor = sum(commitments.map(spentOf));
  return {
    plannedMinor: sum(lines.map((line) => line.plannedMinor)),
    budgetMinor,
    committedMinor: sum(commitments.map((one) => (one.released ? spentOf(one) : one.amountMinor))),
    spentMinor,
    burnPercent: budgetMinor ? (100 * spentMinor) / budgetMinor : null,
    overruns: commitments.filter(({ overrun }) => overrun).length,
  };
}

type LineItem = BudgetLine & Burn;

type MarketingPlanItem = Omit<MarketingPlanRow, 'lines' | 'commitments' | 'resources'> & {
  accountName: string | null;
  daysSinceLastEvent: number;
  living: boolean;
  burn: Burn;
  lines: readonly LineItem[];
  commitments: readonly Commitment[];
  resources: MarketingPlanRow['resources'];
};

export class ListMarketingPlans extends PageQuery<MarketingPlanItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(PLAN_STATUSES) status?: PlanStatus;
  @IsOptional() @Type(() => Number) @IsInt() fiscalYear?: number;
  @IsOptional() @IsCode() axisCode?: string;
}

export const marketingPlanQueries = rowQueries<MarketingPlanRow, MarketingPlanItem, ListMarketingPlans, readonly [typeof Policies], PolicyContents['plans']>({
  path: 'marketing-plans',
  roles: PLAN_READERS,
  rows: marketingPlans,
  list: ListMarketingPlans,
  equal: ['accountId', 'status', 'fiscalYear', 'axisCode'],
  sort: { fiscalYear: -1 },
  scope: { account: 'accountId' },
  needs: [Policies],
  beside: ([policies]) => policies.inForce('plans'),
  async show(row, access, time, [policies, { livingPlanDays }]) {
    const daysSinceLastEvent = daysBetween(time.dateOf(row.lastEventAt), policies.today());
    return {
      ...row,
      accountName: await access.accountName(row.accountId),
      daysSinceLastEvent,
      living: row.status !== 'closed' && daysSinceLastEvent < livingPlanDays,
      burn: burnOf(row.lines, row.commitments),
      lines: row.lines.map((line) => ({ ...line, ...burnOf([line], row.commitments.filter(({ lineId }) => lineId === line.id)) })),
    };
  },
});
