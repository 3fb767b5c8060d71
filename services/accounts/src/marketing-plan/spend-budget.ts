import { BUDGET_CATEGORIES, type Money, RESOURCE_KINDS, type ResourceKind } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsName, IsPositiveMoney, IsReal, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { personOf } from '../plan/plan-use-case.js';
import { Policies } from '../policy/policies.js';
import { TeamMembers } from '../team-member/team-members.js';
import { marketingPlanUseCase } from './marketing-plan.js';
import { allocateBudget, allocateResource, commitSpend, raiseBudget, recordSpend, releaseCommitment, releaseResource } from './marketing-plan.means.aggregate.js';

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

/** Money that is promised to somebody: an order, a contract. */
export class CommitSpend extends AggregateCommand {
  @IsId() commitmentId!: string;
  @IsId() lineId!: string;
  @IsOptional() @IsId() campaignId?: string | null;
  @IsPositiveMoney() amount!: Money;
  @IsOptional() @IsName() supplier?: string | null;
  @IsText(500) description!: string;
}

export const commitSpendCase = marketingPlanUseCase(CommitSpend, {
  step: 'commit-spend',
  decide: (plan, { commitmentId, lineId, campaignId = null, amount, supplier = null, description }) =>
    commitSpend(plan, { commitmentId, lineId, campaignId, amount: { ...amount }, supplier, description }),
});

export class ReleaseCommitment extends AggregateCommand {
  @IsId() commitmentId!: string;
  @IsText(500) reason!: string;
}

export const releaseCommitmentCase = marketingPlanUseCase(ReleaseCommitment, {
  step: 'release-commitment',
  decide: (plan, { commitmentId, reason }) => releaseCommitment(plan, commitmentId, reason),
});

/** Money that is gone, on a commitment. */
export class RecordSpend extends AggregateCommand {
  @IsId() spendId!: string;
  @IsId() commitmentId!: string;
  @IsPositiveMoney() amount!: Money;
  @IsDateOnly() spentOn!: string;
  /** Number of the invoice. */
  @IsOptional() @IsName(100) reference?: string | null;
}

export const recordSpendCase = marketingPlanUseCase(RecordSpend, {
  step: 'record-spend',
  needs: [Policies],
  prepare: (_command, _plan, [policies]) => policies.inForce('plans'),
  decide: (plan, { spendId, commitmentId, amount, spentOn, reference = null }, { spendTolerancePercent }, [policies]) =>
    recordSpend(plan, { spendId, commitmentId, amount: { ...amount }, spentOn, reference }, { today: policies.today(), tolerancePercent: spendTolerancePercent }),
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
