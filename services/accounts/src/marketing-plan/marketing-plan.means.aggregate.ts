import type { MarketingMeansEvent, Money, ResourceAllocation } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertRoom, change, find, type Folds, type Item, put, sameContent } from '../plan/plan-items.aggregate.js';
import { assertDraft, assertInForce, assertWorkable, type PlanLife } from '../plan/plan-lifecycle.aggregate.js';
import { campaignOf, type WithCampaigns } from './marketing-plan.campaigns.aggregate.js';

/** Amounts in minor units of the plan's currency. */
export interface BudgetLine extends Item {
  readonly label: string;
  readonly category: string;
  readonly plannedMinor: number;
  /** What may be committed; null before the first approval. */
  readonly ceilingMinor: number | null;
}

export interface Commitment extends Item {
  readonly lineId: string;
  readonly campaignId: string | null;
  readonly amountMinor: number;
  readonly supplier: string | null;
  readonly description: string;
  readonly released: boolean;
  readonly spends: readonly Spend[];
  readonly overrun: boolean;
}

export interface Spend extends Item {
  readonly amountMinor: number;
  readonly spentOn: string;
  readonly reference: string | null;
}

export interface Resource extends Item {
  readonly allocation: ResourceAllocation;
  readonly released: boolean;
}

export interface WithMeans {
  readonly currency: string;
  readonly lines: readonly BudgetLine[];
  readonly commitments: readonly Commitment[];
  readonly resources: readonly Resource[];
}

type Plan = PlanLife & WithMeans;

export const NO_MEANS: Omit<WithMeans, 'currency'> = { lines: [], commitments: [], resources: [] };

const LINES_LIMIT = 50;
const COMMITMENTS_LIMIT = 500;
const SPENDS_LIMIT = 100;
const RESOURCES_LIMIT = 200;

export function meansFolds<State extends WithMeans>(): Folds<State, MarketingMeansEvent> {
  const onCommitment = (state: State, id: string, changed: (commitment: Commitment) => Partial<Commitment>): State => {
    const commitment = find(state.commitments, id);
    return commitment ? { ...state, commitments: change(state.commitments, id, changed(commitment)) } : state;
  };
  return {
    'accounts.marketing-plan.budget-allocated': (state, { data: { lineId: id, label, category, amount } }) => {
      const ceilingMinor = find(state.lines, id)?.ceilingMinor ?? null;
      return { ...state, lines: put(state.lines, { id, label, category, plannedMinor: amount.amountMinor, ceilingMinor }) };
    },
    'accounts.marketing-plan.budget-raised': (state, { data: { lineId, ceiling } }) => {
      const plannedMinor = Math.max(find(state.lines, lineId)?.plannedMinor ?? 0, ceiling.amountMinor);
      return { ...state, lines: change(state.lines, lineId, { plannedMinor, ceilingMinor: ceiling.amountMinor }) };
    },
    'accounts.marketing-plan.spend-committed': (state, { data: { commitmentId: id, amount, ...facts } }) => ({
      ...state,
      commitments: put(state.commitments, { id, ...facts, amountMinor: amount.amountMinor, released: false, spends: [], overrun: false }),
    }),
    'accounts.marketing-plan.commitment-released': (state, { data }) => onCommitment(state, data.commitmentId, () => ({ released: true })),
    'accounts.marketing-plan.spend-recorded': (state, { data: { spendId: id, commitmentId, amount, spentOn, reference } }) =>
      onCommitment(state, commitmentId, ({ spends }) => ({ spends: put(spends, { id, amountMinor: amount.amountMinor, spentOn, reference }) })),
    'accounts.marketing-plan.budget-overrun-detected': (state, { data }) => onCommitment(state, data.commitmentId, () => ({ overrun: true })),
    'accounts.marketing-plan.resource-allocated': (state, { data }) => ({ ...state, resources: put(state.resources, { id: data.allocationId, allocation: data, released: false }) }),
    'accounts.marketing-plan.resource-released': (state, { data }) => ({ ...state, resources: change(state.resources, data.allocationId, { released: true }) }),
  };
}

/** What was planned is the ceiling once the plan is approved (domain.md 4.3). */
export const withCeilings = <State extends WithMeans>(state: State): State => ({ ...state, lines: state.lines.map((line) => ({ ...line, ceilingMinor: line.plannedMinor })) });

export const spentOf = ({ spends }: Pick<Commitment, 'spends'>): number => spends.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/** What a commitment takes of its line: itself, or what was spent where that is more, or where the rest was released. */
export const boundBy = (commitment: Pick<Commitment, 'spends' | 'amountMinor' | 'released'>): number =>
  commitment.released ? spentOf(commitment) : Math.max(commitment.amountMinor, spentOf(commitment));

export const boundOn = ({ commitments }: Pick<WithMeans, 'commitments'>, lineId: string): number =>
  commitments.filter((commitment) => commitment.lineId === lineId).reduce((sum, commitment) => sum + boundBy(commitment), 0);

export function allocateBudget(plan: Plan, facts: { lineId: string; label: string; category: string; amount: Money }): MarketingMeansEvent[] {
  assertDraft(plan);
  assertCurrency(plan, facts.amount);
  const { lineId, label, category, amount } = facts;
  const line = find(plan.lines, lineId);
  if (line && line.label === label && line.category === category && line.plannedMinor === amount.amountMinor) return [];
  if (amount.amountMinor < boundOn(plan, lineId)) throw new DomainError('marketing-budget-below-commitments');
  assertRoom(plan.lines, lineId, LINES_LIMIT);
  return [{ type: 'accounts.marketing-plan.budget-allocated', data: facts }];
}

export function raiseBudget(plan: Plan, facts: { lineId: string; ceiling: Money; raisedById: string; reason: string }): MarketingMeansEvent[] {
  assertInForce(plan);
  assertCurrency(plan, facts.ceiling);
  const { ceilingMinor } = lineOf(plan, facts.lineId);
  if (ceilingMinor === facts.ceiling.amountMinor) return [];
  if (facts.ceiling.amountMinor < (ceilingMinor ?? 0)) throw new DomainError('marketing-budget-not-raised');
  return [{ type: 'accounts.marketing-plan.budget-raised', data: facts }];
}

interface Committing {
  readonly commitmentId: string;
  readonly lineId: string;
  readonly campaignId: string | null;
  readonly amount: Money;
  readonly supplier: string | null;
  readonly description: string;
}

/** Never above what was approved for the line. */
export function commitSpend(plan: Plan & WithCampaigns, facts: Committing): MarketingMeansEvent[] {
  assertInForce(plan);
  const { commitmentId, amount, ...content } = facts;
  const there = find(plan.commitments, commitmentId);
  if (there) {
    const { lineId, campaignId, supplier, description, amountMinor } = there;
    if (sameContent({ lineId, campaignId, supplier, description, amountMinor }, { ...content, amountMinor: amount.amountMinor })) return [];
    throw new DomainError('marketing-commitment-exists');
  }
  assertPositive(plan, amount);
  assertRoom(plan.commitments, commitmentId, COMMITMENTS_LIMIT);
  if (facts.campaignId !== null) campaignOf(plan, facts.campaignId);
  const ceilingMinor = lineOf(plan, facts.lineId).ceilingMinor ?? 0;
  const boundMinor = boundOn(plan, facts.lineId);
  if (boundMinor + amount.amountMinor > ceilingMinor) throw new DomainError('marketing-budget-exceeded', { ceilingMinor, boundMinor, currency: plan.currency });
  return [{ type: 'accounts.marketing-plan.spend-committed', data: facts }];
}

export function releaseCommitment(plan: Plan, commitmentId: string, reason: string): MarketingMeansEvent[] {
  assertInForce(plan);
  const { released, lineId } = commitmentOf(plan, commitmentId);
  return released ? [] : [{ type: 'accounts.marketing-plan.commitment-released', data: { commitmentId, lineId, reason } }];
}

interface Spending {
  readonly spendId: string;
  readonly commitmentId: string;
  readonly amount: Money;
  readonly spentOn: string;
  readonly reference: string | null;
}

/** Money that is gone is recorded whatever the budget says; beyond the tolerance of the day it is an overrun, said once per commitment. */
export function recordSpend(plan: Plan, facts: Spending, { today, tolerancePercent }: { today: string; tolerancePercent: number }): MarketingMeansEvent[] {
  assertInForce(plan);
  const commitment = commitmentOf(plan, facts.commitmentId);
  const { spendId, commitmentId, amount, spentOn, reference } = facts;
  const there = find(commitment.spends, spendId);
  if (there) {
    if (sameContent(there, { id: spendId, amountMinor: amount.amountMinor, spentOn, reference })) return [];
    throw new DomainError('marketing-spend-exists');
  }
  if (commitment.released) throw new DomainError('marketing-commitment-released');
  assertPositive(plan, amount);
  if (spentOn > today) throw new DomainError('marketing-in-the-future', { today });
  assertRoom(commitment.spends, spendId, SPENDS_LIMIT);
  const { lineId, campaignId, amountMinor: committedMinor } = commitment;
  const recorded: MarketingMeansEvent = { type: 'accounts.marketing-plan.spend-recorded', data: { spendId, commitmentId, lineId, campaignId, amount, spentOn, reference } };
  const spentMinor = spentOf(commitment) + amount.amountMinor;
  if (commitment.overrun || spentMinor * 100 <= committedMinor * (100 + tolerancePercent)) return [recorded];
  const money = (amountMinor: number): Money => ({ amountMinor, currency: plan.currency });
  return [recorded, { type: 'accounts.marketing-plan.budget-overrun-detected', data: { commitmentId, lineId, committed: money(committedMinor), spent: money(spentMinor), tolerancePercent } }];
}

export function allocateResource(plan: Plan & WithCampaigns, allocation: ResourceAllocation): MarketingMeansEvent[] {
  assertWorkable(plan);
  const there = find(plan.resources, allocation.allocationId);
  if (there && !there.released && sameContent(there.allocation, allocation)) return [];
  const { kind, memberId, name, personDays, startOn, endOn, campaignId } = allocation;
  const isComplete = kind === 'person' ? memberId !== null && personDays !== null && name === null : name !== null && memberId === null && personDays === null;
  if (!isComplete) throw new DomainError('marketing-resource-incomplete');
  if (endOn < startOn) throw new DomainError('marketing-ends-before-start');
  if (campaignId !== null) campaignOf(plan, campaignId);
  assertRoom(plan.resources, allocation.allocationId, RESOURCES_LIMIT);
  return [{ type: 'accounts.marketing-plan.resource-allocated', data: allocation }];
}

export function releaseResource(plan: Plan, allocationId: string, reason: string): MarketingMeansEvent[] {
  assertWorkable(plan);
  const resource = find(plan.resources, allocationId);
  if (!resource) throw new DomainError('marketing-resource-unknown');
  return resource.released ? [] : [{ type: 'accounts.marketing-plan.resource-released', data: { allocationId, reason } }];
}

function assertCurrency({ currency }: { readonly currency: string }, amount: Money): void {
  if (amount.currency !== currency) throw new DomainError('plan-currency', { currency });
}

function assertPositive(plan: Plan, amount: Money): void {
  assertCurrency(plan, amount);
  if (amount.amountMinor <= 0) throw new DomainError('marketing-spend-zero');
}

function lineOf({ lines }: WithMeans, lineId: string): BudgetLine {
  const line = find(lines, lineId);
  if (!line) throw new DomainError('marketing-budget-line-unknown');
  return line;
}

function commitmentOf({ commitments }: WithMeans, commitmentId: string): Commitment {
  const commitment = find(commitments, commitmentId);
  if (!commitment) throw new DomainError('marketing-commitment-unknown');
  return commitment;
}
