import type { Money, Tier } from '@keyfold/contracts';
import type { Deal } from '../history/deal.js';
import type { Account } from '../history/dimensions.js';
import type { Groups } from '../history/group.js';
import { sumByCurrency } from '../history/money.js';

export interface Sums {
  readonly openDeals: number;
  /** Amounts of the open deals, a sum per currency; deals without an amount are counted and not summed. */
  readonly openValue: readonly Money[];
  readonly wonDeals: number;
  readonly wonValue: readonly Money[];
}

export interface RollupNode {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  /** 0 for the account that was asked for. */
  readonly depth: number;
  readonly tier: Tier | null;
  readonly country: string | null;
  readonly currency: string | null;
  /** Of the account alone, and of those that were merged into it. */
  readonly own: Sums;
  /** Of the account and all below it. */
  readonly total: Sums;
}

/** Deals of a group, per account and summed upwards. `covers`: what the reader may see; other accounts are left out of every sum. */
export function rollUp(root: Account, groups: Groups, deals: readonly Deal[], covers: (id: string) => boolean): RollupNode[] {
  const byAccount = Map.groupBy(deals, ({ accountId }) => (accountId === null ? null : (groups.resolve(accountId)?.id ?? null)));
  const nodes = groups.below(root).filter(({ account }) => covers(account.id));
  const shown = new Set(nodes.map(({ account }) => account.id));
  const totals = new Map<string, Deal[]>(nodes.map(({ account }) => [account.id, [...(byAccount.get(account.id) ?? [])]]));
  // Children come after their parents, so that from the end on every sum is whole before it is passed on.
  for (const { account } of nodes.toReversed()) {
    const above = account.id === root.id ? null : groups.parentOf(account);
    if (above !== null) totals.get(above)?.push(...totals.get(account.id)!);
  }
  return nodes.map(({ account, depth }) => {
    const { id, name, tier, country, currency } = account;
    const parentId = groups.parentOf(account);
    return { id, name, parentId: parentId !== null && shown.has(parentId) ? parentId : null, depth, tier, country, currency, own: sumsOf(byAccount.get(id) ?? []), total: sumsOf(totals.get(id)!) };
  });
}

function sumsOf(deals: readonly Deal[]): Sums {
  const [open, won] = (['open', 'won'] as const).map((outcome) => deals.filter((deal) => deal.outcome === outcome)) as [Deal[], Deal[]];
  const amounts = (list: readonly Deal[]) => sumByCurrency(list.map(({ amount }) => amount));
  return { openDeals: open.length, openValue: amounts(open), wonDeals: won.length, wonValue: amounts(won) };
}
