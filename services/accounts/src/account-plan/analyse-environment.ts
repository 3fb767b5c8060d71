import {
  ENVIRONMENT_DIMENSIONS, type EnvironmentDimension, FACTOR_EFFECTS, type FactorEffect, SWOT_PERSPECTIVES, SWOT_QUADRANTS, type SwotPerspective, type SwotQuadrant,
} from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsCode, IsDateOnly, IsId, IsName, IsReal, IsText } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { accountPlanUseCase } from './account-plan.js';
import { assertNotAhead, recordClientKpi, recordFactor, recordSwotItem, retireFactor, retireSwotItem } from './account-plan.environment.aggregate.js';

/** An item of the SWOT, or another text under its id. */
export class RecordSwotItem extends AggregateCommand {
  @IsId() itemId!: string;
  @IsIn(SWOT_QUADRANTS) quadrant!: SwotQuadrant;
  @IsIn(SWOT_PERSPECTIVES) perspective!: SwotPerspective;
  @IsText(2_000) text!: string;
}

export const recordSwotItemCase = accountPlanUseCase(RecordSwotItem, {
  step: 'record-swot-item',
  decide: (plan, { itemId, quadrant, perspective, text }) => recordSwotItem(plan, { itemId, quadrant, perspective, text }),
});

export class RetireSwotItem extends AggregateCommand {
  @IsId() itemId!: string;
  @IsText(500) reason!: string;
}

export const retireSwotItemCase = accountPlanUseCase(RetireSwotItem, { step: 'retire-swot-item', decide: (plan, { itemId, reason }) => retireSwotItem(plan, itemId, reason) });

export class RecordEnvironmentFactor extends AggregateCommand {
  @IsId() factorId!: string;
  @IsIn(ENVIRONMENT_DIMENSIONS) dimension!: EnvironmentDimension;
  @IsIn(FACTOR_EFFECTS) effect!: FactorEffect;
  @IsText(2_000) text!: string;
}

export const recordEnvironmentFactorCase = accountPlanUseCase(RecordEnvironmentFactor, {
  step: 'record-environment-factor',
  decide: (plan, { factorId, dimension, effect, text }) => recordFactor(plan, { factorId, dimension, effect, text }),
});

export class RetireEnvironmentFactor extends AggregateCommand {
  @IsId() factorId!: string;
  @IsText(500) reason!: string;
}

export const retireEnvironmentFactorCase = accountPlanUseCase(RetireEnvironmentFactor, {
  step: 'retire-environment-factor',
  decide: (plan, { factorId, reason }) => retireFactor(plan, factorId, reason),
});

export class RecordClientKpi extends AggregateCommand {
  @IsCode() code!: string;
  @IsName() label!: string;
  @IsReal(-1e15, 1e15) value!: number;
  @IsName(20) unit!: string;
  @IsDateOnly() measuredOn!: string;
}

export const recordClientKpiCase = accountPlanUseCase(RecordClientKpi, {
  step: 'record-client-kpi',
  needs: [Policies],
  decide(plan, { code, label, value, unit, measuredOn }, _prepared, [policies]) {
    assertNotAhead(measuredOn, policies.today());
    return recordClientKpi(plan, { code, label, value, unit, measuredOn });
  },
});
