import { AUDIENCES, type Audience, DECIDERS, type DecidedBy, type Language, LANGUAGES } from '@keyfold/contracts';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsIds, IsName, IsText, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Contacts } from './contacts.js';
import { CLIENT_FACING, engagementPlanCase } from './engagement-plan-case.js';
import { postAnnouncement, publishMinutes, recordDecision } from './engagement-plan.records.js';

export class PublishMinutes extends AggregateCommand {
  /** A review that was held, or a contact that was logged. */
  @IsId() meetingId!: string;
  @IsIn(LANGUAGES) language!: Language;
  @IsText(50_000) text!: string;
}

export const publishMinutesCase = engagementPlanCase(PublishMinutes, 'publish-minutes', {
  roles: CLIENT_FACING,
  decide: (plan, { meetingId, language, text }) => publishMinutes(plan, { meetingId, language, text }),
});

export class RecordDecision extends AggregateCommand {
  @IsName(200) title!: string;
  @IsIn(DECIDERS) decidedBy!: DecidedBy;
  @IsDateOnly() decidedOn!: string;
  @IsOptional() @IsText(4_000) detail?: string | null;
  @IsOptional() @IsId() meetingId?: string | null;
  /** The decision that no longer holds. */
  @IsOptional() @IsId() replacesId?: string | null;
}

export const recordDecisionCase = engagementPlanCase(RecordDecision, 'record-decision', {
  roles: CLIENT_FACING,
  needs: [ReportingTime],
  decide(plan, { title, decidedBy, decidedOn, detail = null, meetingId = null, replacesId = null, context }, _prepared, [time]) {
    const decision = { decisionId: uuid5(context.commandId, 'decision'), meetingId, decidedBy, title, detail, replacesId };
    return recordDecision(plan, decision, { on: decidedOn, today: time.dateOf(context.now), start: time.startOfDay(decidedOn) });
  },
});

export class PostAnnouncement extends AggregateCommand {
  @IsIn(AUDIENCES) audience!: Audience;
  @IsIn(LANGUAGES) language!: Language;
  @IsName(200) title!: string;
  @IsText(10_000) text!: string;
  @IsOptional() @IsIds(50) mentionedIds?: string[];
}

export const postAnnouncementCase = engagementPlanCase(PostAnnouncement, 'post-announcement', {
  roles: CLIENT_FACING,
  needs: [Contacts],
  prepare: ({ id, mentionedIds }, _plan, [contacts]) => contacts.assertPeople({ id, memberIds: mentionedIds }),
  decide: (plan, { audience, language, title, text, mentionedIds = [], context }) =>
    postAnnouncement(plan, { announcementId: uuid5(context.commandId, 'announcement'), audience, language, title, text, mentionedIds }),
});
