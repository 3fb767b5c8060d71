import { type Money, type OpportunityEvent, opportunityContract } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';

/** What plans need to know of deals, which opportunities owns: those that were won, whose they are and what they brought. */
export interface WonDeal {
  readonly id: string;
  readonly accountId: string;
  /** Null while it is not won. */
  readonly amount: Money | null;
}

const NOTED: ReadonlySet<string> = new Set(['won', 'lost', 'reopened', 'corrected', 'account-attached', 'withdrawn'].map((step) => `opportunities.opportunity.${step}`));

/** Open deals have no row here, so that a deal costs a write when it is won and no sooner. */
export const wonDeals = projection<WonDeal, OpportunityEvent>({
  name: 'won-deals',
  version: 1,
  follows: [opportunityContract],
  rowsOf: (event) => (NOTED.has(event.type) ? [idOf(opportunityContract, event.streamId)] : []),
  fold(row, event, id): WonDeal | null {
    switch (event.type) {
      case 'opportunities.opportunity.won':
        // A deal lies with its account on the topic, unless it was recorded before its account was known.
        return { id, accountId: row?.accountId ?? event.partitionKey, amount: event.data.amount };
      case 'opportunities.opportunity.account-attached':
        return { id, accountId: event.data.accountId, amount: row?.amount ?? null };
      case 'opportunities.opportunity.lost':
      case 'opportunities.opportunity.reopened':
        return row && { ...row, amount: null };
      case 'opportunities.opportunity.corrected':
        return row && event.data.reopen ? { ...row, amount: null } : row;
      case 'opportunities.opportunity.withdrawn':
        return null;
      default:
        return row;
    }
  },
});
