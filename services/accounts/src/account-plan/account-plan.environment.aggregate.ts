import type { EnvironmentDimension, Estimate, FactorEffect, KeyPersonRole, Money, PlanEnvironmentEvent, SwotPerspective, SwotQuadrant, WhitespaceCell } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertRoom, find, type Folds, type Item, put, sameContent, without } from '../plan/plan-items.aggregate.js';
import { assertRecordable, type PlanLife } from '../plan/plan-lifecycle.aggregate.js';
import { actionOf, type WithActions } from './account-plan.actions.aggregate.js';

export interface SwotItem extends Item {
  readonly quadrant: SwotQuadrant;
  readonly perspective: SwotPerspective;
  readonly text: string;
}

export interface EnvironmentFactor extends Item {
  readonly dimension: EnvironmentDimension;
  readonly effect: FactorEffect;
  readonly text: string;
}

export interface CompetitorPosition extends Item, Estimate {
  readonly competitor: string;
  readonly category: string;
  readonly sharePercent: number;
  readonly contractEndsOn: string | null;
}

/** The id is the category. */
export interface Wallet extends Item, Estimate {
  readonly spend: Money;
  readonly ourRevenue: Money;
}

export interface ClientKpi extends Item {
  readonly label: string;
  readonly value: number;
  readonly unit: string;
  readonly measuredOn: string;
}

export interface BuyingCentre extends Item {
  readonly name: string;
  readonly accountId: string | null;
}

/** One buying centre x one offering. `estimate` null: none, or void since it was contradicted. */
export interface Cell extends Item, WhitespaceCell {
  readonly eligible: boolean;
  readonly estimate: ({ readonly potential: Money; readonly addressable: Money | null } & Estimate) | null;
  readonly revenue: { readonly amountMinor: number; readonly currency: string; readonly asOf: string } | null;
}

export interface KeyPerson extends Item {
  readonly id: KeyPersonRole;
  readonly stakeholderId: string | null;
  readonly gapActionId: string | null;
}

export interface WithEnvironment {
  readonly currency: string;
  readonly swot: readonly SwotItem[];
  readonly factors: readonly EnvironmentFactor[];
  readonly competitors: readonly CompetitorPosition[];
  readonly wallets: readonly Wallet[];
  readonly kpis: readonly ClientKpi[];
  readonly buyingCentres: readonly BuyingCentre[];
  readonly cells: readonly Cell[];
  readonly keyPeople: readonly KeyPerson[];
}

type Plan = PlanLife & WithEnvironment;

export const NO_ENVIRONMENT: Omit<WithEnvironment, 'currency'> = { swot: [], factors: [], competitors: [], wallets: [], kpis: [], buyingCentres: [], cells: [], keyPeople: [] };

const ITEMS_LIMIT = 100;

export const cellId = ({ buyingCentreId, offeringId }: WhitespaceCell): string => `${buyingCentreId}:${offeringId}`;
const competitorId = (category: string, competitor: string): string => `${category}:${competitor}`;

export const emptyCell = ({ buyingCentreId, offeringId }: WhitespaceCell): Cell => ({ id: cellId({ buyingCentreId, offeringId }), buyingCentreId, offeringId, eligible: true, estimate: null, revenue: null });

export function environmentFolds<State extends WithEnvironment>(): Folds<State, PlanEnvironmentEvent> {
  const withCell = (state: State, cell: WhitespaceCell, changed: Partial<Cell>): State => ({
    ...state,
    cells: put(state.cells, { ...(find(state.cells, cellId(cell)) ?? emptyCell(cell)), ...changed }),
  });
  return {
    'accounts.account-plan.swot-item-recorded': (state, { data: { itemId: id, ...facts } }) => ({ ...state, swot: put(state.swot, { id, ...facts }) }),
    'accounts.account-plan.swot-item-retired': (state, { data }) => ({ ...state, swot: without(state.swot, data.itemId) }),
    'accounts.account-plan.environment-factor-recorded': (state, { data: { factorId: id, ...facts } }) => ({ ...state, factors: put(state.factors, { id, ...facts }) }),
    'accounts.account-plan.environment-factor-retired': (state, { data }) => ({ ...state, factors: without(state.factors, data.factorId) }),
    'accounts.account-plan.client-kpi-recorded': (state, { data: { code: id, ...facts } }) => ({ ...state, kpis: put(state.kpis, { id, ...facts }) }),
    'accounts.account-plan.competitor-position-recorded': (state, { data }) => {
      const id = competitorId(data.category, data.competitor);
      return { ...state, competitors: data.sharePercent === 0 ? without(state.competitors, id) : put(state.competitors, { id, ...data }) };
    },
    'accounts.account-plan.wallet-estimated': (state, { data: { category: id, ...facts } }) => ({ ...state, wallets: put(state.wallets, { id, ...facts }) }),
    'accounts.account-plan.buying-centre-recorded': (state, { data: { buyingCentreId: id, ...facts } }) => ({ ...state, buyingCentres: put(state.buyingCentres, { id, ...facts }) }),
    'accounts.account-plan.potential-estimated': (state, { data: { buyingCentreId, offeringId, ...estimate } }) => withCell(state, { buyingCentreId, offeringId }, { estimate }),
    'accounts.account-plan.cell-revenue-recorded': (state, { data: { revenue, asOf, ...cell } }) => withCell(state, cell, { revenue: { ...revenue, asOf } }),
    'accounts.account-plan.potential-contradicted': (state, { data }) => withCell(state, data, { estimate: null }),
    'accounts.account-plan.cell-excluded': (state, { data }) => withCell(state, data, { eligible: false }),
    'accounts.account-plan.cell-included': (state, { data }) => withCell(state, data, { eligible: true }),
    'accounts.account-plan.key-person-named': (state, { data: { role, stakeholderId } }) => ({ ...state, keyPeople: put(state.keyPeople, { id: role, stakeholderId, gapActionId: null }) }),
    'accounts.account-plan.key-person-gap-recorded': (state, { data: { role, actionId } }) => ({ ...state, keyPeople: put(state.keyPeople, { id: role, stakeholderId: null, gapActionId: actionId }) }),
  };
}

export function recordSwotItem(plan: Plan, facts: { itemId: string; quadrant: SwotQuadrant; perspective: SwotPerspective; text: string }): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  const { itemId: id, ...content } = facts;
  if (sameContent(find(plan.swot, id), { id, ...content })) return [];
  assertRoom(plan.swot, id, ITEMS_LIMIT);
  return [{ type: 'accounts.account-plan.swot-item-recorded', data: facts }];
}

export function retireSwotItem(plan: Plan, itemId: string, reason: string): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  return find(plan.swot, itemId) ? [{ type: 'accounts.account-plan.swot-item-retired', data: { itemId, reason } }] : [];
}

export function recordFactor(plan: Plan, facts: { factorId: string; dimension: EnvironmentDimension; effect: FactorEffect; text: string }): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  const { factorId: id, ...content } = facts;
  if (sameContent(find(plan.factors, id), { id, ...content })) return [];
  assertRoom(plan.factors, id, ITEMS_LIMIT);
  return [{ type: 'accounts.account-plan.environment-factor-recorded', data: facts }];
}

export function retireFactor(plan: Plan, factorId: string, reason: string): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  return find(plan.factors, factorId) ? [{ type: 'accounts.account-plan.environment-factor-retired', data: { factorId, reason } }] : [];
}

export function recordClientKpi(plan: Plan, facts: { code: string; label: string; value: number; unit: string; measuredOn: string }): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  const { code: id, ...content } = facts;
  if (sameContent(find(plan.kpis, id), { id, ...content })) return [];
  assertRoom(plan.kpis, id, ITEMS_LIMIT);
  return [{ type: 'accounts.account-plan.client-kpi-recorded', data: facts }];
}

type Position = { competitor: string; category: string; sharePercent: number; contractEndsOn: string | null } & Estimate;

/** Shares of the competitors and ours are at most 100 % of a category; the rest is unallocated (domain.md 3.6). */
export function recordCompetitor(plan: Plan, facts: Position): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  const id = competitorId(facts.category, facts.competitor);
  const there = find(plan.competitors, id);
  if (there ? sameContent(there, { id, ...facts }) : facts.sharePercent === 0) return [];
  assertRoom(plan.competitors, id, ITEMS_LIMIT);
  assertShares(facts.category, find(plan.wallets, facts.category), put(plan.competitors, { id, ...facts }));
  return [{ type: 'accounts.account-plan.competitor-position-recorded', data: facts }];
}

type WalletEstimate = { category: string; spend: Money; ourRevenue: Money } & Estimate;

export function estimateWallet(plan: Plan, facts: WalletEstimate): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  const { category: id, ...content } = facts;
  if (sameContent(find(plan.wallets, id), { id, ...content })) return [];
  assertCurrency(plan, facts.spend, facts.ourRevenue);
  assertRoom(plan.wallets, id, ITEMS_LIMIT);
  if (facts.ourRevenue.amountMinor > facts.spend.amountMinor) throw new DomainError('plan-wallet-below-revenue', { category: id });
  assertShares(id, { id, ...content }, plan.competitors);
  return [{ type: 'accounts.account-plan.wallet-estimated', data: facts }];
}

/** Our share of what the client spends on a category, in per cent; null where it spends nothing or nothing is known (domain.md 3.6). */
export function shareOfWallet(wallet: Pick<Wallet, 'spend' | 'ourRevenue'> | undefined): number | null {
  return wallet && wallet.spend.amountMinor > 0 ? (100 * wallet.ourRevenue.amountMinor) / wallet.spend.amountMinor : null;
}

function assertShares(category: string, wallet: Wallet | undefined, competitors: readonly CompetitorPosition[]): void {
  const shares = competitors.filter((competitor) => competitor.category === category).map(({ sharePercent }) => sharePercent);
  const sum = shares.reduce((total, share) => total + share, shareOfWallet(wallet) ?? 0);
  // A hundredth of a per cent is what rounding a share to two digits may cost.
  if (sum > 100.01) throw new DomainError('plan-shares-above-100', { category, sum: Math.round(sum * 100) / 100 });
}

export function nameKeyPerson(plan: Plan, role: KeyPersonRole, stakeholderId: string): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  return find(plan.keyPeople, role)?.stakeholderId === stakeholderId ? [] : [{ type: 'accounts.account-plan.key-person-named', data: { role, stakeholderId } }];
}

export function recordKeyPersonGap(plan: Plan & WithActions, role: KeyPersonRole, actionId: string): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  if (find(plan.keyPeople, role)?.gapActionId === actionId) return [];
  const { state } = actionOf(plan, actionId);
  if (state === 'cancelled') throw new DomainError('plan-action-ended', { state });
  return [{ type: 'accounts.account-plan.key-person-gap-recorded', data: { role, actionId } }];
}

/** What is known of a day is said once it has come: a figure of a day to come would never be out of date. */
export function assertNotAhead(day: string, today: string): void {
  if (day > today) throw new DomainError('plan-figure-ahead', { today });
}

/** No sum and no comparison over several currencies. */
export function assertCurrency({ currency }: { readonly currency: string }, ...amounts: readonly (Money | null)[]): void {
  if (amounts.some((amount) => amount !== null && amount.currency !== currency)) throw new DomainError('plan-currency', { currency });
}
