import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsName, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Contacts } from './contacts.js';
import { CLIENT_FACING, engagementPlanCase } from './engagement-plan-case.js';
import { agreeFollowUp, completeFollowUp, dropFollowUp } from './engagement-plan.records.js';

export class AgreeFollowUp extends AggregateCommand {
  @IsName(200) title!: string;
  @IsId() ownerId!: string;
  @IsDateOnly() dueOn!: string;
  @IsOptional() @IsId() meetingId?: string | null;
}

export const agreeFollowUpCase = engagementPlanCase(AgreeFollowUp, 'agree-follow-up', {
  roles: CLIENT_FACING,
  needs: [Contacts],
  prepare: ({ id, ownerId }, _plan, [contacts]) => contacts.assertPeople({ id, memberIds: [ownerId] }),
  decide: (plan, { title, ownerId, dueOn, meetingId = null, context }) => agreeFollowUp(plan, { followUpId: uuid5(context.commandId, 'follow-up'), meetingId, title, ownerId, dueOn }),
});

export class CompleteFollowUp extends AggregateCommand {
  @IsId() followUpId!: string;
  @IsOptional() @IsText(2_000) note?: string | null;
}

export const completeFollowUpCase = engagementPlanCase(CompleteFollowUp, 'complete-follow-up', {
  roles: CLIENT_FACING,
  decide: (plan, { followUpId, note = null }) => completeFollowUp(plan, { followUpId, note }),
});

export class DropFollowUp extends AggregateCommand {
  @IsId() followUpId!: string;
  @IsText(500) reason!: string;
}

export const dropFollowUpCase = engagementPlanCase(DropFollowUp, 'drop-follow-up', {
  roles: CLIENT_FACING,
  decide: (plan, { followUpId, reason }) => dropFollowUp(plan, { followUpId, reason }),
});
