import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsIds, IsName, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { TeamMembers } from '../team-member/team-members.js';
import { accountPlanUseCase } from './account-plan.js';
import { addAction, assignAction, cancelAction, completeAction, reachMilestone, rescheduleAction, setDependencies, setMilestone, startAction } from './account-plan.actions.aggregate.js';

const MAX_DEPENDENCIES = 50;

export class AddAction extends AggregateCommand {
  @IsId() actionId!: string;
  @IsName() title!: string;
  @IsOptional() @IsId() ownerId?: string | null;
  @IsOptional() @IsDateOnly() startOn?: string | null;
  @IsDateOnly() dueOn!: string;
  /** The objective that it serves. */
  @IsOptional() @IsId() objectiveId?: string | null;
  /** Actions that have to be done before it. */
  @IsOptional() @IsIds(MAX_DEPENDENCIES) dependsOn?: string[];
}

export const addActionCase = accountPlanUseCase(AddAction, {
  step: 'add-action',
  needs: [TeamMembers],
  prepare: async ({ ownerId }, _plan, [members]) => {
    if (ownerId) await members.assertOnboarded(ownerId);
  },
  decide: (plan, { actionId, title, ownerId = null, startOn = null, dueOn, objectiveId = null, dependsOn = [] }) =>
    addAction(plan, { actionId, title, ownerId, startOn, dueOn, objectiveId, dependsOn }),
});

export class AssignAction extends AggregateCommand {
  @IsId() actionId!: string;
  @IsId() ownerId!: string;
}

export const assignActionCase = accountPlanUseCase(AssignAction, {
  step: 'assign-action',
  needs: [TeamMembers],
  prepare: ({ ownerId }, _plan, [members]) => members.assertOnboarded(ownerId),
  decide: (plan, { actionId, ownerId }) => assignAction(plan, actionId, ownerId),
});

export class SetActionDependencies extends AggregateCommand {
  @IsId() actionId!: string;
  @IsIds(MAX_DEPENDENCIES) dependsOn!: string[];
}

export const setActionDependenciesCase = accountPlanUseCase(SetActionDependencies, {
  step: 'set-action-dependencies',
  decide: (plan, { actionId, dependsOn }) => setDependencies(plan, actionId, dependsOn),
});

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

export class RescheduleAction extends AggregateCommand {
  @IsId() actionId!: string;
  @IsDateOnly() dueOn!: string;
  @IsText(500) reason!: string;
}

export const rescheduleActionCase = accountPlanUseCase(RescheduleAction, {
  step: 'reschedule-action',
  needs: [Policies],
  prepare: (_command, _plan, [policies]) => policies.inForce('plans'),
  decide: (plan, { actionId, dueOn, reason }, { reschedulingsUntilAlert }) => rescheduleAction(plan, { actionId, dueOn, reason }, reschedulingsUntilAlert),
});

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
