import type { Money, OpportunityEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertAhead, assertClosing, assertDeal, assertWorth, changed, closedAgain, type Closure, type Deal, type Opportunity, sameMoney } from './opportunity.aggregate.js';

export interface Correction {
  readonly reason: string;
  readonly name?: string;
  readonly amount?: Money;
  readonly expectedCloseOn?: string | null;
  readonly ownerId?: string;
  readonly offeringId?: string | null;
  /** When the deal was really won or lost. */
  readonly closedAt?: string;
}

/**
 * Sets facts right. A wrong closing (its day, or the amount of a won deal) is told again and takes the place of the wrong one in history;
 * other facts of a closed deal hold from its closing on, those of an open deal from now on.
 */
export function correct(state: Opportunity, { reason, closedAt, ...facts }: Correction, today: string): OpportunityEvent[] {
  const deal = assertDeal(state);
  if (deal.state === 'open') {
    if (closedAt !== undefined) throw new DomainError('opportunity-open');
    assertAhead(facts.expectedCloseOn ?? null, today);
    return corrected(deal, reason, facts);
  }
  assertClosing(deal, closedAt);
  const { amount, ...others } = facts;
  if (deal.state === 'won' && amount) assertWorth(amount);
  const closing = closingAgain(deal.closure!, closedAt, amount);
  return [...closing, ...corrected(deal, reason, deal.state === 'won' ? others : facts, closedAt ?? deal.closure!.at)];
}

function closingAgain(closure: Closure, at = closure.at, amount?: Money): OpportunityEvent[] {
  const right: Closure = closure.result === 'won' ? { ...closure, at, amount: amount ?? closure.amount } : { ...closure, at };
  const worthTheSame = closure.result === 'lost' || amount === undefined || sameMoney(closure.amount, amount);
  return at === closure.at && worthTheSame ? [] : [closedAgain(right, [closure.version])];
}

function corrected(deal: Deal, reason: string, facts: Partial<Deal>, occurredAt?: string): OpportunityEvent[] {
  const changes = changed(deal, facts);
  if (!changes) return [];
  return [{ type: 'opportunities.opportunity.corrected', data: { reason, ...(changes as object) }, ...(occurredAt !== undefined && { occurredAt }) }];
}
