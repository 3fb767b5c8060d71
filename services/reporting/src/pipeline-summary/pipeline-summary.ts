import type { Money, Motion } from '@keyfold/contracts';
import type { Deal } from '../history/deal.js';

export interface SummaryGroup {
  /** Id or value grouped by; null for deals that have none (no account, not closed yet). */
  readonly key: string | null;
  /** The name a person knows; null where there is no key. */
  readonly label: string | null;
  readonly open: number;
  readonly won: number;
  readonly lost: number;
  /** Sum over the won deals; null when they are in several currencies (see wonValues) or no currency is known at all. */
  readonly wonValue: Money | null;
  /** One sum per currency. */
  readonly wonValues: readonly Money[];
  /** won / (won + lost) by close date (domain.md 3.8); null when nothing was closed. */
  readonly winRate: number | null;
  /** Median of the days from opening to winning; null when nothing was won. */
  readonly medianCycleDays: number | null;
}

export interface Grouping {
  /** Groups that are there even when no deal is in them. */
  readonly keys?: readonly string[];
  keyOf(deal: Deal): string | null;
  labelOf(key: string): string | null;
}

interface Sums {
  open: number;
  won: number;
  lost: number;
  values: Map<string, number>;
  cycles: number[];
}

/** Groups and sums deals as they stood. `cycleDays` gives the calendar days between two instants in the reporting zone. */
export function summarise(deals: readonly Deal[], motion: Motion | undefined, grouping: Grouping, cycleDays: (from: number, to: number) => number): SummaryGroup[] {
  const groups = new Map<string | null, Sums>((grouping.keys ?? []).map((key) => [key, newSums()]));
  const currencies = new Set<string>();
  for (const deal of deals) {
    if (motion && deal.motion !== motion) continue;
    const key = grouping.keyOf(deal);
    let sums = groups.get(key);
    if (!sums) groups.set(key, (sums = newSums()));
    sums[deal.outcome] += 1;
    if (deal.outcome === 'won') {
      const { amountMinor, currency } = deal.amount!;
      currencies.add(currency);
      sums.values.set(currency, (sums.values.get(currency) ?? 0) + amountMinor);
      sums.cycles.push(cycleDays(deal.openedAt, deal.closedAt!));
    }
  }
  const onlyCurrency = currencies.size === 1 ? [...currencies][0]! : null;
  return [...groups]
    .map(([key, sums]) => asGroup(key, key === null ? null : grouping.labelOf(key), sums, onlyCurrency))
    .sort((a, b) => Number(a.key === null) - Number(b.key === null) || compare(a.label ?? a.key ?? '', b.label ?? b.key ?? ''));
}

const newSums = (): Sums => ({ open: 0, won: 0, lost: 0, values: new Map(), cycles: [] });

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function asGroup(key: string | null, label: string | null, { open, won, lost, values, cycles }: Sums, onlyCurrency: string | null): SummaryGroup {
  const wonValues = [...values].map(([currency, amountMinor]) => ({ amountMinor, currency }));
  const none = onlyCurrency && wonValues.length === 0 ? { amountMinor: 0, currency: onlyCurrency } : null;
  return {
    key,
    label,
    open,
    won,
    lost,
    wonValue: wonValues.length === 1 ? wonValues[0]! : none,
    wonValues,
    winRate: won + lost === 0 ? null : won / (won + lost),
    medianCycleDays: median(cycles),
  };
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
