import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import type { OpportunityEvent } from '@keyfold/contracts';
import { type AnyProjection, history, NotFound, type PointInTime, streamOf, type TemporalRow } from '@keyfold/event-sourcing';
import { type Page, PageQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsDateOnly, IsId, IsInstant } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Figures } from '../history/figures.js';
import { accountHistory, csrHistory, engagementHistory, incidentHistory, opportunityHistory } from '../history/histories.js';

export interface TimelineItem {
  /** `<stream>:<version>`. */
  readonly id: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly service: string;
  readonly type: string;
  readonly streamId: string;
  readonly version: number;
  /** Name of the account or deal, title of the incident, as last known. */
  readonly subject: string | null;
  readonly data: object;
}

export class GetAccountTimeline extends PageQuery<TimelineItem> {
  @IsId() accountId!: string;
  @IsOptional() @IsDateOnly() asOf?: string;
  @IsOptional() @IsInstant() knownOn?: string;
}

/** The story of an account: its own events, those of its deals, its incidents, its engagement plan and its CSR scorecard, newest first. */
@QueryHandler(GetAccountTimeline)
export class GetAccountTimelineHandler implements IQueryHandler<GetAccountTimeline> {
  constructor(
    private readonly figures: Figures,
    private readonly views: Views,
    private readonly access: Access,
  ) {}

  async execute(query: GetAccountTimeline): Promise<Page<TimelineItem>> {
    const stale = !(await this.figures.arrived(query));
    const account = (await this.figures.all(accountHistory)).find((row) => row.id === query.accountId);
    if (!account || !(await this.access.coversAccount(query.scope, account.id, 'read'))) throw new NotFound('account', query.accountId);
    const point = this.figures.point(query);
    const deals = await this.figures.all<TemporalRow<OpportunityEvent>>(opportunityHistory);
    const incidents = await this.figures.all(incidentHistory);
    const items = [
      ...facts(accountHistory, [account], point),
      ...facts(opportunityHistory, deals.filter((row) => row.key === account.id || attachedTo(row, account.id)), point),
      ...facts(incidentHistory, incidents.filter((row) => row.key === account.id), point),
      ...(await this.ownFacts(engagementHistory, account.id, point)),
      ...(await this.ownFacts(csrHistory, account.id, point)),
    ];
    items.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? 1 : -1));
    return this.views.slice('account-timeline', items, query, stale);
  }

  /** What stands in a stream under the account's own id; there each event speaks for itself. */
  private async ownFacts(projection: AnyProjection, accountId: string, point: PointInTime): Promise<TimelineItem[]> {
    const row: TemporalRow | null = await this.views.of<TemporalRow>(projection).get(accountId);
    const told = facts(projection, row ? [row] : [], point).filter(({ type }) => !SILENT.includes(type));
    return told.map((item) => ({ ...item, subject: (nameIn(item.data) as string | null) ?? null }));
  }
}

/** What only the timers want to know. */
const SILENT = ['accounts.engagement-plan.cadence-armed', 'accounts.engagement-plan.cadence-disarmed'];

/** A deal recorded before its account was known is ordered under its own key. */
const attachedTo = (row: TemporalRow<OpportunityEvent>, accountId: string): boolean =>
  row.key === row.id && row.facts.some((fact) => fact.type === 'opportunities.opportunity.account-attached' && (fact.data as { accountId: string }).accountId === accountId);

const facts = (projection: AnyProjection, rows: readonly TemporalRow[], point: PointInTime): TimelineItem[] =>
  rows.flatMap((row) => {
    const { service } = projection.follows[0]!;
    const streamId = streamOf(projection.follows[0]!, row.id);
    return history(row.facts, point).map(({ version, type, occurred, recorded, data }) => ({
      id: `${streamId}:${version}`,
      at: new Date(occurred).toISOString(),
      recordedAt: new Date(recorded).toISOString(),
      service,
      type,
      streamId,
      version,
      subject: subjectOf(row),
      data,
    }));
  });

const nameIn = (data: object): unknown => ('name' in data ? data.name : 'title' in data ? data.title : null);

function subjectOf(row: TemporalRow): string | null {
  const named = row.facts.map((fact) => nameIn(fact.data)).findLast((name) => typeof name === 'string');
  return (named as string | undefined) ?? null;
}
