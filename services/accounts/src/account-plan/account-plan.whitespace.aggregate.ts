import type { Estimate, Money, PlanEnvironmentEvent, WhitespaceCell } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertRoom, find, sameContent } from '../plan/plan-items.aggregate.js';
import { assertRecordable, type PlanLife } from '../plan/plan-lifecycle.aggregate.js';
import { assertCurrency, type Cell, cellId, emptyCell, type WithEnvironment } from './account-plan.environment.aggregate.js';

type Plan = PlanLife & WithEnvironment;

const CENTRES_LIMIT = 50;
const CELLS_LIMIT = 1_000;

export function recordBuyingCentre(plan: Plan, facts: { buyingCentreId: string; name: string; accountId: string | null }): PlanEnvironmentEvent[] {
  assertRecordable(plan);
  const { buyingCentreId: id, ...content } = facts;
  if (sameContent(find(plan.buyingCentres, id), { id, ...content })) return [];
  assertRoom(plan.buyingCentres, id, CENTRES_LIMIT);
  return [{ type: 'accounts.account-plan.buying-centre-recorded', data: facts }];
}

type Potential = WhitespaceCell & { readonly potential: Money; readonly addressable: Money | null } & Estimate;

/** What a cell could buy in a year. That the offering is sold is asked by the handler. */
export function estimatePotential(plan: Plan, facts: Potential): PlanEnvironmentEvent[] {
  const cell = recordableCell(plan, facts);
  const { buyingCentreId: _centre, offeringId: _offering, ...estimate } = facts;
  if (!cell.eligible) throw new DomainError('plan-cell-not-eligible');
  if (cell.estimate && sameContent(cell.estimate, estimate)) return [];
  assertCurrency(plan, facts.potential, facts.addressable);
  if (facts.addressable && facts.addressable.amountMinor > facts.potential.amountMinor) throw new DomainError('plan-addressable-above-potential');
  if (cell.revenue && cell.revenue.amountMinor > facts.potential.amountMinor) throw new DomainError('plan-potential-below-revenue');
  return [{ type: 'accounts.account-plan.potential-estimated', data: facts }];
}

/** What a cell buys from us in a year, of which the last day counts. More than its potential makes that estimate void (domain.md 3.6). */
export function recordCellRevenue(plan: Plan, facts: WhitespaceCell & { readonly revenue: Money; readonly asOf: string }): PlanEnvironmentEvent[] {
  const { eligible, estimate, revenue } = recordableCell(plan, facts);
  if (!eligible) throw new DomainError('plan-cell-not-eligible');
  if (revenue && (facts.asOf < revenue.asOf || sameContent(revenue, { ...facts.revenue, asOf: facts.asOf }))) return [];
  assertCurrency(plan, facts.revenue);
  const recorded: PlanEnvironmentEvent = { type: 'accounts.account-plan.cell-revenue-recorded', data: facts };
  if (!estimate || facts.revenue.amountMinor <= estimate.potential.amountMinor) return [recorded];
  const { buyingCentreId, offeringId } = facts;
  return [recorded, { type: 'accounts.account-plan.potential-contradicted', data: { buyingCentreId, offeringId, potential: estimate.potential, revenue: facts.revenue } }];
}

export function excludeCell(plan: Plan, cell: WhitespaceCell, reason: string): PlanEnvironmentEvent[] {
  return recordableCell(plan, cell).eligible ? [{ type: 'accounts.account-plan.cell-excluded', data: { ...cell, reason } }] : [];
}

export function includeCell(plan: Plan, cell: WhitespaceCell): PlanEnvironmentEvent[] {
  return recordableCell(plan, cell).eligible ? [] : [{ type: 'accounts.account-plan.cell-included', data: cell }];
}

function recordableCell(plan: Plan, cell: WhitespaceCell): Cell {
  assertRecordable(plan);
  if (!find(plan.buyingCentres, cell.buyingCentreId)) throw new DomainError('plan-buying-centre-unknown');
  assertRoom(plan.cells, cellId(cell), CELLS_LIMIT);
  return find(plan.cells, cellId(cell)) ?? emptyCell(cell);
}

/** The cells of the grid: every buying centre x every offering that is sold, but those that are not eligible. */
export const eligibleCells = ({ buyingCentres, cells }: Pick<WithEnvironment, 'buyingCentres' | 'cells'>, offeringIds: readonly string[]): readonly Cell[] =>
  buyingCentres.flatMap(({ id: buyingCentreId }) =>
    offeringIds.map((offeringId) => find(cells, cellId({ buyingCentreId, offeringId })) ?? emptyCell({ buyingCentreId, offeringId })).filter(({ eligible }) => eligible),
  );

/** What of the potential is not bought from us: null where the potential is not known (domain.md 3.6). What is not known to be bought counts as nothing. */
export const whitespaceOf = ({ estimate, revenue }: Pick<Cell, 'estimate' | 'revenue'>): number | null =>
  estimate ? Math.max(0, estimate.potential.amountMinor - (revenue?.amountMinor ?? 0)) : null;

/** Cells that buy of all that could, in per cent; null where none could. */
export function penetrationOf(cells: readonly Cell[]): number | null {
  const owned = cells.filter(({ revenue }) => revenue !== null && revenue.amountMinor > 0).length;
  return cells.length === 0 ? null : (100 * owned) / cells.length;
}

/** Cells with a potential of all eligible ones, in per cent; null where there is no cell. */
export const coverageOf = (cells: readonly Cell[]): number | null => (cells.length === 0 ? null : (100 * cells.filter(({ estimate }) => estimate !== null).length) / cells.length);
