import { Inject, Injectable } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type IncidentEvent, incidentContract, type Level, PRIORITIES, type Priority, type SlaTargets } from '@keyfold/contracts';
import { allOf, type Clock, type Filter, ignored, NotFound, projection } from '@keyfold/event-sourcing';
import { CLOCK, type Page, PageQuery, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsId, Settings } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { type ClockReading, type Interval, readClock } from './sla-clock.js';

const STATES = ['open', 'resolved'] as const;

export interface IncidentRow {
  readonly id: string;
  readonly version: number;
  readonly accountId: string;
  readonly title: string;
  readonly description: string | null;
  readonly priority: Priority;
  readonly impact: Level;
  readonly urgency: Level;
  readonly status: 'reported' | 'acknowledged' | 'paused' | 'resolved';
  readonly state: (typeof STATES)[number];
  readonly reportedAt: string;
  readonly acknowledgedAt: string | null;
  readonly resolvedAt: string | null;
  /** Opaque: names the person who may ask to be erased. */
  readonly reporterId: string | null;
  /** Ciphertext. */
  readonly reporterContact: string | null;
  readonly targets: SlaTargets;
  /** While the resolution clock ran, ms since the epoch. */
  readonly intervals: readonly Interval[];
}

export const incidents = projection<IncidentRow, IncidentEvent>({
  name: 'incidents',
  version: 2,
  follows: [incidentContract],
  indexes: [['state', 'priority', 'reportedAt'], ['accountId', 'state'], ['reportedAt']],
  fold(row, event, id): IncidentRow | null {
    const known = { ...row!, version: event.version };
    const now = Date.parse(event.occurredAt);
    switch (event.type) {
      case 'satisfaction.incident.reported': {
        const times = { reportedAt: event.occurredAt, acknowledgedAt: null, resolvedAt: null, intervals: [{ from: now, to: null }] };
        return { id, version: event.version, ...event.data, status: 'reported', state: 'open', ...times };
      }
      case 'satisfaction.incident.acknowledged':
        return { ...known, status: 'acknowledged', acknowledgedAt: event.occurredAt };
      case 'satisfaction.incident.clock-paused':
        return { ...known, status: 'paused', intervals: stopped(known.intervals, now) };
      case 'satisfaction.incident.clock-resumed':
        return { ...known, status: 'acknowledged', intervals: [...known.intervals, { from: now, to: null }] };
      case 'satisfaction.incident.resolved':
        return { ...known, status: 'resolved', state: 'resolved', resolvedAt: event.occurredAt, intervals: stopped(known.intervals, now) };
      case 'satisfaction.incident.reopened':
        return { ...known, status: 'acknowledged', state: 'open', resolvedAt: null, intervals: [...known.intervals, { from: now, to: null }] };
      case 'satisfaction.incident.withdrawn':
        return null;
      default:
        return ignored(row, event);
    }
  },
});

const stopped = (intervals: readonly Interval[], to: number): Interval[] => intervals.map((interval) => (interval.to === null ? { ...interval, to } : interval));

type IncidentItem = Omit<IncidentRow, 'intervals' | 'targets' | 'state'> & { accountName: string | null; clocks: { response: ClockReading; resolution: ClockReading } };

/** Rows as they are shown: names revealed, clocks read at this moment. */
@Injectable()
export class IncidentBoard {
  constructor(
    private readonly access: Access,
    private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async show({ intervals, targets, state, ...row }: IncidentRow): Promise<IncidentItem> {
    const now = this.clock.now().getTime();
    const read = (spans: readonly Interval[], done: boolean, minutes: number) => readClock(spans, done, { minutes, calendar: targets.calendar }, { now, zone: this.settings.timeZone });
    const response = [{ from: Date.parse(row.reportedAt), to: row.acknowledgedAt === null ? null : Date.parse(row.acknowledgedAt) }];
    return {
      ...row,
      accountName: await this.access.accountName(row.accountId),
      reporterContact: row.reporterContact && (await this.access.reveal(row.reporterContact)),
      clocks: { response: read(response, row.acknowledgedAt !== null, targets.responseMinutes), resolution: read(intervals, state === 'resolved', targets.resolutionMinutes) },
    };
  }
}

export class ListIncidents extends PageQuery<IncidentItem> {
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
  @IsOptional() @IsIn(PRIORITIES) priority?: Priority;
  @IsOptional() @IsId() accountId?: string;
}

@QueryHandler(ListIncidents)
export class ListIncidentsHandler implements IQueryHandler<ListIncidents> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
    private readonly board: IncidentBoard,
  ) {}

  /** The most urgent first: open before resolved, by priority, the oldest first. */
  async execute(query: ListIncidents): Promise<Page<IncidentItem>> {
    const conditions: Filter[] = [
      ...(query.state ? [{ state: query.state }] : []),
      ...(query.priority ? [{ priority: query.priority }] : []),
      ...(query.accountId ? [{ accountId: query.accountId }] : []),
    ];
    const through = this.access.rowsOfAccounts(this.views.of(incidents), query.scope, { account: 'accountId' });
    const page = await this.views.page(incidents, query, { filter: allOf(conditions), through, sort: { state: 1, priority: 1, reportedAt: 1 } });
    return { ...page, items: await Promise.all(page.items.map((row) => this.board.show(row))) };
  }
}

export class GetIncident extends RowById<IncidentItem> {}

@QueryHandler(GetIncident)
export class GetIncidentHandler implements IQueryHandler<GetIncident> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
    private readonly board: IncidentBoard,
  ) {}

  async execute(query: GetIncident): Promise<IncidentItem> {
    await this.views.arrived(query);
    const row = await this.views.of(incidents).get(query.id);
    if (!row || !(await this.access.coversAccount(query.scope, row.accountId, 'read'))) throw new NotFound('incident', query.id);
    return this.board.show(row);
  }
}
