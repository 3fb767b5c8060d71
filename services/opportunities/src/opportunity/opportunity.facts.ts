import type { LossReason, Money, OpportunityEvent, Stage } from '@keyfold/contracts';
import { PROBABILITY } from './stages.js';

// Facts of the past, for specs.
export const euros = (amount: number): Money => ({ amountMinor: amount * 100, currency: 'EUR' });
export const OPENED_AT = '2026-01-01T00:00:00.000Z';

export const facts = { accountId: 'acme', name: 'Fleet renewal', ownerId: 'anna', offeringId: 'fleet', motion: 'renewal', amount: euros(1_000), expectedCloseOn: '2026-06-30' } as const;
export const opened: OpportunityEvent = { type: 'opportunities.opportunity.opened', data: { ...facts, stage: 'identified', probability: 10 } };
export const openedBare: OpportunityEvent = { type: 'opportunities.opportunity.opened', data: { ...facts, amount: null, expectedCloseOn: null, stage: 'identified', probability: 10 } };

export const advanced = (from: Stage, to: Stage, reason: string | null = null): OpportunityEvent => ({
  type: 'opportunities.opportunity.advanced',
  data: { from, to, probability: PROBABILITY[to], reason },
});
export const toVerbal = advanced('identified', 'verbal');
export const won = (amount = euros(1_000), occurredAt = '2026-03-01T00:00:00.000Z'): OpportunityEvent => ({ type: 'opportunities.opportunity.won', data: { amount }, occurredAt });
export const lost = (reason: LossReason = 'price', occurredAt = '2026-03-01T00:00:00.000Z'): OpportunityEvent => ({
  type: 'opportunities.opportunity.lost',
  data: { reason, competitor: null, note: null },
  occurredAt,
});
export const reopened = (stage: Stage = 'identified'): OpportunityEvent => ({ type: 'opportunities.opportunity.reopened', data: { stage, probability: PROBABILITY[stage], reason: 'they called' } });
export const attached = (accountId: string, run?: string): OpportunityEvent => ({ type: 'opportunities.opportunity.account-attached', data: { accountId, ...(run !== undefined && { run }) } });
export const withdrawn = (...supersedes: number[]): OpportunityEvent => ({ type: 'opportunities.opportunity.withdrawn', data: { reason: 'undo' }, supersedes });
