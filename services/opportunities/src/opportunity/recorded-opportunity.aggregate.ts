import type { LossReason, Money, Motion, OpportunityEvent, Provenance, Stage } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertWorth, attachAccount, changed, type Closure, type Deal, isDeal, type Opportunity, type Source, sameMoney, versionsUpTo, wonEvent } from './opportunity.aggregate.js';
import { isForward, PROBABILITY } from './stages.js';

/** How the source says that a deal ended. Never inferred from a probability or a stage. */
export type Outcome = { readonly result: 'won'; readonly at: string; readonly amount: Money | null } | { readonly result: 'lost'; readonly at: string; readonly reason: LossReason };

/** A deal as its source tells it. */
export interface HistoricalDeal {
  readonly name: string;
  readonly accountId: string | null;
  readonly ownerId: string | null;
  readonly offeringId: string | null;
  readonly motion: Motion;
  readonly stage: Stage;
  readonly amount: Money | null;
  /** First instant of the day on which it was opened; null when the source does not say. */
  readonly openedAt: string | null;
  readonly outcome: Outcome | null;
  readonly provenance: Provenance;
}

/**
 * Records a deal that happened before, or besides, Keyfold, at the dates it had. Said again it changes nothing; said differently it moves the deal by what
 * the source changed. A deal without a date of its opening is open from `now` on.
 */
export function record(state: Opportunity, told: HistoricalDeal, now: string): OpportunityEvent[] {
  assertTold(told);
  if (!isDeal(state)) return recordNew(state, told, now);
  if (!state.source) throw new DomainError('opportunity-exists');
  if (state.motion !== told.motion) throw new DomainError('motion-fixed', { motion: state.motion });
  return [...attached(state, state.source, told), ...opening(state, told), ...moved(state, state.source, told), ...ending(state, state.source, told)];
}

/** Takes an imported deal back while nothing was built on it. It may be recorded again. */
export function withdraw(state: Opportunity, reason: string): OpportunityEvent[] {
  if (state.state === 'withdrawn') return [];
  if (!isDeal(state)) throw new DomainError('opportunity-unknown');
  if (!state.source) throw new DomainError('withdraw-not-imported');
  if (state.builtUpon) throw new DomainError('withdraw-built-upon');
  return [{ type: 'opportunities.opportunity.withdrawn', data: { reason }, supersedes: versionsUpTo(state.version) }];
}

/** The account on which what the source tells makes the deal newly open: a new deal, one reopened in the source, one whose account is known by now. */
export function opensOn(state: Opportunity, told: HistoricalDeal): string | null {
  if (told.outcome !== null) return null;
  if (!isDeal(state)) return told.accountId;
  if (state.state === 'open') return state.accountId === null ? told.accountId : null;
  return state.source?.closure ? (state.accountId ?? told.accountId) : null;
}

function assertTold({ outcome, openedAt, amount }: HistoricalDeal): void {
  if (outcome === null) return;
  if (openedAt !== null && outcome.at < openedAt) throw new DomainError('closed-before-opened', { openedAt });
  if (outcome.result === 'won') assertWorth(outcome.amount ?? amount);
}

/** When the deal was opened, as the source knows it: on a closed deal without a date, no later than it was closed. */
const openedAtOf = ({ openedAt, outcome }: HistoricalDeal): string | null => openedAt ?? outcome?.at ?? null;

function recordNew(state: Opportunity, told: HistoricalDeal, now: string): OpportunityEvent[] {
  // History must leave out the withdrawal too, or it would follow the earlier dates of what is recorded again.
  const supersedes = state.state === 'withdrawn' ? { supersedes: [state.version] } : {};
  return [{ ...recorded(told), occurredAt: openedAtOf(told) ?? now, ...supersedes }, ...(told.outcome ? [closed(told.outcome, told)] : [])];
}

function recorded({ openedAt: _openedAt, outcome: _outcome, ...facts }: HistoricalDeal): OpportunityEvent {
  return { type: 'opportunities.opportunity.recorded', data: { ...facts, probability: PROBABILITY[facts.stage] } };
}

function closed(outcome: Outcome, told: HistoricalDeal, supersedes?: readonly number[]): OpportunityEvent {
  const { run } = told.provenance;
  if (outcome.result === 'won') return wonEvent((outcome.amount ?? told.amount)!, outcome.at, { run, ...(supersedes && { supersedes }) });
  const data = { reason: outcome.reason, competitor: null, note: null, run };
  return { type: 'opportunities.opportunity.lost', data, occurredAt: outcome.at, ...(supersedes && { supersedes }) };
}

const attached = (deal: Deal, source: Source, told: HistoricalDeal): OpportunityEvent[] =>
  told.accountId === null || told.accountId === source.accountId ? [] : attachAccount(deal, told.accountId, told.provenance.run);

/** The source knows by now that the deal had been opened earlier. */
function opening(deal: Deal, told: HistoricalDeal): OpportunityEvent[] {
  const openedAt = openedAtOf(told);
  if (!isEarlier(deal, openedAt)) return [];
  return [{ ...recorded({ ...told, accountId: told.accountId ?? deal.accountId }), occurredAt: openedAt, supersedes: [deal.openedVersion] }];
}

const isEarlier = (deal: Deal, openedAt: string | null): openedAt is string => openedAt !== null && openedAt < deal.openedAt;

/** Stage, value, owner, offering, name: what the source moved since it last spoke. An earlier opening has said all of it already. */
function moved(deal: Deal, source: Source, told: HistoricalDeal): OpportunityEvent[] {
  if (isEarlier(deal, openedAtOf(told)) && !deal.builtUpon) return [];
  const { stage, amount, ownerId, offeringId, name } = told;
  const facts = {
    ...(name !== source.name && { name }),
    ...(ownerId !== source.ownerId && { ownerId }),
    ...(offeringId !== source.offeringId && { offeringId }),
    ...(told.outcome === null && !sameMoney(amount, source.amount) && { amount }),
    ...(told.outcome === null && stage !== source.stage && { stage }),
  };
  return deal.state === 'open' || told.outcome ? corrections(deal, facts, told) : [];
}

function corrections(deal: Deal, facts: Partial<Deal>, told: HistoricalDeal): OpportunityEvent[] {
  const { stage, ...others } = changed(deal, facts) ?? {};
  const forward = stage !== undefined && isForward(deal.stage, stage);
  const corrected = { ...others, ...(stage !== undefined && !forward && { stage, probability: PROBABILITY[stage] }) };
  const { run } = told.provenance;
  return [
    ...(Object.keys(corrected).length > 0 ? [correction(deal, told, corrected)] : []),
    ...(forward ? [{ type: 'opportunities.opportunity.advanced' as const, data: { from: deal.stage, to: stage, probability: PROBABILITY[stage], reason: null, run } }] : []),
  ];
}

/** What is set right on a closed deal holds from its closing on, so that the figures of that day show it. */
const correction = (deal: Deal, { provenance }: HistoricalDeal, facts: Partial<Deal>): OpportunityEvent => ({
  type: 'opportunities.opportunity.corrected',
  data: { reason: 'import', ...facts, provenance },
  ...(deal.closure && { occurredAt: deal.closure.at }),
});

function ending(deal: Deal, source: Source, told: HistoricalDeal): OpportunityEvent[] {
  if (sameEnding(source.closure, told)) return [];
  // Somebody has closed or reopened the deal in Keyfold, and the source says something else by now: a person has to decide.
  if (deal.closure?.version !== source.closure?.version) throw new DomainError('record-conflict', { field: 'outcome' });
  const supersedes = deal.closure ? [deal.closure.version] : undefined;
  if (told.outcome) return [closed(told.outcome, told, supersedes)];
  const { stage, amount, provenance } = told;
  const data = { reason: 'import', reopen: true, stage, probability: PROBABILITY[stage], amount, provenance };
  return [{ type: 'opportunities.opportunity.corrected', data, ...(supersedes && { supersedes }) }];
}

function sameEnding(closure: Closure | null, { outcome, amount }: HistoricalDeal): boolean {
  if (closure === null || outcome === null) return closure === outcome;
  if (closure.at !== outcome.at) return false;
  if (closure.result === 'won') return outcome.result === 'won' && sameMoney(closure.amount, outcome.amount ?? amount);
  return outcome.result === 'lost' && closure.reason === outcome.reason;
}
