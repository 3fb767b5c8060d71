import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { DateOnly, Money, Provenance } from '../common.js';

/** Open stages in order (domain.md 4.4). */
export const STAGES = ['identified', 'qualified', 'solution', 'proposal', 'negotiation', 'verbal'] as const;
export type Stage = (typeof STAGES)[number];
export const MOTIONS = ['hunting', 'renewal', 'expansion'] as const;
export type Motion = (typeof MOTIONS)[number];
export const LOSS_REASONS = ['price', 'competitor', 'no-decision', 'scope', 'timing', 'relationship', 'other', 'not-recorded'] as const;
export type LossReason = (typeof LOSS_REASONS)[number];

/** `run`: the import run that said so; absent for what people do in Keyfold. */
interface Imported {
  readonly run?: string;
}

export type OpportunityEvent =
  | DomainEvent<
      'opportunities.opportunity.opened',
      { accountId: string; name: string; ownerId: string; offeringId: string | null; motion: Motion; stage: Stage; probability: number; amount: Money | null; expectedCloseOn: DateOnly | null }
    >
  /** A deal from before Keyfold, with the dates it really had; occurs on the day it was opened. Its account may not be known yet. */
  | DomainEvent<
      'opportunities.opportunity.recorded',
      { accountId: string | null; name: string; ownerId: string | null; offeringId: string | null; motion: Motion; stage: Stage; probability: number; amount: Money | null; provenance: Provenance }
    >
  /** The probability is the stage map's on the day; a later change of the map does not touch it. */
  | DomainEvent<'opportunities.opportunity.advanced', { from: Stage; to: Stage; probability: number; reason: string | null } & Imported>
  | DomainEvent<'opportunities.opportunity.won', { amount: Money } & Imported>
  | DomainEvent<'opportunities.opportunity.lost', { reason: LossReason; competitor: string | null; note: string | null } & Imported>
  | DomainEvent<'opportunities.opportunity.reopened', { stage: Stage; probability: number; reason: string }>
  /** Facts set right: what is named replaces what was said; `supersedes` in the envelope takes wrong closures out of history. */
  | DomainEvent<
      'opportunities.opportunity.corrected',
      { reason: string; name?: string; stage?: Stage; probability?: number; amount?: Money | null; expectedCloseOn?: DateOnly | null; ownerId?: string | null; offeringId?: string | null; reopen?: boolean; provenance?: Provenance }
    >
  | DomainEvent<'opportunities.opportunity.account-attached', { accountId: string } & Imported>
  /** Never was: an open that met a closing account, or an import taken back. History leaves all of it out. */
  | DomainEvent<'opportunities.opportunity.withdrawn', { reason: string }>;

export const opportunityContract = defineContract<OpportunityEvent>({
  service: 'opportunities',
  name: 'opportunity',
  streamPrefix: 'opp',
  events: {
    'opportunities.opportunity.opened': { version: 1 },
    'opportunities.opportunity.recorded': { version: 1 },
    'opportunities.opportunity.advanced': { version: 1 },
    'opportunities.opportunity.won': { version: 1 },
    'opportunities.opportunity.lost': { version: 1 },
    'opportunities.opportunity.reopened': { version: 1 },
    'opportunities.opportunity.corrected': { version: 1 },
    'opportunities.opportunity.account-attached': { version: 1 },
    'opportunities.opportunity.withdrawn': { version: 1 },
  },
});
