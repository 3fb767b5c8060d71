import { MARKETING_LEVERS } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsBody, IsCode, IsCurrency, IsId, IsName, IsText, IsWhole, ProvenanceBody } from '@keyfold/platform';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { accountUseCase } from '../key-account/accounts.js';
import { PLANNERS } from '../plan/plan-use-case.js';
import { Policies } from '../policy/policies.js';
import { accountOf, align, defineStrategy, draft, marketingPlan } from './marketing-plan.aggregate.js';
import { marketingPlanUseCase } from './marketing-plan.js';

/** A new plan, or one that an import says again: the id may be chosen by the caller. */
export class DraftMarketingPlan extends AggregateCommand {
  @IsId() accountId!: string;
  @IsName() title!: string;
  /** The calendar year in which the fiscal year begins. */
  @IsWhole(1990, 2199) fiscalYear!: number;
  /** Of all money of the plan. */
  @IsCurrency() currency!: string;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

export const draftMarketingPlanCase = accountUseCase(DraftMarketingPlan, {
  route: ['marketing-plans', 'marketing-plans/:id/draft'],
  roles: PLANNERS,
  on: marketingPlan,
  makes: true,
  accountOf: (plan, { accountId }) => accountOf(plan) ?? accountId,
  decide: (plan, { accountId, title, fiscalYear, currency, provenance = null }) =>
    draft(plan, { accountId, title, fiscalYear, currency, provenance: provenance && { ...provenance } }),
});

/** Which axis of the company's strategy the plan serves: one that is in force today. */
export class AlignWithAxis extends AggregateCommand {
  @IsCode() axisCode!: string;
}

export const alignWithAxisCase = marketingPlanUseCase(AlignWithAxis, {
  step: 'align-with-axis',
  needs: [Policies],
  prepare: (_command, _plan, [policies]) => policies.inForce('strategic-axes'),
  decide: (plan, { axisCode }, axes) => align(plan, axisCode, axes),
});

export class DefineStrategy extends AggregateCommand {
  /** What shall be otherwise at the end. */
  @IsText(2_000) ambition!: string;
  @IsText(2_000) audience!: string;
  /** What we have to say to them. */
  @IsText(2_000) proposition!: string;
  @IsArray() @ArrayMaxSize(MARKETING_LEVERS.length) @ArrayUnique() @IsIn(MARKETING_LEVERS, { each: true }) levers!: string[];
}

export const defineStrategyCase = marketingPlanUseCase(DefineStrategy, {
  step: 'define-strategy',
  decide: (plan, { ambition, audience, proposition, levers }) => defineStrategy(plan, { ambition, audience, proposition, levers }),
});
