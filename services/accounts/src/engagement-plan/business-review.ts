import { type ReviewLevel, REVIEW_LEVELS } from '@keyfold/contracts';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsBody, IsId, IsIds, IsInstant, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Contacts, instantOf, oursIn } from './contacts.js';
import { CLIENT_FACING, engagementPlanCase } from './engagement-plan-case.js';
import { cancelReview, holdReview, rescheduleReview, scheduleReview } from './engagement-plan.reviews.js';
import { TravelBody } from './log-touchpoint.js';

export class ScheduleBusinessReview extends AggregateCommand {
  @IsIn(REVIEW_LEVELS) level!: ReviewLevel;
  @IsInstant() at!: string;
  @IsOptional() @IsIds(100) stakeholderIds?: string[];
  @IsOptional() @IsIds(50, 1) memberIds?: string[];
  @IsOptional() @IsText(4_000) agenda?: string | null;
}

export const scheduleBusinessReviewCase = engagementPlanCase(ScheduleBusinessReview, 'schedule-business-review', {
  roles: CLIENT_FACING,
  needs: [Contacts],
  prepare: (command, _plan, [contacts]) => contacts.assertPeople(command),
  decide(plan, command) {
    const { level, at, stakeholderIds = [], agenda = null, context } = command;
    return scheduleReview(plan, { reviewId: uuid5(context.commandId, 'review'), level, at: instantOf(at), stakeholderIds, memberIds: oursIn(command), agenda }, context.now);
  },
});

export class RescheduleBusinessReview extends AggregateCommand {
  @IsId() reviewId!: string;
  @IsInstant() at!: string;
  @IsText(500) reason!: string;
}

export const rescheduleBusinessReviewCase = engagementPlanCase(RescheduleBusinessReview, 'reschedule-business-review', {
  roles: CLIENT_FACING,
  decide: (plan, { reviewId, at, reason, context }) => rescheduleReview(plan, { reviewId, at: instantOf(at), reason }, context.now),
});

export class CancelBusinessReview extends AggregateCommand {
  @IsId() reviewId!: string;
  @IsText(500) reason!: string;
}

export const cancelBusinessReviewCase = engagementPlanCase(CancelBusinessReview, 'cancel-business-review', {
  roles: CLIENT_FACING,
  decide: (plan, { reviewId, reason }) => cancelReview(plan, { reviewId, reason }),
});

/** Of a scheduled review its id; of one that nobody scheduled its level. */
export class HoldBusinessReview extends AggregateCommand {
  @IsOptional() @IsId() reviewId?: string;
  @IsIn(REVIEW_LEVELS) level!: ReviewLevel;
  @IsInstant() heldAt!: string;
  @IsIds(100, 1) stakeholderIds!: string[];
  @IsOptional() @IsIds(50, 1) memberIds?: string[];
  @IsOptional() @IsText(2_000) note?: string | null;
  @IsOptional() @IsBody(() => TravelBody) travel?: TravelBody | null;
  @IsOptional() @IsText(500) reason?: string | null;
}

export const holdBusinessReviewCase = engagementPlanCase(HoldBusinessReview, 'hold-business-review', {
  roles: CLIENT_FACING,
  needs: [Contacts],
  prepare: (command, _plan, [contacts]) => contacts.circumstancesOf({ ...command, occurredAt: command.heldAt }),
  decide(plan, command, { on, daysAgo, travel }) {
    const { reviewId, level, heldAt, stakeholderIds, note = null, reason = null, context } = command;
    const { actor, commandId, now } = context;
    const review = { reviewId: reviewId ?? uuid5(commandId, 'review'), level };
    const contact = { touchpointId: uuid5(commandId, 'touchpoint'), on, kind: 'review', direction: 'out', stakeholderIds, memberIds: oursIn(command), note, travel, review, reason, provenance: null } as const;
    return holdReview(plan, contact, { occurredAt: instantOf(heldAt), now, daysAgo, isDirector: actor.roles.includes('director'), isScheduled: reviewId !== undefined });
  },
});
