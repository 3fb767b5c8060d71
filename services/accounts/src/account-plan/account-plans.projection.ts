import { type AccountPlanEvent, accountPlanContract, PLAN_STATUSES, type PlanStatus, type PolicyContents, type Provenance } from '@keyfold/contracts';
import { projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { daysBetween, IsId, rowQueries } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional } from 'class-validator';
import { type PlanBoardRow, planBoardFold } from '../plan/plan-board.js';
import { PLAN_READERS } from '../plan/plan-use-case.js';
import { Policies } from '../policy/policies.js';

/** A plan on the board: where it stands and who decided what on it. */
export interface AccountPlanRow extends PlanBoardRow {
  readonly fiscalYear: number;
  readonly currency: string;
  readonly provenance: Provenance | null;
}

export const accountPlans = projection<AccountPlanRow, AccountPlanEvent>({
  name: 'account-plans',
  version: 1,
  follows: [accountPlanContract],
  indexes: [['accountId', 'fiscalYear'], ['status', 'fiscalYear'], ['fiscalYear']],
  fold(row, event, id): AccountPlanRow | null {
    if (event.type === 'accounts.account-plan.withdrawn') return null;
    return { ...planBoardFold('accounts.account-plan', row, event, id), ...draftOf(event.type === 'accounts.account-plan.drafted' ? event.data : row!) };
  },
});

const draftOf = ({ fiscalYear, currency, provenance }: Pick<AccountPlanRow, 'fiscalYear' | 'currency' | 'provenance'>) => ({ fiscalYear, currency, provenance });

type AccountPlanItem = AccountPlanRow & { accountName: string | null; daysSinceLastEvent: number; living: boolean };

export class ListAccountPlans extends PageQuery<AccountPlanItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(PLAN_STATUSES) status?: PlanStatus;
  @IsOptional() @Type(() => Number) @IsInt() fiscalYear?: number;
}

export const accountPlanQueries = rowQueries<AccountPlanRow, AccountPlanItem, ListAccountPlans, readonly [typeof Policies], PolicyContents['plans']>({
  path: 'account-plans',
  roles: PLAN_READERS,
  rows: accountPlans,
  list: ListAccountPlans,
  equal: ['accountId', 'status', 'fiscalYear'],
  sort: { fiscalYear: -1 },
  scope: { account: 'accountId' },
  needs: [Policies],
  beside: ([policies]) => policies.inForce('plans'),
  async show(row, access, time, [policies, { livingPlanDays }]) {
    const daysSinceLastEvent = daysBetween(time.dateOf(row.lastEventAt), policies.today());
    return { ...row, accountName: await access.accountName(row.accountId), daysSinceLastEvent, living: row.status !== 'closed' && daysSinceLastEvent < livingPlanDays };
  },
});
