import type { LossReason, Money, Motion, OpportunityEvent, Stage } from '@keyfold/contracts';
import { type PointInTime, stateAt, type TemporalFact, type TemporalRow } from '@keyfold/event-sourcing';

/** A deal as it was on a date, as known at a time. */
export interface Deal {
  readonly id: string;
  readonly name: string;
  readonly accountId: string | null;
  readonly ownerId: string | null;
  readonly offeringId: string | null;
  readonly motion: Motion;
  readonly stage: Stage;
  /** Percent. */
  readonly probability: number;
  readonly amount: Money | null;
  readonly expectedCloseOn: string | null;
  /** Milliseconds since the epoch; a reopened deal keeps its first start. */
  readonly openedAt: number;
  readonly outcome: 'open' | 'won' | 'lost';
  readonly closedAt: number | null;
  readonly lossReason: LossReason | null;
}

export type DealRow = TemporalRow<OpportunityEvent>;

export const dealAt = (row: DealRow, point: PointInTime): Deal | null => stateAt<Deal | null, OpportunityEvent>(row, point, null, (deal, fact) => evolve(row.id, deal, fact));

function evolve(id: string, deal: Deal | null, fact: TemporalFact<OpportunityEvent>): Deal | null {
  switch (fact.type) {
    case 'opportunities.opportunity.opened':
    case 'opportunities.opportunity.recorded': {
      const { name, accountId, ownerId, offeringId, motion, stage, probability, amount } = fact.data;
      const expectedCloseOn = 'expectedCloseOn' in fact.data ? fact.data.expectedCloseOn : null;
      return { id, name, accountId, ownerId, offeringId, motion, stage, probability, amount, expectedCloseOn, openedAt: fact.occurred, ...OPEN };
    }
    case 'opportunities.opportunity.withdrawn':
      return null;
    default:
      return deal && change(deal, fact);
  }
}

const OPEN = { outcome: 'open', closedAt: null, lossReason: null } as const;

function change(deal: Deal, fact: TemporalFact<OpportunityEvent>): Deal {
  switch (fact.type) {
    case 'opportunities.opportunity.advanced':
      return { ...deal, stage: fact.data.to, probability: fact.data.probability };
    case 'opportunities.opportunity.won':
      return { ...deal, outcome: 'won', closedAt: fact.occurred, amount: fact.data.amount };
    case 'opportunities.opportunity.lost':
      return { ...deal, outcome: 'lost', closedAt: fact.occurred, lossReason: fact.data.reason };
    case 'opportunities.opportunity.reopened':
      return { ...deal, ...OPEN, stage: fact.data.stage, probability: fact.data.probability };
    case 'opportunities.opportunity.account-attached':
      return { ...deal, accountId: fact.data.accountId };
    case 'opportunities.opportunity.corrected': {
      const { reason: _reason, provenance: _provenance, reopen, ...facts } = fact.data;
      return { ...deal, ...facts, ...(reopen && OPEN) };
    }
    default:
      return deal;
  }
}
