import { type CsrBasis, type CsrPillar, type CsrScorecardEvent, csrScorecardContract, type CsrSubject, type DateOnly, type Money, type Period } from '@keyfold/contracts';
import { decider, type Fact, ignored } from '@keyfold/event-sourcing';

export interface CsrScorecard {
  /** By question and day: the points given. */
  readonly assessments: Readonly<Record<string, number>>;
  readonly evidence: Readonly<Record<string, Evidence>>;
  /** By scheme and day: the rating as it was said. */
  readonly ratings: Readonly<Record<string, string>>;
  readonly footprints: Recorded;
  readonly costs: Recorded;
  /** By supplier and day: the points given. */
  readonly suppliers: Readonly<Record<string, number>>;
  readonly commitments: Readonly<Record<string, Commitment>>;
  readonly initiatives: Readonly<Record<string, Initiative>>;
  readonly reviews: Readonly<Record<string, CsrReview>>;
}

/** What was recorded for periods that do not overlap. */
export type Recorded = readonly (Period & { readonly words: string })[];

export interface Evidence {
  readonly indicator: string;
  readonly basis: CsrBasis;
  readonly reference: string;
  readonly validUntil: DateOnly | null;
  readonly withdrawn: boolean;
}

export interface Commitment {
  readonly pillar: CsrPillar;
  readonly by: 'client' | 'us';
  readonly title: string;
  readonly dueOn: DateOnly;
  readonly dueAt: string;
  readonly state: 'open' | 'kept' | 'missed';
  /** First instant of the day on which it was made. */
  readonly madeAt: string;
  /** Version of the event that said that it was missed. */
  readonly missedAt: number | null;
}

export interface Initiative {
  readonly title: string;
  readonly state: 'launched' | 'completed';
}

export interface CsrReview {
  readonly subject: CsrSubject;
  readonly amount: Money;
  readonly requestedById: string;
  readonly state: 'requested' | 'passed' | 'waived';
}

export const csrScorecard = decider<CsrScorecard, CsrScorecardEvent>({
  contract: csrScorecardContract,
  initial: { assessments: {}, evidence: {}, ratings: {}, footprints: [], costs: [], suppliers: {}, commitments: {}, initiatives: {}, reviews: {} },
  evolve(card, fact): CsrScorecard {
    switch (fact.type) {
      case 'accounts.csr-scorecard.assessment-recorded':
        return { ...card, assessments: { ...card.assessments, [questionOn(fact.data, fact.occurredAt)]: fact.data.points } };
      case 'accounts.csr-scorecard.evidence-attached': {
        const { evidenceId, indicator, basis, reference, validUntil } = fact.data;
        return { ...card, evidence: { ...card.evidence, [evidenceId]: { indicator, basis, reference, validUntil, withdrawn: false } } };
      }
      case 'accounts.csr-scorecard.evidence-withdrawn': {
        const { evidenceId } = fact.data;
        return { ...card, evidence: { ...card.evidence, [evidenceId]: { ...card.evidence[evidenceId]!, withdrawn: true } } };
      }
      case 'accounts.csr-scorecard.external-rating-recorded':
        return { ...card, ratings: { ...card.ratings, [`${fact.data.scheme} ${fact.occurredAt}`]: wordsOf(fact.data) } };
      case 'accounts.csr-scorecard.footprint-recorded':
        return { ...card, footprints: recordedWith(card.footprints, fact.data) };
      case 'accounts.csr-scorecard.cost-to-serve-recorded':
        return { ...card, costs: recordedWith(card.costs, fact.data) };
      case 'accounts.csr-scorecard.supplier-rating-recorded':
        return { ...card, suppliers: { ...card.suppliers, [`${fact.data.supplier} ${fact.occurredAt}`]: fact.data.points } };
      default:
        return evolvePromises(card, fact);
    }
  },
});

type Promised = 'commitment' | 'joint-initiative' | 'csr-review';
type PromiseEvent = Extract<CsrScorecardEvent, { type: `accounts.csr-scorecard.${Promised}-${string}` }>;

function evolvePromises(card: CsrScorecard, fact: Fact<PromiseEvent>): CsrScorecard {
  switch (fact.type) {
    case 'accounts.csr-scorecard.commitment-made': {
      const { commitmentId, ...made } = fact.data;
      return { ...card, commitments: { ...card.commitments, [commitmentId]: { ...made, madeAt: fact.occurredAt, state: 'open', missedAt: null } } };
    }
    case 'accounts.csr-scorecard.commitment-kept':
      return withCommitment(card, fact.data.commitmentId, { state: 'kept' });
    case 'accounts.csr-scorecard.commitment-missed':
      return withCommitment(card, fact.data.commitmentId, { state: 'missed', missedAt: fact.version });
    case 'accounts.csr-scorecard.joint-initiative-launched':
      return { ...card, initiatives: { ...card.initiatives, [fact.data.initiativeId]: { title: fact.data.title, state: 'launched' } } };
    case 'accounts.csr-scorecard.joint-initiative-completed': {
      const { initiativeId } = fact.data;
      return { ...card, initiatives: { ...card.initiatives, [initiativeId]: { ...card.initiatives[initiativeId]!, state: 'completed' } } };
    }
    case 'accounts.csr-scorecard.csr-review-requested': {
      const { reviewId, ...requested } = fact.data;
      return { ...card, reviews: { ...card.reviews, [reviewId]: { ...requested, state: 'requested' } } };
    }
    case 'accounts.csr-scorecard.csr-review-passed':
      return withReview(card, fact.data.reviewId, 'passed');
    case 'accounts.csr-scorecard.csr-review-waived':
      return withReview(card, fact.data.reviewId, 'waived');
    default:
      return ignored(card, fact);
  }
}

export const questionOn = ({ indicator, basis }: { indicator: string; basis: CsrBasis }, at: string): string => `${indicator} ${basis} ${at}`;

/** What tells something that was said from something else. */
export const wordsOf = (said: object): string => JSON.stringify(said);

const recordedWith = (recorded: Recorded, said: Period): Recorded => [...recorded.filter(({ from }) => from !== said.from), { from: said.from, to: said.to, words: wordsOf(said) }];

const withCommitment = (card: CsrScorecard, id: string, change: Partial<Commitment>): CsrScorecard => ({
  ...card,
  commitments: { ...card.commitments, [id]: { ...card.commitments[id]!, ...change } },
});

const withReview = (card: CsrScorecard, id: string, state: 'passed' | 'waived'): CsrScorecard => ({ ...card, reviews: { ...card.reviews, [id]: { ...card.reviews[id]!, state } } });
