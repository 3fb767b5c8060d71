import type { Tier } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { PageQuery, queryCase, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsDateOnly, ReportingTime, rowQueries } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { type KeyAccountRow, keyAccounts } from '../key-account/key-accounts.projection.js';
import { Policies } from '../policy/policies.js';
import { heldAt, type PortfolioRow, portfolios } from './portfolios.projection.js';

const READERS = ['kam', 'director', 'hr', 'auditor', 'bi'] as const;

interface PortfolioItem {
  readonly id: string;
  readonly version: number;
  readonly memberName: string | null;
  /** Accounts today. */
  readonly accounts: number;
  /** Sum of the weights given, in per cent; null: none was given. */
  readonly weightPercent: number | null;
  readonly handover: PortfolioRow['handover'];
}

export class ListPortfolios extends PageQuery<PortfolioItem> {}

export const portfolioQueries = rowQueries<PortfolioRow, PortfolioItem, ListPortfolios>({
  path: 'portfolios',
  roles: READERS,
  rows: portfolios,
  list: ListPortfolios,
  scope: { owner: 'id' },
  async show(row, access) {
    const held = heldAt(row, access.now());
    return { id: row.id, version: row.version, memberName: await access.memberName(row.id), accounts: held.length, weightPercent: sumOf(held), handover: row.handover };
  },
});

const sumOf = (held: readonly { weightPercent: number | null }[]): number | null => {
  const given = held.flatMap(({ weightPercent }) => weightPercent ?? []);
  return given.length === 0 ? null : given.reduce((sum, one) => sum + one, 0);
};

export interface PortfolioSummary {
  readonly id: string;
  readonly asOf: string;
  readonly memberName: string | null;
  readonly accounts: readonly { readonly id: string; readonly name: string | null; readonly tier: Tier | null; readonly status: KeyAccountRow['status'] | null; readonly since: string; readonly until: string | null; readonly weightPercent: number | null }[];
  readonly weightPercent: number | null;
  readonly tiers: Readonly<Record<Tier | 'none', number>>;
  /** Accounts of tier A that the policy of the day allows. */
  readonly tierALimit: number;
}

export class GetPortfolioSummary extends RowById<PortfolioSummary> {
  /** The portfolio as it was, or will be, at the end of that day; names and tiers are those of now. */
  @IsOptional() @IsDateOnly() asOf?: string;
}

/** What a member has on a day (domain.md H1, portfolio_summary). */
export const portfolioSummaryQuery = queryCase(GetPortfolioSummary, {
  route: 'portfolio-summaries/:id',
  roles: READERS,
  needs: [Views, Access, ReportingTime, Policies],
  async answer(query, [views, access, time, policies]): Promise<PortfolioSummary> {
    await views.arrived(query);
    const row = await views.of(portfolios).get(query.id);
    if (!row || !query.scope.covers(query.id)) throw new NotFound('portfolio', query.id);
    const asOf = query.asOf ?? time.dateOf(access.now());
    const held = heldAt(row, query.asOf === undefined ? access.now() : new Date(time.endOfDay(asOf)).toISOString());
    const { tierALimit } = await policies.inForce('tiers', asOf);
    const tiers = { A: 0, B: 0, C: 0, none: 0 };
    const accounts = await Promise.all(
      held.map(async ({ accountId, from, until, weightPercent }) => {
        const account = await views.of(keyAccounts).get(accountId);
        tiers[account?.tier ?? 'none'] += 1;
        return { id: accountId, name: account?.name ?? null, tier: account?.tier ?? null, status: account?.status ?? null, since: time.dateOf(from), until: until && time.dateOf(until), weightPercent };
      }),
    );
    return { id: row.id, asOf, memberName: await access.memberName(row.id), accounts, weightPercent: sumOf(held), tiers, tierALimit };
  },
});
