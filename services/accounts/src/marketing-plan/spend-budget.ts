import type { Money } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsName, IsPositiveMoney, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { marketingPlanUseCase } from './marketing-plan.js';
import { commitSpend, recordSpend, releaseCommitment } from './marketing-plan.means.aggregate.js';

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
