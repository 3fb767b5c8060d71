import { type CsrScorecardEvent, csrScorecardContract, type CsrSubject, type Money } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CSR_READERS } from './csr-scorecard-case.js';

const STATES = ['requested', 'passed', 'waived'] as const;

export interface CsrReviewRow {
  readonly id: string;
  readonly accountId: string;
  readonly subject: CsrSubject;
  readonly amount: Money;
  readonly state: (typeof STATES)[number];
  readonly requestedById: string;
  readonly requestedAt: string;
  readonly decidedById: string | null;
  readonly decidedAt: string | null;
  /** Why it was waived, or what was said when it passed. */
  readonly words: string | null;
}

/** CSR reviews of proposals, bids and contracts: what waits for a decision, and what was decided. */
export const csrReviews = projection<CsrReviewRow, CsrScorecardEvent>({
  name: 'csr-reviews',
  version: 1,
  follows: [csrScorecardContract],
  indexes: [['accountId', 'requestedAt'], ['state', 'requestedAt'], ['requestedAt']],
  rowsOf: (event) => (event.type.startsWith('accounts.csr-scorecard.csr-review-') && 'reviewId' in event.data ? [event.data.reviewId] : []),
  fold(row, event, id): CsrReviewRow | null {
    const decided = { decidedById: event.actor.memberId, decidedAt: event.occurredAt };
    switch (event.type) {
      case 'accounts.csr-scorecard.csr-review-requested': {
        const { subject, amount, requestedById } = event.data;
        const accountId = idOf(csrScorecardContract, event.streamId);
        return { id, accountId, subject, amount, state: 'requested', requestedById, requestedAt: event.occurredAt, decidedById: null, decidedAt: null, words: null };
      }
      case 'accounts.csr-scorecard.csr-review-passed':
        return { ...row!, ...decided, state: 'passed', words: event.data.note };
      case 'accounts.csr-scorecard.csr-review-waived':
        return { ...row!, ...decided, state: 'waived', words: event.data.reason };
      default:
        return row;
    }
  },
});

type CsrReviewItem = CsrReviewRow & { accountName: string | null; requestedByName: string | null };

export class ListCsrReviews extends PageQuery<CsrReviewItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
}

export const csrReviewQueries = rowQueries<CsrReviewRow, CsrReviewItem, ListCsrReviews>({
  path: 'csr-reviews',
  roles: CSR_READERS,
  rows: csrReviews,
  list: ListCsrReviews,
  equal: ['accountId', 'state'],
  sort: { requestedAt: -1 },
  scope: { account: 'accountId' },
  show: async (row, access) => ({ ...row, accountName: await access.accountName(row.accountId), requestedByName: await access.memberName(row.requestedById) }),
});
