import { type Attendance, type EngagementPlanEvent, engagementPlanContract, type ReviewLevel, REVIEW_LEVELS } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CLIENT_FACING } from './engagement-plan-case.js';
import { namesOf } from './touchpoints.projection.js';

const STATES = ['scheduled', 'held', 'cancelled'] as const;

export interface BusinessReviewRow extends Attendance {
  readonly id: string;
  readonly accountId: string;
  readonly level: ReviewLevel;
  /** When it is to be, or was. */
  readonly at: string;
  readonly state: (typeof STATES)[number];
  readonly agenda: string | null;
  readonly rescheduled: number;
}

/** Reviews with the client: those to come, those that were held. */
export const businessReviews = projection<BusinessReviewRow, EngagementPlanEvent>({
  name: 'business-reviews',
  version: 1,
  follows: [engagementPlanContract],
  indexes: [['accountId', 'at'], ['state', 'at'], ['at']],
  rowsOf: (event) => (event.type.startsWith('accounts.engagement-plan.business-review-') && 'reviewId' in event.data ? [event.data.reviewId] : []),
  fold(row, event, id): BusinessReviewRow | null {
    const accountId = idOf(engagementPlanContract, event.streamId);
    switch (event.type) {
      case 'accounts.engagement-plan.business-review-scheduled': {
        const { reviewId: _reviewId, ...review } = event.data;
        return { id, accountId, ...review, state: 'scheduled', rescheduled: 0 };
      }
      case 'accounts.engagement-plan.business-review-rescheduled':
        return { ...row!, at: event.data.at, rescheduled: row!.rescheduled + 1 };
      case 'accounts.engagement-plan.business-review-cancelled':
        return { ...row!, state: 'cancelled' };
      case 'accounts.engagement-plan.business-review-held': {
        const { level, stakeholderIds, memberIds } = event.data;
        return { ...(row ?? { id, accountId, agenda: null, rescheduled: 0 }), level, stakeholderIds, memberIds, at: event.occurredAt, state: 'held' };
      }
      default:
        return row;
    }
  },
});

type BusinessReviewItem = BusinessReviewRow & { accountName: string | null; memberNames: readonly (string | null)[] };

export class ListBusinessReviews extends PageQuery<BusinessReviewItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(REVIEW_LEVELS) level?: ReviewLevel;
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
}

export const businessReviewQueries = rowQueries<BusinessReviewRow, BusinessReviewItem, ListBusinessReviews>({
  path: 'business-reviews',
  roles: [...CLIENT_FACING, 'auditor'],
  rows: businessReviews,
  list: ListBusinessReviews,
  equal: ['accountId', 'level', 'state'],
  sort: { at: -1 },
  scope: { account: 'accountId' },
  show: async (row, access) => ({ ...row, accountName: await access.accountName(row.accountId), memberNames: await namesOf(row.memberIds, access) }),
});
