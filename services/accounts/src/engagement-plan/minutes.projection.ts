import { type EngagementPlanEvent, engagementPlanContract, type Language, LANGUAGES } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CLIENT_FACING } from './engagement-plan-case.js';

export interface MinutesRow {
  readonly id: string;
  readonly accountId: string;
  /** A review or another contact. */
  readonly meetingId: string;
  readonly language: Language;
  readonly text: string;
  readonly publishedAt: string;
  /** How often they were published, the last time included. */
  readonly edition: number;
}

/** Minutes of meetings, in each language in which there are any. */
export const minutes = projection<MinutesRow, EngagementPlanEvent>({
  name: 'minutes',
  version: 1,
  follows: [engagementPlanContract],
  indexes: [['accountId', 'publishedAt'], ['publishedAt'], ['meetingId']],
  rowsOf: (event) => (event.type === 'accounts.engagement-plan.minutes-published' ? [`${event.data.meetingId}-${event.data.language}`] : []),
  fold(row, event, id): MinutesRow | null {
    if (event.type !== 'accounts.engagement-plan.minutes-published') return row;
    return { id, accountId: idOf(engagementPlanContract, event.streamId), ...event.data, publishedAt: event.occurredAt, edition: (row?.edition ?? 0) + 1 };
  },
});

export class ListMinutes extends PageQuery<MinutesRow> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsId() meetingId?: string;
  @IsOptional() @IsIn(LANGUAGES) language?: Language;
}

export const minutesQueries = rowQueries<MinutesRow, MinutesRow, ListMinutes>({
  path: 'minutes',
  roles: [...CLIENT_FACING, 'auditor'],
  rows: minutes,
  list: ListMinutes,
  equal: ['accountId', 'meetingId', 'language'],
  sort: { publishedAt: -1 },
  scope: { account: 'accountId' },
  show: (row) => row,
});
