import { type Money, type Stage, STAGES } from '@keyfold/contracts';

/** Chance of winning in percent at the entry of a stage (domain.md 3.8). The events keep it: a change here does not touch old deals. */
export const PROBABILITY: Readonly<Record<Stage, number>> = { identified: 10, qualified: 25, solution: 40, proposal: 55, negotiation: 75, verbal: 90 };

export interface Qualification {
  readonly amount: Money | null;
  readonly expectedCloseOn: string | null;
}

interface Criterion {
  readonly name: string;
  readonly met: (deal: Qualification) => boolean;
}

/**
 * What has to be known before a deal enters a stage (domain.md 4.4). Needs and the economic buyer attach to `qualified` with stakeholders, active offer lines
 * to `proposal` with offers, the mandate to `negotiation`, the agreement to `verbal`; the signed contract attaches to winning.
 */
export const EXIT_CRITERIA: Readonly<Record<Stage, readonly Criterion[]>> = {
  identified: [],
  qualified: [
    { name: 'amount', met: (deal) => deal.amount !== null && deal.amount.amountMinor > 0 },
    { name: 'expectedCloseOn', met: (deal) => deal.expectedCloseOn !== null },
  ],
  solution: [],
  proposal: [],
  negotiation: [],
  verbal: [],
};

export const isForward = (from: Stage, to: Stage): boolean => STAGES.indexOf(to) > STAGES.indexOf(from);

/** The criteria on the way from one stage to a later one, both the skipped stages' and the last one's, that are not met. */
export const missingCriteria = (from: Stage, to: Stage, deal: Qualification): string[] =>
  STAGES.slice(STAGES.indexOf(from) + 1, STAGES.indexOf(to) + 1).flatMap((stage) => EXIT_CRITERIA[stage].filter(({ met }) => !met(deal)).map(({ name }) => name));
