import type { Tier } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { queryCase, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsDateOnly, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { type KeyAccountRow, keyAccounts, parentOn } from './key-accounts.projection.js';
import { ACCOUNT_READERS } from './key-accounts.query.js';

const MOST_NODES = 2_000;

interface Node {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  /** 0 for the account that was asked for. */
  readonly depth: number;
  readonly status: KeyAccountRow['status'];
  readonly tier: Tier | null;
  readonly currency: string | null;
  readonly country: string | null;
}

export interface AccountTree {
  readonly id: string;
  readonly asOf: string;
  /** From the ultimate parent down to the account's own. */
  readonly ancestors: readonly { readonly id: string; readonly name: string }[];
  /** The account and all below it, parents before children. Accounts beyond the reader's scope are left out. */
  readonly nodes: readonly Node[];
  /** More accounts are below it than are shown. */
  readonly truncated: boolean;
}

export class GetAccountTree extends RowById<AccountTree> {
  /** The tree as it was, or will be, at the end of that day. */
  @IsOptional() @IsDateOnly() asOf?: string;
}

/** The group that an account belongs to (domain.md E5); what is below a merged account is below its successor. */
export const accountTreeQuery = queryCase(GetAccountTree, {
  route: 'account-trees/:id',
  roles: ACCOUNT_READERS,
  needs: [Views, Access, ReportingTime],
  async answer(query, [views, access, time]): Promise<AccountTree> {
    await views.arrived(query);
    const view = views.of(keyAccounts);
    const asOf = query.asOf ?? time.dateOf(access.now());
    const instant = query.asOf === undefined ? access.now() : new Date(time.endOfDay(query.asOf)).toISOString();
    const root = await view.get(query.id);
    const inScope = (row: KeyAccountRow): Promise<boolean> => access.coversAccount(query.scope, row.id, 'read');
    if (!root || !(await inScope(root))) throw new NotFound('key-account', query.id);

    const ancestors: KeyAccountRow[] = [];
    for (let id = parentOn(root, instant); id !== null && ancestors.length < MOST_NODES; ) {
      const above: KeyAccountRow | null = await view.get(id);
      if (!above) break;
      if (above.successorId === null) ancestors.unshift(above);
      id = above.successorId ?? parentOn(above, instant);
    }

    const nodes: { row: KeyAccountRow; parentId: string | null; depth: number }[] = [{ row: root, parentId: ancestors.at(-1)?.id ?? null, depth: 0 }];
    const seen = new Set([root.id]);
    let truncated = false;
    for (const { row, depth } of nodes) {
      const ids = [row.id, ...(await absorbedBy(row, (id) => view.get(id)))];
      const children = await view.find({ filter: { parentIds: { $in: ids } }, sort: { sortName: 1 }, limit: MOST_NODES + 1 });
      const standing = children.filter((child) => child.status !== 'merged' && ids.includes(parentOn(child, instant) ?? '') && !seen.has(child.id));
      truncated ||= nodes.length + standing.length > MOST_NODES;
      for (const child of standing.slice(0, MOST_NODES - nodes.length)) {
        seen.add(child.id);
        nodes.push({ row: child, parentId: row.id, depth: depth + 1 });
      }
    }
    const covered = await Promise.all(nodes.map(({ row }) => inScope(row)));
    const show = ({ row: { id, name, status, tier, currency, profile }, parentId, depth }: (typeof nodes)[number]): Node => ({ id, name, parentId, depth, status, tier, currency, country: profile.country });
    const shown = await Promise.all(ancestors.map(async (row) => ((await inScope(row)) ? [{ id: row.id, name: row.name }] : [])));
    return { id: root.id, asOf, ancestors: shown.flat(), nodes: nodes.filter((_node, i) => covered[i]).map(show), truncated };
  },
});

async function absorbedBy(row: KeyAccountRow, get: (id: string) => Promise<KeyAccountRow | null>): Promise<string[]> {
  const rows = await Promise.all(row.absorbed.map(get));
  const merged = rows.filter((one): one is KeyAccountRow => one?.successorId === row.id);
  return [...merged.map(({ id }) => id), ...(await Promise.all(merged.map((one) => absorbedBy(one, get)))).flat()];
}
