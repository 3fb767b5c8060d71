import type { Money, Priority } from '@keyfold/contracts';
import type { Deal } from '../history/deal.js';
import type { Account } from '../history/dimensions.js';
import type { Incident } from '../history/incident.js';
import { sumByCurrency } from '../history/money.js';

export interface Attention {
  /** 0 ... 100. */
  readonly score: number;
  /** Why, the weightiest first; `code` is translated on the screen. */
  readonly reasons: readonly { readonly code: string; readonly points: number; readonly params: Readonly<Record<string, number>> }[];
}

export interface PortfolioRow extends Account {
  readonly ownerName: string | null;
  readonly parentName: string | null;
  readonly openDeals: number;
  readonly openValue: readonly Money[];
  readonly won: number;
  readonly lost: number;
  readonly wonValue: readonly Money[];
  /** Won value of the last twelve months up to asOf, oldest first, in minor units of `wonCurrency`. */
  readonly wonValue12m: readonly number[];
  readonly wonCurrency: string | null;
  readonly winRate: number | null;
  readonly openIncidents: Readonly<Record<Priority, number>>;
  readonly lastActivityOn: string | null;
  readonly attention: Attention;
}

export interface Material {
  readonly account: Account;
  readonly ownerName: string | null;
  readonly parentName: string | null;
  readonly deals: readonly Deal[];
  readonly incidents: readonly Incident[];
  readonly lastActivityOn: string | null;
  /** The months `YYYY-MM` of the sparkline, oldest first. */
  readonly months: readonly string[];
  readonly asOf: string;
  monthOf(instant: number): string;
  daysSince(date: string): number;
}

export function portfolioRow(material: Material): PortfolioRow {
  const { account, ownerName, parentName, deals, incidents, months } = material;
  const open = deals.filter((deal) => deal.outcome === 'open');
  const won = deals.filter((deal) => deal.outcome === 'won');
  const lost = deals.length - open.length - won.length;
  const wonValue = sumByCurrency(won.map(({ amount }) => amount));
  const wonCurrency = wonValue[0]?.currency ?? null;
  const openIncidents = { P1: 0, P2: 0, P3: 0, P4: 0 };
  for (const incident of incidents) if (incident.open) openIncidents[incident.priority] += 1;
  const monthly = new Map(months.map((month) => [month, 0]));
  for (const deal of won) {
    const month = material.monthOf(deal.closedAt!);
    if (deal.amount!.currency === wonCurrency && monthly.has(month)) monthly.set(month, monthly.get(month)! + deal.amount!.amountMinor);
  }
  return {
    ...account,
    ownerName,
    parentName,
    openDeals: open.length,
    openValue: sumByCurrency(open.map(({ amount }) => amount)),
    won: won.length,
    lost,
    wonValue,
    wonValue12m: [...monthly.values()],
    wonCurrency,
    winRate: won.length + lost === 0 ? null : won.length / (won.length + lost),
    openIncidents,
    lastActivityOn: material.lastActivityOn,
    attention: attention(material, open, openIncidents),
  };
}

const QUIET_DAYS = 90;

/** What asks for somebody's attention, as points that add up (capped at 100); every reason is shown. */
function attention({ account, lastActivityOn, asOf, daysSince }: Material, open: readonly Deal[], incidents: Readonly<Record<Priority, number>>): Attention {
  const late = open.filter((deal) => deal.expectedCloseOn !== null && deal.expectedCloseOn < asOf).length;
  const quiet = lastActivityOn === null ? null : daysSince(lastActivityOn);
  const candidates = [
    { code: 'incident-p1', points: 50, params: { count: incidents.P1 }, when: incidents.P1 > 0 },
    { code: 'incident-p2', points: 25, params: { count: incidents.P2 }, when: incidents.P2 > 0 },
    { code: 'owner-missing', points: 20, params: {}, when: account.ownerId === null && account.status !== 'closed' },
    { code: 'deals-overdue', points: 15, params: { count: late }, when: late > 0 },
    { code: 'quiet', points: 10, params: { days: quiet ?? 0 }, when: quiet !== null && quiet > QUIET_DAYS && account.status !== 'closed' },
    { code: 'closing', points: 10, params: {}, when: account.status === 'closing' },
  ];
  const reasons = candidates.filter((candidate) => candidate.when).map(({ code, points, params }) => ({ code, points, params: params as Record<string, number> }));
  return { score: Math.min(100, reasons.reduce((sum, reason) => sum + reason.points, 0)), reasons };
}
