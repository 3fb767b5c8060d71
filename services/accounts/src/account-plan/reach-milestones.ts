import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsIds, IsName, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { accountPlanUseCase } from './account-plan.js';
import { reachMilestone, setMilestone } from './account-plan.actions.aggregate.js';

const MAX_DEPENDENCIES = 50;

export class SetMilestone extends AggregateCommand {
  @IsId() milestoneId!: string;
  @IsName() title!: string;
  @IsDateOnly() dueOn!: string;
  /** What has to be done before it is reached. */
  @IsIds(MAX_DEPENDENCIES) actionIds!: string[];
}

export const setMilestoneCase = accountPlanUseCase(SetMilestone, {
  step: 'set-milestone',
  decide: (plan, { milestoneId, title, dueOn, actionIds }) => setMilestone(plan, { milestoneId, title, dueOn, actionIds }),
});

export class ReachMilestone extends AggregateCommand {
  @IsId() milestoneId!: string;
  @IsOptional() @IsText(2_000) note?: string | null;
}

export const reachMilestoneCase = accountPlanUseCase(ReachMilestone, { step: 'reach-milestone', decide: (plan, { milestoneId, note = null }) => reachMilestone(plan, milestoneId, note) });
