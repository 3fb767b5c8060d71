import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsId, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { accountPlanUseCase } from './account-plan.js';
import { cancelAction, completeAction, startAction } from './account-plan.actions.aggregate.js';

export class StartAction extends AggregateCommand {
  @IsId() actionId!: string;
}

export const startActionCase = accountPlanUseCase(StartAction, { step: 'start-action', decide: (plan, { actionId }) => startAction(plan, actionId) });

export class CompleteAction extends AggregateCommand {
  @IsId() actionId!: string;
  @IsOptional() @IsText(2_000) note?: string | null;
}

export const completeActionCase = accountPlanUseCase(CompleteAction, { step: 'complete-action', decide: (plan, { actionId, note = null }) => completeAction(plan, actionId, note) });

export class CancelAction extends AggregateCommand {
  @IsId() actionId!: string;
  @IsText(500) reason!: string;
}

export const cancelActionCase = accountPlanUseCase(CancelAction, { step: 'cancel-action', decide: (plan, { actionId, reason }) => cancelAction(plan, actionId, reason) });
