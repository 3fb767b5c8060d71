import { Inject, Injectable } from '@nestjs/common';
import { type AnyProjection, type Clock, type PointInTime, type TemporalRow } from '@keyfold/event-sourcing';
import { CLOCK, type Scope, type ScopedQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, ReportingTime } from '@keyfold/platform';
import { dealAt, type Deal, type DealRow } from './deal.js';
import { opportunityHistory } from './histories.js';

/** The point in both times that a query asks for, with what is said back about it. */
export interface Asked extends PointInTime {
  readonly on: string;
  readonly known: string;
}

/** What the figures of reporting share: the point in time, the rows, the scope. */
@Injectable()
export class Figures {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
    private readonly time: ReportingTime,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** asOf is inclusive: a deal closed on D counts as closed on D. knownOn is never later than now: what is not logged yet cannot be known. */
  point(query: { asOf?: string; knownOn?: string }): Asked {
    const now = this.clock.now().getTime();
    const on = query.asOf ?? this.time.dateOf(now);
    const knownOn = Math.min(query.knownOn ? Date.parse(query.knownOn) : now, now);
    return { on, known: new Date(knownOn).toISOString(), asOf: this.time.endOfDay(on), knownOn };
  }

  all<Row extends TemporalRow>(projection: AnyProjection): Promise<readonly Row[]> {
    return this.views.of<Row>(projection).all();
  }

  arrived(query: ScopedQuery<unknown>): Promise<boolean> {
    return this.views.arrived(query);
  }

  /** Deals at the point that the scope covers: by their own owner, or by the owner of their account today. */
  async deals(point: PointInTime, scope: Scope): Promise<Deal[]> {
    const covered = new Set((await this.access.accountsIn(scope)).map((account) => account.id));
    return (await this.everyDeal(point)).filter(({ ownerId, accountId }) => scope.covers(ownerId) || (accountId !== null && covered.has(accountId)));
  }

  /** For figures that check the scope themselves. */
  async everyDeal(point: PointInTime): Promise<Deal[]> {
    return (await this.all<DealRow>(opportunityHistory)).flatMap((row) => dealAt(row, point) ?? []);
  }

  /** Position of the last event that the rows of a view hold. */
  async position(projection: AnyProjection): Promise<number> {
    return (await this.all(projection)).reduce((last, row) => Math.max(last, row.position), 0);
  }
}
