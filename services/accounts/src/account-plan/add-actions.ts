import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsBody, IsDateOnly, IsId, IsIds, IsName, IsText, ProvenanceBody } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { TeamMembers } from '../team-member/team-members.js';
import { accountPlanUseCase } from './account-plan.js';
import { addAction, assignAction, rescheduleAction, setDependencies } from './account-plan.actions.aggregate.js';

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
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

export const addActionCase = accountPlanUseCase(AddAction, {
  step: 'add-action',
  needs: [TeamMembers],
  prepare: async ({ ownerId }, _plan, [members]) => {
    if (ownerId) await members.assertOnboarded(ownerId);
  },
  decide: (plan, { actionId, title, ownerId = null, startOn = null, dueOn, objectiveId = null, dependsOn = [], provenance = null }) =>
    addAction(plan, { actionId, title, ownerId, startOn, dueOn, objectiveId, dependsOn }, provenance && { ...provenance }),
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
