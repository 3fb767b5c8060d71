import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type KeyAccountEvent, MOTIONS, type Motion, type OfferingEvent, type TeamMemberEvent } from '@keyfold/contracts';
import { Access, daysBetween, monthOf, quarterOf, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import type { Deal } from '../history/deal.js';
import { accountAt, type Account, dimension, type Member, memberAt, type Offering, offeringAt } from '../history/dimensions.js';
import { type Asked, Figures } from '../history/figures.js';
import { accountHistory, memberHistory, offeringHistory, opportunityHistory } from '../history/histories.js';
import { PointQuery } from '../history/point-query.js';
import { type Grouping, summarise, type SummaryGroup } from './pipeline-summary.js';

const GROUPS = ['none', 'account', 'owner', 'manager', 'region', 'offering', 'sector', 'month', 'quarter'] as const;
type GroupBy = (typeof GROUPS)[number];

export interface PipelineSummary {
  readonly asOf: string;
  readonly knownOn: string;
  /** Last position of each log that the figures rest on. */
  readonly position: { readonly accounts: number; readonly opportunities: number };
  readonly stale: boolean;
  readonly groups: readonly SummaryGroup[];
}

export class GetPipelineSummary extends PointQuery<PipelineSummary> {
  @IsOptional() @IsIn(GROUPS) groupBy: GroupBy = 'none';
  @IsOptional() @IsIn(MOTIONS) motion?: Motion;
}

const ALL = 'all';

@QueryHandler(GetPipelineSummary)
export class GetPipelineSummaryHandler implements IQueryHandler<GetPipelineSummary> {
  constructor(
    private readonly figures: Figures,
    private readonly access: Access,
    private readonly time: ReportingTime,
  ) {}

  async execute(query: GetPipelineSummary): Promise<PipelineSummary> {
    const stale = !(await this.figures.arrived(query));
    const point = this.figures.point(query);
    const [deals, grouping, accounts, opportunities] = await Promise.all([
      this.figures.deals(point, query.scope),
      this.grouping(query.groupBy, point),
      this.figures.position(accountHistory),
      this.figures.position(opportunityHistory),
    ]);
    const cycleDays = (from: number, to: number): number => daysBetween(this.time.dateOf(from), this.time.dateOf(to));
    const groups = summarise(deals, query.motion, grouping, cycleDays);
    return { asOf: point.on, knownOn: point.known, position: { accounts, opportunities }, stale, groups };
  }

  private async grouping(by: GroupBy, point: Asked): Promise<Grouping> {
    switch (by) {
      case 'none':
        return { keys: [ALL], keyOf: () => ALL, labelOf: (key) => key };
      case 'month':
      case 'quarter': {
        const period = by === 'month' ? monthOf : quarterOf;
        return { keyOf: ({ closedAt }) => closedAt === null ? null : period(this.time.dateOf(closedAt)), labelOf: (key) => key };
      }
      case 'offering': {
        const offerings = dimension<Offering, OfferingEvent>(await this.figures.all(offeringHistory), point, offeringAt);
        return { keyOf: (deal) => deal.offeringId, labelOf: (key) => offerings.get(key)?.name ?? null };
      }
      case 'account':
      case 'sector':
        return this.byAccount(by, dimension<Account, KeyAccountEvent>(await this.figures.all(accountHistory), point, accountAt));
      default:
        return this.byMember(by, dimension<Member, TeamMemberEvent>(await this.figures.all(memberHistory), point, memberAt));
    }
  }

  private byAccount(by: 'account' | 'sector', accounts: ReadonlyMap<string, Account>): Grouping {
    if (by === 'account') return { keyOf: (deal) => deal.accountId, labelOf: (key) => accounts.get(key)?.name ?? null };
    return { keyOf: ({ accountId }) => (accountId === null ? null : (accounts.get(accountId)?.sector ?? null)), labelOf: (key) => key };
  }

  private async byMember(by: 'owner' | 'manager' | 'region', members: ReadonlyMap<string, Member>): Promise<Grouping> {
    const member = (deal: Deal): Member | null => (deal.ownerId === null ? null : (members.get(deal.ownerId) ?? null));
    if (by === 'region') return { keyOf: (deal) => member(deal)?.region ?? null, labelOf: (key) => key };
    const names = new Map(await Promise.all([...members.values()].map(async ({ id, name }) => [id, await this.access.reveal(name)] as const)));
    return { keyOf: by === 'owner' ? (deal) => deal.ownerId : (deal) => member(deal)?.managerId ?? null, labelOf: (key) => names.get(key) ?? null };
  }
}
