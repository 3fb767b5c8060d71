import { CONFIDENCES, type Confidence, type Estimate, ESTIMATE_SOURCES, type Money } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsCode, IsDateOnly, IsName, IsPositiveMoney, IsReal } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { accountPlanUseCase } from './account-plan.js';
import { assertNotAhead, estimateWallet, recordCompetitor } from './account-plan.environment.aggregate.js';

/** Where a figure comes from, how sure it is and of which day it is. */
export abstract class EstimateCommand extends AggregateCommand implements Estimate {
  @IsIn(ESTIMATE_SOURCES) source!: string;
  @IsIn(CONFIDENCES) confidence!: Confidence;
  @IsDateOnly() estimatedOn!: string;
}

export class RecordCompetitor extends EstimateCommand {
  @IsName(100) competitor!: string;
  @IsCode() category!: string;
  /** 0: it is gone. */
  @IsReal(0, 100) sharePercent!: number;
  @IsOptional() @IsDateOnly() contractEndsOn?: string | null;
}

export const recordCompetitorCase = accountPlanUseCase(RecordCompetitor, {
  step: 'record-competitor',
  needs: [Policies],
  decide(plan, { competitor, category, sharePercent, contractEndsOn = null, source, confidence, estimatedOn }, _prepared, [policies]) {
    assertNotAhead(estimatedOn, policies.today());
    return recordCompetitor(plan, { competitor, category, sharePercent, contractEndsOn, source, confidence, estimatedOn });
  },
});

/** What the client spends on a category in a year, and what of it with us. */
export class EstimateWallet extends EstimateCommand {
  @IsCode() category!: string;
  @IsPositiveMoney() spend!: Money;
  @IsPositiveMoney() ourRevenue!: Money;
}

export const estimateWalletCase = accountPlanUseCase(EstimateWallet, {
  step: 'estimate-wallet',
  needs: [Policies],
  decide(plan, { category, spend, ourRevenue, source, confidence, estimatedOn }, _prepared, [policies]) {
    assertNotAhead(estimatedOn, policies.today());
    return estimateWallet(plan, { category, spend: { ...spend }, ourRevenue: { ...ourRevenue }, source, confidence, estimatedOn });
  },
});
