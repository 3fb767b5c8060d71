import { type Money, type OpportunityEvent, opportunityContract } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';

/** What plans need to know of deals, which opportunities owns: those that were won, whose they are and what they brought. */
export interface WonDeal {
  readonly id: string;
  readonly accountId: string;
  /** Both null while it is not won. */
  readonly amount: Money | null;
  readonly wonAt: string | null;
}

const NOT_WON = { amount: null, wonAt: null };

const NOTED: ReadonlySet<string> = new Set(['won', 'lost', 'reopened', 'corrected', 'account-attached', 'withdrawn'].map((step) => `opportunities.opportunity.${step}`));

/**
 * A deal costs a write when it is won and no sooner. An open one has a row only where its account was found for it, which no later event says; a deal that was won once keeps
 * its row for the same reason.
 */
export const wonDeals = projection<WonDeal, OpportunityEvent>({
  name: 'won-deals',
  version: 2,
  follows: [opportunityContract],
  indexes: [['accountId', 'wonAt']],
  rowsOf: (event) => (NOTED.has(event.type) ? [idOf(opportunityContract, event.streamId)] : []),
  fold(row, event, id): WonDeal | null {
    switch (event.type) {
      case 'opportunities.opportunity.won':
        // A deal lies with its account on the topic, unless it was recorded before its account was known.
        return { id, accountId: row?.accountId ?? event.partitionKey, amount: event.data.amount, wonAt: event.occurredAt };
      case 'opportunities.opportunity.account-attached':
        return { ...(row ?? { id, ...NOT_WON }), accountId: event.data.accountId };
      case 'opportunities.opportunity.lost':
      case 'opportunities.opportunity.reopened':
        return row && { ...row, ...NOT_WON };
      case 'opportunities.opportunity.corrected':
        return row && event.data.reopen ? { ...row, ...NOT_WON } : row;
      case 'opportunities.opportunity.withdrawn':
        return null;
      default:
        return row;
    }
  },
});
