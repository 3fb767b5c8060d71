import { type LossReason, type Money, type Motion, type OpportunityEvent, opportunityContract, type Provenance, type Stage } from '@keyfold/contracts';
import { decider, DomainError, type Fact, ignored } from '@keyfold/event-sourcing';
import { isForward, missingCriteria, PROBABILITY } from './stages.js';

/** How a deal ended, and the version that says so. */
export type Closure = { readonly at: string; readonly version: number } & (
  | { readonly result: 'won'; readonly amount: Money }
  | { readonly result: 'lost'; readonly reason: LossReason; readonly competitor: string | null; readonly note: string | null }
);

/** What an import last said of a deal. It moves the deal by what differs from it, so that what people did in Keyfold since is left alone. */
export interface Source {
  readonly name: string;
  readonly accountId: string | null;
  readonly ownerId: string | null;
  readonly offeringId: string | null;
  readonly stage: Stage;
  readonly amount: Money | null;
  readonly closure: Closure | null;
}

export interface Deal {
  readonly state: 'open' | 'won' | 'lost';
  readonly name: string;
  readonly accountId: string | null;
  readonly ownerId: string | null;
  readonly offeringId: string | null;
  readonly motion: Motion;
  /** The last open stage. */
  readonly stage: Stage;
  /** Percent. */
  readonly probability: number;
  readonly amount: Money | null;
  readonly expectedCloseOn: string | null;
  readonly openedAt: string;
  readonly openedVersion: number;
  readonly closure: Closure | null;
  /** The closure that the last reopening undid, and the version of that reopening. */
  readonly undone: { readonly closure: Closure; readonly version: number } | null;
  readonly provenance: Provenance | null;
  readonly source: Source | null;
  /** Something was done with an imported deal that no import said. */
  readonly builtUpon: boolean;
  readonly version: number;
}

export type Opportunity = { readonly state: 'unknown' } | { readonly state: 'withdrawn'; readonly version: number } | Deal;

type Opened = Fact<Extract<OpportunityEvent, { type: 'opportunities.opportunity.opened' | 'opportunities.opportunity.recorded' }>>;

export const opportunity = decider<Opportunity, OpportunityEvent>({
  contract: opportunityContract,
  initial: { state: 'unknown' },
  partitionKey: (first) => ('accountId' in first.data ? first.data.accountId : null),
  evolve(state, fact): Opportunity {
    if (fact.type === 'opportunities.opportunity.withdrawn') return { state: 'withdrawn', version: fact.version };
    if (isDeal(state)) return evolveDeal(state, fact);
    return fact.type === 'opportunities.opportunity.opened' || fact.type === 'opportunities.opportunity.recorded' ? newDeal(fact) : state;
  },
});

export const isDeal = (state: Opportunity): state is Deal => state.state !== 'unknown' && state.state !== 'withdrawn';

function newDeal(fact: Opened): Deal {
  const imported = fact.type === 'opportunities.opportunity.recorded' ? fact.data : null;
  return {
    expectedCloseOn: null,
    provenance: null,
    ...fact.data,
    state: 'open',
    openedAt: fact.occurredAt,
    openedVersion: fact.version,
    closure: null,
    undone: null,
    source: imported && sourceOf(imported),
    builtUpon: false,
    version: fact.version,
  };
}

const sourceOf = ({ name, accountId, ownerId, offeringId, stage, amount }: Omit<Source, 'closure'>): Source => ({ name, accountId, ownerId, offeringId, stage, amount, closure: null });

function evolveDeal(deal: Deal, fact: Fact<OpportunityEvent>): Deal {
  const next = { ...deal, version: fact.version };
  switch (fact.type) {
    case 'opportunities.opportunity.opened':
      return next;
    case 'opportunities.opportunity.recorded':
      return recordedAgain(next, fact);
    case 'opportunities.opportunity.advanced':
      return said(next, fact.data.run, { stage: fact.data.to }, { stage: fact.data.to, probability: fact.data.probability });
    case 'opportunities.opportunity.won': {
      const closure = { result: 'won', at: fact.occurredAt, version: fact.version, amount: fact.data.amount } as const;
      return said(next, fact.data.run, { closure }, { state: 'won', closure, amount: fact.data.amount });
    }
    case 'opportunities.opportunity.lost': {
      const { run, ...data } = fact.data;
      const closure = { result: 'lost', at: fact.occurredAt, version: fact.version, ...data } as const;
      return said(next, run, { closure }, { state: 'lost', closure });
    }
    case 'opportunities.opportunity.reopened':
      return said(next, undefined, {}, { ...reopening(next), stage: fact.data.stage, probability: fact.data.probability });
    case 'opportunities.opportunity.corrected': {
      const { reason: _reason, reopen, provenance, ...facts } = fact.data;
      const { probability: _probability, expectedCloseOn: _expectedCloseOn, ...sourced } = facts;
      return said(next, provenance?.run, { ...sourced, ...(reopen && { closure: null }) }, { ...facts, ...(reopen && reopening(next)), ...(provenance && { provenance }) });
    }
    case 'opportunities.opportunity.account-attached':
      return said(next, fact.data.run, { accountId: fact.data.accountId }, { accountId: fact.data.accountId });
    case 'opportunities.opportunity.withdrawn':
      return next;
    default:
      return ignored(next, fact);
  }
}

const reopening = (deal: Deal): Partial<Deal> => ({ state: 'open', closure: null, undone: deal.closure && { closure: deal.closure, version: deal.version } });

const said = (deal: Deal, run: string | undefined, source: Partial<Source>, facts: Partial<Deal>): Deal => ({
  ...deal,
  ...facts,
  ...(run === undefined ? { builtUpon: true } : { source: deal.source && { ...deal.source, ...source } }),
});

/** The source knows an earlier opening. What it says of the rest holds unless people have gone on from there. */
function recordedAgain(deal: Deal, fact: Opened): Deal {
  const { name, ownerId, offeringId, stage, probability, amount } = fact.data;
  const source = { ...sourceOf(fact.data), closure: deal.source?.closure ?? null };
  const opening = { openedAt: fact.occurredAt, openedVersion: fact.version, source };
  if (deal.builtUpon) return { ...deal, ...opening };
  return { ...deal, ...opening, name, ownerId, offeringId, stage, probability, amount: deal.closure?.result === 'won' ? deal.closure.amount : amount };
}

export interface NewOpportunity {
  readonly accountId: string;
  readonly name: string;
  readonly ownerId: string;
  readonly offeringId: string | null;
  readonly motion: Motion;
  readonly amount: Money | null;
  readonly expectedCloseOn: string | null;
}

export function open(state: Opportunity, facts: NewOpportunity, today: string): OpportunityEvent[] {
  if (state.state !== 'unknown') throw new DomainError('opportunity-exists');
  assertAhead(facts.expectedCloseOn, today);
  return [{ type: 'opportunities.opportunity.opened', data: { ...facts, stage: 'identified', probability: PROBABILITY.identified } }];
}

export interface Advance {
  readonly to: Stage;
  readonly amount?: Money;
  readonly expectedCloseOn?: string;
  readonly reason: string | null;
}

/** Forward over any number of stages whose criteria are met; backward with a reason. */
export function advance(state: Opportunity, { to, reason, ...facts }: Advance, today: string): OpportunityEvent[] {
  const deal = assertOpen(state);
  assertAhead(facts.expectedCloseOn ?? null, today);
  const changes = changed(deal, facts);
  const corrected: OpportunityEvent[] = changes ? [{ type: 'opportunities.opportunity.corrected', data: { reason: reason ?? 'advanced', ...changes } }] : [];
  if (deal.stage === to) return corrected;
  if (!isForward(deal.stage, to) && reason === null) throw new DomainError('reason-missing', { from: deal.stage, to });
  const missing = missingCriteria(deal.stage, to, { ...deal, ...changes });
  if (missing.length > 0) throw new DomainError('exit-criteria-missing', { to, missing: missing.join(', ') });
  return [...corrected, { type: 'opportunities.opportunity.advanced', data: { from: deal.stage, to, probability: PROBABILITY[to], reason } }];
}

/** `at`: when it was won, the time of the command when absent. */
export function win(state: Opportunity, amount: Money, at?: string): OpportunityEvent[] {
  if (isDeal(state) && state.closure?.result === 'won' && sameMoney(state.closure.amount, amount) && (at === undefined || at === state.closure.at)) return [];
  const deal = assertOpen(state);
  if (deal.stage !== 'verbal') throw new DomainError('win-before-verbal', { stage: deal.stage });
  assertClosing(deal, at);
  assertWorth(amount);
  return [wonEvent(amount, at)];
}

export function lose(state: Opportunity, facts: { reason: LossReason; competitor: string | null; note: string | null }): OpportunityEvent[] {
  if (isDeal(state) && state.closure?.result === 'lost' && state.closure.reason === facts.reason && state.closure.competitor === facts.competitor) return [];
  assertOpen(state);
  if (facts.reason === 'competitor' && facts.competitor === null) throw new DomainError('competitor-missing');
  return [{ type: 'opportunities.opportunity.lost', data: facts }];
}

export const REOPEN_DAYS = 90;
const DAY_MS = 86_400_000;

export function reopen(state: Opportunity, reason: string, now: string): OpportunityEvent[] {
  const deal = assertDeal(state);
  if (deal.state === 'won') throw new DomainError('won-is-final');
  if (deal.closure === null) throw new DomainError('opportunity-not-lost');
  if (Date.parse(now) - Date.parse(deal.closure.at) > REOPEN_DAYS * DAY_MS) throw new DomainError('reopen-too-late', { days: REOPEN_DAYS });
  return [{ type: 'opportunities.opportunity.reopened', data: { stage: deal.stage, probability: PROBABILITY[deal.stage], reason } }];
}

export function attachAccount(state: Opportunity, accountId: string, run?: string): OpportunityEvent[] {
  const deal = assertDeal(state);
  if (deal.accountId === accountId) return [];
  if (deal.accountId !== null) throw new DomainError('account-already-attached');
  return [{ type: 'opportunities.opportunity.account-attached', data: { accountId, ...(run !== undefined && { run }) } }];
}

/** Undoes the last thing that made the deal open: a reopening by telling its loss again, an opening by withdrawing it all. For an opening that met a closing account. */
export function takeBackOpening(state: Opportunity): OpportunityEvent[] {
  if (!isDeal(state) || state.state !== 'open') return [];
  if (state.undone) return [closedAgain(state.undone.closure, [state.undone.closure.version, state.undone.version])];
  return [{ type: 'opportunities.opportunity.withdrawn', data: { reason: 'account-closing' }, supersedes: versionsUpTo(state.version) }];
}

export const wonEvent = (amount: Money, at?: string, more: { run?: string; supersedes?: readonly number[] } = {}): OpportunityEvent => ({
  type: 'opportunities.opportunity.won',
  data: { amount, ...(more.run !== undefined && { run: more.run }) },
  ...(at !== undefined && { occurredAt: at }),
  ...(more.supersedes && { supersedes: more.supersedes }),
});

/** The same closure once more, in the place of the versions it supersedes. */
export function closedAgain({ at, version: _version, ...closure }: Closure, supersedes: readonly number[]): OpportunityEvent {
  if (closure.result === 'won') return wonEvent(closure.amount, at, { supersedes });
  const { result: _result, ...data } = closure;
  return { type: 'opportunities.opportunity.lost', data, occurredAt: at, supersedes };
}

export const versionsUpTo = (version: number): number[] => Array.from({ length: version }, (_, i) => i + 1);

export const sameMoney = (a: Money | null, b: Money | null): boolean => a?.amountMinor === b?.amountMinor && a?.currency === b?.currency;

/** Those of the facts given that differ from the deal's; null when none does. */
export function changed<Facts extends Partial<Deal>>(deal: Deal, facts: Facts): Partial<Facts> | null {
  const differs = ([field, value]: [string, unknown]): boolean =>
    value !== undefined && (field === 'amount' ? !sameMoney(deal.amount, value as Money | null) : deal[field as keyof Deal] !== value);
  const entries = Object.entries(facts).filter(differs);
  return entries.length === 0 ? null : (Object.fromEntries(entries) as Partial<Facts>);
}

export function assertDeal(state: Opportunity): Deal {
  if (!isDeal(state)) throw new DomainError('opportunity-unknown');
  return state;
}

function assertOpen(state: Opportunity): Deal {
  const deal = assertDeal(state);
  if (deal.state === 'won') throw new DomainError('won-is-final');
  if (deal.state === 'lost') throw new DomainError('opportunity-lost');
  return deal;
}

export function assertAhead(expectedCloseOn: string | null, today: string): void {
  if (expectedCloseOn !== null && expectedCloseOn < today) throw new DomainError('close-date-in-the-past', { today });
}

export function assertClosing(deal: { openedAt: string }, at: string | undefined): void {
  if (at !== undefined && at < deal.openedAt) throw new DomainError('closed-before-opened', { openedAt: deal.openedAt });
}

/** A won deal is worth something. */
export function assertWorth(amount: Money | null | undefined): void {
  if (!amount || amount.amountMinor <= 0) throw new DomainError('amount-missing');
}
