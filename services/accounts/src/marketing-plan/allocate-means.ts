import { BUDGET_CATEGORIES, type Money, RESOURCE_KINDS, type ResourceKind } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsName, IsPositiveMoney, IsReal, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { personOf } from '../plan/plan-use-case.js';
import { TeamMembers } from '../team-member/team-members.js';
import { marketingPlanUseCase } from './marketing-plan.js';
import { allocateBudget, allocateResource, raiseBudget, releaseResource } from './marketing-plan.means.aggregate.js';

/** A line of the budget, or another amount for it; once the plan is approved it is the ceiling. */
export class AllocateBudget extends AggregateCommand {
  @IsId() lineId!: string;
  @IsName() label!: string;
  @IsIn(BUDGET_CATEGORIES) category!: string;
  @IsPositiveMoney() amount!: Money;
}

export const allocateBudgetCase = marketingPlanUseCase(AllocateBudget, {
  step: 'allocate-budget',
  decide: (plan, { lineId, label, category, amount }) => allocateBudget(plan, { lineId, label, category, amount: { ...amount } }),
});

/** More than was approved, without a revision. */
export class RaiseBudget extends AggregateCommand {
  @IsId() lineId!: string;
  @IsPositiveMoney() ceiling!: Money;
  @IsText(500) reason!: string;
}

export const raiseBudgetCase = marketingPlanUseCase(RaiseBudget, {
  step: 'raise-budget',
  roles: ['director'],
  decide: (plan, { lineId, ceiling, reason, context }) => raiseBudget(plan, { lineId, ceiling: { ...ceiling }, raisedById: personOf(context), reason }),
});

/** Days of one of us, a tool or a supplier that the plan counts on. */
export class AllocateResource extends AggregateCommand {
  @IsId() allocationId!: string;
  @IsIn(RESOURCE_KINDS) kind!: ResourceKind;
  @IsOptional() @IsId() memberId?: string | null;
  @IsOptional() @IsName() name?: string | null;
  @IsOptional() @IsReal(0.25, 1_000) personDays?: number | null;
  @IsDateOnly() startOn!: string;
  @IsDateOnly() endOn!: string;
  @IsOptional() @IsId() campaignId?: string | null;
}

export const allocateResourceCase = marketingPlanUseCase(AllocateResource, {
  step: 'allocate-resource',
  needs: [TeamMembers],
  prepare: async ({ memberId }, _plan, [members]) => {
    if (memberId) await members.assertOnboarded(memberId);
  },
  decide: (plan, { allocationId, kind, memberId = null, name = null, personDays = null, startOn, endOn, campaignId = null }) =>
    allocateResource(plan, { allocationId, kind, memberId, name, personDays, startOn, endOn, campaignId }),
});

export class ReleaseResource extends AggregateCommand {
  @IsId() allocationId!: string;
  @IsText(500) reason!: string;
}

export const releaseResourceCase = marketingPlanUseCase(ReleaseResource, {
  step: 'release-resource',
  decide: (plan, { allocationId, reason }) => releaseResource(plan, allocationId, reason),
});
