import { CSR_SUBJECTS, type CsrSubject, type Money, OWN_COMPANY } from '@keyfold/contracts';
import { type Actor, DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsBody, IsId, IsPositiveMoney, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CSR_REVIEWERS, csrScorecardCase } from './csr-scorecard-case.js';
import { passReview, requestReview, waiveReview } from './csr-scorecard.promises.js';

class CsrSubjectBody implements CsrSubject {
  @IsIn(CSR_SUBJECTS) type!: CsrSubject['type'];
  @IsId() id!: string;
}

export class RequestCsrReview extends AggregateCommand {
  @IsBody(() => CsrSubjectBody) subject!: CsrSubjectBody;
  @IsPositiveMoney() amount!: Money;
}

export const requestCsrReviewCase = csrScorecardCase(RequestCsrReview, 'request-csr-review', {
  roles: ['kam', 'director', 'bid-manager', 'csr-officer', 'service'],
  decide(card, { id: accountId, subject: { type, id }, amount: { amountMinor, currency }, context }) {
    if (accountId === OWN_COMPANY) throw new DomainError('csr-review-of-own-company');
    return requestReview(card, { reviewId: uuid5(context.commandId, 'csr-review'), subject: { type, id }, amount: { amountMinor, currency }, requestedById: idOfActor(context.actor) });
  },
});

export class PassCsrReview extends AggregateCommand {
  @IsId() reviewId!: string;
  @IsOptional() @IsText(2_000) note?: string | null;
}

export const passCsrReviewCase = csrScorecardCase(PassCsrReview, 'pass-csr-review', {
  roles: CSR_REVIEWERS,
  decide: (card, { reviewId, note = null, context }) => passReview(card, { reviewId, note, decidedById: idOfActor(context.actor) }),
});

export class WaiveCsrReview extends AggregateCommand {
  @IsId() reviewId!: string;
  @IsText(500) reason!: string;
}

export const waiveCsrReviewCase = csrScorecardCase(WaiveCsrReview, 'waive-csr-review', {
  roles: CSR_REVIEWERS,
  decide: (card, { reviewId, reason, context }) => waiveReview(card, { reviewId, reason, decidedById: idOfActor(context.actor) }),
});

const idOfActor = ({ memberId, subject }: Actor): string => memberId ?? subject;
