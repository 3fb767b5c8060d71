import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type IncidentEvent, type KeyAccountEvent, type TeamMemberEvent, type Tier, TIERS } from '@keyfold/contracts';
import { history, NotFound, type TemporalRow } from '@keyfold/event-sourcing';
import { type Page, PageQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, addMonths, daysBetween, IsDateOnly, IsId, IsInstant, IsText, monthOf, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { type Account, accountAt, dimension, type Member, memberAt } from '../history/dimensions.js';
import { type Asked, Figures } from '../history/figures.js';
import { accountHistory, incidentHistory, memberHistory } from '../history/histories.js';
import { incidentAt } from '../history/incident.js';
import { PointQuery } from '../history/point-query.js';
import { portfolioRow, type PortfolioRow } from './portfolio-row.js';

const ORDERS = ['attention', 'name', 'wonValue', 'openDeals'] as const;
type Dated<Result> = Result & { readonly asOf: string; readonly knownOn: string };

export class GetPortfolio extends PageQuery<PortfolioRow> {
  @IsOptional() @IsDateOnly() asOf?: string;
  @IsOptional() @IsInstant() knownOn?: string;
  @IsOptional() @IsText(100) q?: string;
  @IsOptional() @IsIn(TIERS) tier?: Tier;
  @IsOptional() @IsId() ownerId?: string;
  @IsOptional() @IsIn(ORDERS) sort: (typeof ORDERS)[number] = 'attention';
}

export class GetPortfolioAccount extends PointQuery<Dated<PortfolioRow>> {
  get id(): string {
    return this.caller.id!;
  }
}

const COMPARE: Record<(typeof ORDERS)[number], (a: PortfolioRow, b: PortfolioRow) => number> = {
  attention: (a, b) => b.attention.score - a.attention.score || byName(a, b),
  name: (a, b) => byName(a, b),
  wonValue: (a, b) => (b.wonValue[0]?.amountMinor ?? 0) - (a.wonValue[0]?.amountMinor ?? 0) || byName(a, b),
  openDeals: (a, b) => b.openDeals - a.openDeals || byName(a, b),
};

const byName = (a: PortfolioRow, b: PortfolioRow): number => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1);

@QueryHandler(GetPortfolio)
export class GetPortfolioHandler implements IQueryHandler<GetPortfolio> {
  constructor(
    private readonly figures: Figures,
    private readonly views: Views,
    private readonly access: Access,
    private readonly time: ReportingTime,
  ) {}

  async execute(query: GetPortfolio): Promise<Dated<Page<PortfolioRow>>> {
    const stale = !(await this.figures.arrived(query));
    const point = this.figures.point(query);
    const q = query.q?.toLowerCase();
    const rows = (await this.rows(point, query)).filter(
      (row) => (!q || row.name.toLowerCase().includes(q)) && (!query.tier || row.tier === query.tier) && (!query.ownerId || row.ownerId === query.ownerId),
    );
    return { ...this.views.slice('portfolio', rows.sort(COMPARE[query.sort]), query, stale), asOf: point.on, knownOn: point.known };
  }

  /** The portfolio of the caller: every account at the point whose owner of today the scope covers. */
  async rows(point: Asked, query: { scope: GetPortfolio['scope'] }, only?: string): Promise<PortfolioRow[]> {
    const covered = new Set((await this.access.accountsIn(query.scope)).map((account) => account.id));
    const accountRows = await this.figures.all<TemporalRow<KeyAccountEvent>>(accountHistory);
    const names = dimension<Account, KeyAccountEvent>(accountRows, point, accountAt);
    const members = dimension<Member, TeamMemberEvent>(await this.figures.all(memberHistory), point, memberAt);
    const deals = Map.groupBy(await this.figures.everyDeal(point), (deal) => deal.accountId);
    const incidentRows = await this.figures.all<TemporalRow<IncidentEvent>>(incidentHistory);
    const incidents = Map.groupBy(incidentRows.flatMap((row) => incidentAt(row, point) ?? []), (incident) => incident.accountId);
    const thisMonth = monthOf(point.on);
    const months = Array.from({ length: 12 }, (_, i) => addMonths(thisMonth, i - 11));
    const rows: PortfolioRow[] = [];
    for (const row of accountRows) {
      const account = covered.has(row.id) && (only === undefined || only === row.id) ? accountAt(row, point) : null;
      if (!account) continue;
      const own = deals.get(account.id) ?? [];
      const owner = account.ownerId === null ? null : members.get(account.ownerId);
      rows.push(
        portfolioRow({
          account,
          ownerName: owner ? await this.access.reveal(owner.name) : null,
          parentName: account.parentId === null ? null : (names.get(account.parentId)?.name ?? null),
          deals: own,
          incidents: incidents.get(account.id) ?? [],
          lastActivityOn: this.lastActivity(row, own, point),
          months,
          asOf: point.on,
          monthOf: (instant) => monthOf(this.time.dateOf(instant)),
          daysSince: (date) => daysBetween(date, point.on),
        }),
      );
    }
    return rows;
  }

  private lastActivity(row: TemporalRow<KeyAccountEvent>, deals: readonly { openedAt: number; closedAt: number | null }[], point: Asked): string | null {
    const onAccount = history(row.facts, point).at(-1)?.occurred ?? 0;
    const last = deals.reduce((latest, deal) => Math.max(latest, deal.openedAt, deal.closedAt ?? 0), onAccount);
    return last === 0 ? null : this.time.dateOf(last);
  }
}

@QueryHandler(GetPortfolioAccount)
export class GetPortfolioAccountHandler implements IQueryHandler<GetPortfolioAccount> {
  constructor(
    private readonly figures: Figures,
    private readonly portfolio: GetPortfolioHandler,
  ) {}

  async execute(query: GetPortfolioAccount): Promise<Dated<PortfolioRow>> {
    await this.figures.arrived(query);
    const point = this.figures.point(query);
    const [row] = await this.portfolio.rows(point, query, query.id);
    if (!row) throw new NotFound('account', query.id);
    return { ...row, asOf: point.on, knownOn: point.known };
  }
}
