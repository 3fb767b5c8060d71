import { daysBetween } from '@keyfold/platform';
import type { CandidateRow, RequisitionRow } from './requisitions.projection.js';

/** Steps of the funnel, in order; whoever reached one has passed those before it. */
export const STEPS = ['applied', 'shortlisted', 'interviewed', 'offered', 'accepted', 'hired'] as const;
export type Step = (typeof STEPS)[number];

/** Below this nobody can be told apart from his group, so that no figure of it is given (domain.md 3.15). */
export const SMALLEST_GROUP = 10;

interface StepFigures {
  readonly step: Step;
  readonly reached: number;
  /** Of those who reached the step, how many reached the next one, in per cent; null: nobody has been decided on. Left out: who is still waiting there. */
  readonly passPercent: number | null;
}

type Passing = Pick<CandidateRow, 'stage' | 'out'> & { readonly ended: boolean };

export const passings = (rows: readonly RequisitionRow[]): (Passing & Pick<CandidateRow, 'group'>)[] =>
  rows.flatMap(({ candidates, state }) => candidates.map(({ stage, out, group }) => ({ stage, out, group, ended: state !== 'open' })));

const rankOf = (stage: Step): number => STEPS.indexOf(stage);

/** Whether a candidate went past a step: null while nobody has decided. */
function passed({ stage, out, ended }: Passing, step: number): boolean | null {
  if (rankOf(stage) > step) return true;
  return out !== null || ended ? false : null;
}

const percent = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 1_000) / 10);

export function funnelOf(candidates: readonly Passing[]): StepFigures[] {
  return STEPS.map((step, rank) => {
    const reached = candidates.filter(({ stage }) => rankOf(stage) >= rank);
    const decided = reached.map((candidate) => passed(candidate, rank)).filter((one) => one !== null);
    return { step, reached: reached.length, passPercent: step === 'hired' ? null : percent(decided.filter(Boolean).length, decided.length) };
  });
}

/** Offers accepted of those answered, in per cent; null: none was answered. One that was accepted and declined afterwards counts as declined. */
export function offerAcceptanceOf(rows: readonly Pick<RequisitionRow, 'offer' | 'offersDeclined'>[]): number | null {
  const accepted = rows.filter(({ offer }) => offer?.acceptedAt).length;
  return percent(accepted, accepted + rows.reduce((sum, { offersDeclined }) => sum + offersDeclined, 0));
}

/** Days from the opening to the acceptance of the offer, the median of them; null: nobody has accepted. `dateOf`: the date of an instant. */
export function timeToFillOf(rows: readonly Pick<RequisitionRow, 'openedAt' | 'offer'>[], dateOf: (instant: string) => string): { filled: number; medianDays: number | null } {
  const days = rows.flatMap(({ openedAt, offer }) => (offer?.acceptedAt ? [daysBetween(dateOf(openedAt), dateOf(offer.acceptedAt))] : [])).sort((a, b) => a - b);
  return { filled: days.length, medianDays: medianOf(days) };
}

function medianOf(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface FairnessOfStep {
  readonly step: Step;
  /** Groups of which at least ten candidates were decided on at the step; a smaller one is not shown at all. */
  readonly groups: readonly { readonly group: string; readonly decided: number; readonly passPercent: number }[];
  /** Points between the best and the worst of them; null with fewer than two. */
  readonly gapPoints: number | null;
}

/** Pass rates by self-declared group (domain.md R1b). `groups` in the clear; null: nothing was declared, or the person was erased. */
export function fairnessOf(candidates: readonly (Passing & { readonly declared: string | null })[]): FairnessOfStep[] {
  const byGroup = [...Map.groupBy(candidates.filter(({ declared }) => declared !== null), ({ declared }) => declared!)];
  return STEPS.slice(0, -1).map((step, rank) => {
    const groups = byGroup.flatMap(([group, members]) => {
      const decided = members.filter(({ stage }) => rankOf(stage) >= rank).map((member) => passed(member, rank)).filter((one) => one !== null);
      return decided.length < SMALLEST_GROUP ? [] : [{ group, decided: decided.length, passPercent: percent(decided.filter(Boolean).length, decided.length)! }];
    });
    return { step, groups: groups.sort((a, b) => (a.group < b.group ? -1 : 1)), gapPoints: gapOf(groups.map(({ passPercent }) => passPercent)) };
  });
}

export interface EqualPay {
  /** Median of what was accepted, in per cent of the middle of its band, so that roles, seniorities and currencies compare; of groups of at least ten. */
  readonly groups: readonly { readonly group: string; readonly accepted: number; readonly bandPercent: number }[];
  /** Points between the best and the least paid of them; null with fewer than two. */
  readonly gapPoints: number | null;
}

/** `declared` in the clear; null: nothing was declared, or the person was erased. */
export function equalPayOf(accepted: readonly { readonly declared: string | null; readonly bandPercent: number }[]): EqualPay {
  const byGroup = [...Map.groupBy(accepted.filter(({ declared }) => declared !== null), ({ declared }) => declared!)];
  const groups = byGroup.flatMap(([group, members]) => {
    const percents = members.map(({ bandPercent }) => bandPercent).sort((a, b) => a - b);
    return members.length < SMALLEST_GROUP ? [] : [{ group, accepted: members.length, bandPercent: tenth(medianOf(percents)!) }];
  });
  return { groups: groups.sort((a, b) => (a.group < b.group ? -1 : 1)), gapPoints: gapOf(groups.map(({ bandPercent }) => bandPercent)) };
}

/** An accepted salary in per cent of the middle of the band; null where nobody has accepted, or nobody is paid. */
export function bandPercentOf({ offer, salaryBand: { min, max } }: Pick<RequisitionRow, 'offer' | 'salaryBand'>): number | null {
  const middle = (min.amountMinor + max.amountMinor) / 2;
  return offer?.acceptedAt && middle > 0 && offer.salary.currency === min.currency ? (100 * offer.salary.amountMinor) / middle : null;
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

const gapOf = (values: readonly number[]): number | null => (values.length < 2 ? null : tenth(Math.max(...values) - Math.min(...values)));

/** Mean of all scores that a candidate was given, from 1 to 5; null without any. */
export function meanScoreOf({ interviews }: Pick<CandidateRow, 'interviews'>): number | null {
  const scores = interviews.flatMap(({ scores: given }) => (given ?? []).map(({ score }) => score));
  return scores.length === 0 ? null : Math.round((scores.reduce((sum, score) => sum + score, 0) / scores.length) * 100) / 100;
}

interface Hire {
  readonly probation: 'none' | 'running' | 'confirmed' | 'ended';
  readonly left: boolean;
  readonly meanScore: number | null;
}

/** What became of those who were hired (domain.md E2): whether the interviews told them apart shows in the two means. */
export function hireQualityOf(hires: readonly Hire[]) {
  const of = (state: Hire['probation']): Hire[] => hires.filter(({ probation }) => probation === state);
  const [confirmed, ended] = [of('confirmed'), of('ended')];
  const mean = (some: readonly Hire[]): number | null => {
    const scores = some.flatMap(({ meanScore }) => (meanScore === null ? [] : [meanScore]));
    return scores.length === 0 ? null : Math.round((scores.reduce((sum, score) => sum + score, 0) / scores.length) * 100) / 100;
  };
  return {
    hires: hires.length,
    probation: { confirmed: confirmed.length, ended: ended.length, running: of('running').length },
    confirmedPercent: percent(confirmed.length, confirmed.length + ended.length),
    left: hires.filter(({ left }) => left).length,
    meanScore: { confirmed: mean(confirmed), ended: mean(ended) },
  };
}
