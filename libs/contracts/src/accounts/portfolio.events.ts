import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { DateOnly } from '../common.js';

/**
 * The accounts of one member over time (domain.md H1), id = the member's. Whose an account is stands in the account alone: assigned and released follow from that,
 * so a portfolio may be a moment behind.
 */
export type PortfolioEvent =
  | DomainEvent<'accounts.portfolio.created', { memberId: string }>
  /** Occurs on the first day of the owner, which may lie in the future. */
  | DomainEvent<'accounts.portfolio.account-assigned', { accountId: string }>
  /** Occurs on the first day of the next owner, or on that of the account's end. */
  | DomainEvent<'accounts.portfolio.account-released', { accountId: string }>
  /** A release that was to come is off: the account stays in the portfolio as if it had never been said. */
  | DomainEvent<'accounts.portfolio.account-kept', { accountId: string }>
  /** Share of the member's time that the account shall have, in per cent; null: not weighed. */
  | DomainEvent<'accounts.portfolio.account-weighed', { accountId: string; weightPercent: number | null }>
  /** All accounts of the member go to another one on a day, each by a handover of its own. */
  | DomainEvent<'accounts.portfolio.handover-started', { handoverId: string; toMemberId: string; effectiveOn: DateOnly; reason: string; accountIds: readonly string[] }>
  | DomainEvent<'accounts.portfolio.account-handed-over', { handoverId: string; accountId: string }>
  /** `code`: the refusal, in the words of the account's own handover. */
  | DomainEvent<'accounts.portfolio.account-not-handed-over', { handoverId: string; accountId: string; code: string }>
  /** Once more for what was refused, and for what has come to the portfolio since; `attempt` counts from 1. */
  | DomainEvent<'accounts.portfolio.handover-resumed', { handoverId: string; attempt: number; toMemberId: string; effectiveOn: DateOnly; reason: string; accountIds: readonly string[] }>
  /** Every account of the handover is its new owner's. */
  | DomainEvent<'accounts.portfolio.handed-over', { handoverId: string; toMemberId: string; accounts: number }>;

export const portfolioContract = defineContract<PortfolioEvent>({
  service: 'accounts',
  name: 'portfolio',
  streamPrefix: 'portfolio',
  events: {
    'accounts.portfolio.created': { version: 1 },
    'accounts.portfolio.account-assigned': { version: 1 },
    'accounts.portfolio.account-released': { version: 1 },
    'accounts.portfolio.account-kept': { version: 1 },
    'accounts.portfolio.account-weighed': { version: 1 },
    'accounts.portfolio.handover-started': { version: 1 },
    'accounts.portfolio.account-handed-over': { version: 1 },
    'accounts.portfolio.account-not-handed-over': { version: 1 },
    'accounts.portfolio.handover-resumed': { version: 1 },
    'accounts.portfolio.handed-over': { version: 1 },
  },
});
