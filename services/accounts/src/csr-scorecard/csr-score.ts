import { CSR_PILLARS, type CsrPillar, type CsrQuestion, type DateOnly } from '@keyfold/contracts';
import type { CsrScorecardRow } from './csr-scorecards.projection.js';

/** A day and its last instant. */
export interface AsOf {
  readonly day: DateOnly;
  readonly end: string;
}

export interface PillarScore {
  /** Mean points of its questions, 0 to 100; null: none was assessed. */
  readonly score: number | null;
  readonly questions: number;
  /** Questions that a document speaks for. */
  readonly evidenced: number;
}

export interface CsrScore {
  /** Weighted mean of the pillars, 0 to 100; null while a pillar that weighs something is not assessed. */
  readonly score: number | null;
  readonly pillars: Readonly<Record<CsrPillar, PillarScore>>;
}

/** The score of a day (domain.md 3.16): the last points of each question, which are none where no document speaks for it. */
export function scoreOf(row: CsrScorecardRow, weights: Readonly<Record<CsrPillar, number>>, asOf: AsOf): CsrScore {
  const questions = [...Map.groupBy(row.assessments.filter(({ at }) => at <= asOf.end), questionIn).values()].map((answers) => answers.reduce((last, one) => (one.at >= last.at ? one : last)));
  const evidenced = new Set(row.evidence.filter((one) => speaks(one, asOf)).map(questionIn));
  const scoreIn = (pillar: CsrPillar): PillarScore => {
    const own = questions.filter((question) => question.pillar === pillar);
    const proven = own.filter((question) => evidenced.has(questionIn(question)));
    const points = proven.reduce((sum, question) => sum + question.points, 0);
    return { score: own.length === 0 ? null : points / own.length, questions: own.length, evidenced: proven.length };
  };
  const pillars = { society: scoreIn('society'), economy: scoreIn('economy'), environment: scoreIn('environment') };
  const weighed = CSR_PILLARS.filter((pillar) => weights[pillar] > 0);
  if (weighed.length === 0 || weighed.some((pillar) => pillars[pillar].score === null)) return { score: null, pillars };
  const total = weighed.reduce((sum, pillar) => sum + weights[pillar], 0);
  return { score: weighed.reduce((sum, pillar) => sum + weights[pillar] * pillars[pillar].score!, 0) / total, pillars };
}

/** The rating that was published last by that day, and whether it still holds. */
export function ratingOf(row: CsrScorecardRow, asOf: AsOf): (CsrScorecardRow['ratings'][number] & { readonly valid: boolean }) | null {
  const last = row.ratings.filter(({ at }) => at <= asOf.end).reduce<CsrScorecardRow['ratings'][number] | null>((newest, one) => (newest && newest.at > one.at ? newest : one), null);
  return last && { ...last, valid: last.validUntil >= asOf.day };
}

/** Commitments that were due by that day, those of them that were kept, and their share; null: none was due. */
export function commitmentRateOf({ commitments }: Pick<CsrScorecardRow, 'commitments'>, asOf: AsOf): { readonly due: number; readonly kept: number; readonly percent: number | null } {
  const due = commitments.filter(({ dueAt }) => dueAt <= asOf.end);
  const kept = due.filter(({ keptAt }) => keptAt !== null && keptAt <= asOf.end).length;
  return { due: due.length, kept, percent: due.length === 0 ? null : (100 * kept) / due.length };
}

/** Suppliers with the points that they had on that day. */
export function suppliersOf({ suppliers }: CsrScorecardRow, asOf: AsOf): CsrScorecardRow['suppliers'] {
  const known = Map.groupBy(suppliers.filter(({ at }) => at <= asOf.end), ({ supplier }) => supplier);
  return [...known.values()].map((ratings) => ratings.reduce((last, one) => (one.at >= last.at ? one : last)));
}

const questionIn = ({ indicator, basis }: CsrQuestion): string => `${indicator} ${basis}`;

const speaks = ({ attachedAt, withdrawnAt, validUntil }: CsrScorecardRow['evidence'][number], { day, end }: AsOf): boolean =>
  attachedAt <= end && (withdrawnAt === null || withdrawnAt > end) && (validUntil === null || validUntil >= day);
