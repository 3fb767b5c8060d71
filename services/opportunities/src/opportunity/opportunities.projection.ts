import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type Motion, MOTIONS, type OpportunityEvent, opportunityContract, type Stage, STAGES } from '@keyfold/contracts';
import { allOf, type Fact, NotFound, projection } from '@keyfold/event-sourcing';
import { type Page, PageQuery, RowById, type Scope, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { offerings } from '../offering/offerings.projection.js';
import { type Deal, isDeal, opportunity } from './opportunity.aggregate.js';

const STATES = ['open', 'won', 'lost'] as const;

/** The deal as its own stream folds it, so that the view and the decisions can never tell two stories. */
export interface OpportunityRow extends Deal {
  readonly id: string;
  /** Lower-case name, for search. */
  readonly sortName: string;
}

export const opportunities = projection<OpportunityRow, OpportunityEvent>({
  name: 'opportunities',
  version: 1,
  follows: [opportunityContract],
  indexes: [['openedAt'], ['state', 'openedAt'], ['stage', 'openedAt'], ['motion', 'openedAt'], ['accountId', 'openedAt'], ['ownerId', 'openedAt'], ['sortName'], ['offeringId']],
  fold(row, event, id): OpportunityRow | null {
    const deal = opportunity.evolve(row ?? opportunity.initial, event as unknown as Fact<OpportunityEvent>);
    return isDeal(deal) ? { ...deal, id, sortName: deal.name.toLowerCase() } : null;
  },
});

export class ListOpportunities extends PageQuery<OpportunityItem> {
  @IsOptional() @IsIn(STATES) state?: Deal['state'];
  @IsOptional() @IsIn(STAGES) stage?: Stage;
  @IsOptional() @IsIn(MOTIONS) motion?: Motion;
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsId() ownerId?: string;
  /** Beginning of the name. */
  @IsOptional() @IsText(100) q?: string;
}

@QueryHandler(ListOpportunities)
export class ListOpportunitiesHandler implements IQueryHandler<ListOpportunities> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
    private readonly time: ReportingTime,
  ) {}

  async execute(query: ListOpportunities): Promise<Page<OpportunityItem>> {
    const { state, stage, motion, accountId, ownerId } = query;
    const q = query.q?.toLowerCase();
    const equal = Object.entries({ state, stage, motion, accountId, ownerId }).filter(([, value]) => value !== undefined) as [string, string][];
    const filter = allOf([...equal.map(([field, value]) => ({ [field]: value })), ...(q === undefined ? [] : [{ sortName: { $gte: q, $lt: `${q}\uffff` } }])]);
    // A deal is in scope by its owner or by the owner of its account.
    const through = this.access.rowsOfAccounts(this.views.of(opportunities), query.scope, { account: 'accountId', owner: 'ownerId' });
    const page = await this.views.page(opportunities, query, { filter, through, sort: { openedAt: -1 } });
    return { ...page, items: await Promise.all(page.items.map((row) => asItem(row, this.views, this.access, this.time))) };
  }
}

export class GetOpportunity extends RowById<OpportunityItem> {}

@QueryHandler(GetOpportunity)
export class GetOpportunityHandler implements IQueryHandler<GetOpportunity> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
    private readonly time: ReportingTime,
  ) {}

  async execute(query: GetOpportunity): Promise<OpportunityItem> {
    await this.views.arrived(query);
    const row = await this.views.of(opportunities).get(query.id);
    if (!row || !(await this.isInScope(row, query.scope))) throw new NotFound('opportunity', query.id);
    return asItem(row, this.views, this.access, this.time);
  }

  private async isInScope({ ownerId, accountId }: OpportunityRow, scope: Scope): Promise<boolean> {
    if (scope.covers(ownerId)) return true;
    return accountId !== null && this.access.coversAccount(scope, accountId, 'read');
  }
}

type OpportunityItem = Awaited<ReturnType<typeof asItem>>;

async function asItem(row: OpportunityRow, views: Views, access: Access, time: ReportingTime) {
  const { id, version, name, accountId, ownerId, offeringId, motion, state, stage, amount, expectedCloseOn, openedAt, closure, provenance } = row;
  const [accountName, ownerName, offering] = await Promise.all([access.accountName(accountId), access.memberName(ownerId), offeringId && views.of(offerings).get(offeringId)]);
  return {
    id,
    version,
    name,
    accountId,
    accountName,
    ownerId,
    ownerName,
    offeringId,
    offeringName: offering ? offering.name : null,
    motion,
    state,
    stage,
    probability: state === 'open' ? row.probability : state === 'won' ? 100 : 0,
    amount,
    expectedCloseOn,
    openedOn: time.dateOf(openedAt),
    closedOn: closure && time.dateOf(closure.at),
    lossReason: closure?.result === 'lost' ? closure.reason : null,
    competitor: closure?.result === 'lost' ? closure.competitor : null,
    provenance,
  };
}
