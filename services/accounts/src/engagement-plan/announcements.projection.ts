import { type Audience, AUDIENCES, type EngagementPlanEvent, engagementPlanContract, type Language } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CLIENT_FACING } from './engagement-plan-case.js';

export interface AnnouncementRow {
  readonly id: string;
  readonly accountId: string;
  readonly audience: Audience;
  readonly language: Language;
  readonly title: string;
  readonly text: string;
  readonly mentionedIds: readonly string[];
  readonly postedAt: string;
  readonly postedById: string | null;
}

export const announcements = projection<AnnouncementRow, EngagementPlanEvent>({
  name: 'announcements',
  version: 1,
  follows: [engagementPlanContract],
  indexes: [['accountId', 'postedAt'], ['postedAt']],
  rowsOf: (event) => (event.type === 'accounts.engagement-plan.announcement-posted' ? [event.data.announcementId] : []),
  fold(row, event, id): AnnouncementRow | null {
    if (event.type !== 'accounts.engagement-plan.announcement-posted') return row;
    const { announcementId: _announcementId, ...announcement } = event.data;
    return { id, accountId: idOf(engagementPlanContract, event.streamId), ...announcement, postedAt: event.occurredAt, postedById: event.actor.memberId };
  },
});

type AnnouncementItem = AnnouncementRow & { accountName: string | null; postedByName: string | null };

export class ListAnnouncements extends PageQuery<AnnouncementItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(AUDIENCES) audience?: Audience;
  /** Whoever is mentioned in it. */
  @IsOptional() @IsId() mentionedId?: string;
}

export const announcementQueries = rowQueries<AnnouncementRow, AnnouncementItem, ListAnnouncements>({
  path: 'announcements',
  roles: [...CLIENT_FACING, 'auditor'],
  rows: announcements,
  list: ListAnnouncements,
  equal: ['accountId', 'audience'],
  where: ({ mentionedId }) => (mentionedId === undefined ? [] : [{ mentionedIds: mentionedId }]),
  sort: { postedAt: -1 },
  scope: { account: 'accountId' },
  show: async (row, access) => ({ ...row, accountName: await access.accountName(row.accountId), postedByName: await access.memberName(row.postedById) }),
});
