import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsBody, IsCurrency, IsId, IsWhole, ProvenanceBody } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { accountUseCase } from '../key-account/accounts.js';
import { PLANNERS } from '../plan/plan-use-case.js';
import { accountOf, accountPlan, draft } from './account-plan.aggregate.js';

/** A new plan, or one that an import says again: the id may be chosen by the caller. */
export class DraftAccountPlan extends AggregateCommand {
  @IsId() accountId!: string;
  /** The calendar year in which the fiscal year begins. */
  @IsWhole(1990, 2199) fiscalYear!: number;
  /** Of all money of the plan. */
  @IsCurrency() currency!: string;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

export const draftAccountPlanCase = accountUseCase(DraftAccountPlan, {
  route: ['account-plans', 'account-plans/:id/draft'],
  roles: PLANNERS,
  on: accountPlan,
  makes: true,
  accountOf: (plan, { accountId }) => accountOf(plan) ?? accountId,
  decide: (plan, { accountId, fiscalYear, currency, provenance = null }) => draft(plan, { accountId, fiscalYear, currency, provenance: provenance && { ...provenance } }),
});
