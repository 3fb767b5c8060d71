import type { CsrPolicy, CsrSubject, Money } from '@keyfold/contracts';
import type { CsrReviewRow } from './csr-reviews.projection.js';

export interface CsrGate {
  /** May it go ahead as far as CSR is concerned? */
  readonly open: boolean;
  readonly status: 'not-required' | 'missing' | 'requested' | 'passed' | 'waived';
  /** From this amount on a review is needed. */
  readonly reviewFrom: Money;
  readonly reviewId: string | null;
}

/**
 * Does a proposal of this amount need a CSR review, and has it got one? An amount in another currency than the threshold always needs one: nothing is converted here.
 * A review speaks for amounts up to its own, of its subject; asked without a subject, any review of the account does.
 */
export function gateOf(reviews: readonly CsrReviewRow[], amount: Money, subject: CsrSubject | null, { reviewFrom }: CsrPolicy): CsrGate {
  if (amount.currency === reviewFrom.currency && amount.amountMinor < reviewFrom.amountMinor) return { open: true, status: 'not-required', reviewFrom, reviewId: null };
  const speaking = reviews.filter(
    (review) =>
      review.amount.currency === amount.currency &&
      review.amount.amountMinor >= amount.amountMinor &&
      (subject === null || (review.subject.type === subject.type && review.subject.id === subject.id)),
  );
  const found = BEST_FIRST.map((state) => speaking.find((review) => review.state === state)).find(Boolean);
  if (!found) return { open: false, status: 'missing', reviewFrom, reviewId: null };
  return { open: found.state !== 'requested', status: found.state, reviewFrom, reviewId: found.id };
}

const BEST_FIRST = ['passed', 'waived', 'requested'] as const;
