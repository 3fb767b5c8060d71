import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type Money, type OfferingEvent, offeringContract, type Provenance } from '@keyfold/contracts';
import { ignored, NotFound, projection } from '@keyfold/event-sourcing';
import { type Page, PageQuery, RowById, Views } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';

const STATUSES = ['active', 'retired'] as const;

export interface OfferingRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  /** Lower-case name, for search and order. */
  readonly sortName: string;
  readonly family: string | null;
  readonly listPrice: Money | null;
  readonly status: (typeof STATUSES)[number];
  readonly provenance: Provenance | null;
}

export const offerings = projection<OfferingRow, OfferingEvent>({
  name: 'offerings',
  version: 1,
  follows: [offeringContract],
  indexes: [['sortName'], ['status', 'sortName']],
  fold(row, event, id): OfferingRow | null {
    const { version } = event;
    switch (event.type) {
      case 'opportunities.offering.registered':
      case 'opportunities.offering.details-changed': {
        const { name, family, listPrice, provenance } = event.data;
        return { id, version, name, sortName: name.toLowerCase(), family, listPrice, status: row?.status ?? 'active', provenance: provenance ?? row?.provenance ?? null };
      }
      case 'opportunities.offering.retired':
        return row && { ...row, version, status: 'retired' };
      case 'opportunities.offering.withdrawn':
        return null;
      default:
        return ignored(row, event);
    }
  },
});

type OfferingItem = Omit<OfferingRow, 'sortName'>;

export class ListOfferings extends PageQuery<OfferingItem> {
  @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number];
  /** Beginning of the name. */
  @IsOptional() @IsText(100) q?: string;
}

@QueryHandler(ListOfferings)
export class ListOfferingsHandler implements IQueryHandler<ListOfferings> {
  constructor(private readonly views: Views) {}

  async execute(query: ListOfferings): Promise<Page<OfferingItem>> {
    const q = query.q?.toLowerCase();
    const filter = { ...(query.status && { status: query.status }), ...(q !== undefined && { sortName: { $gte: q, $lt: `${q}\uffff` } }) };
    const page = await this.views.page(offerings, query, { filter, sort: { sortName: 1 } });
    return { ...page, items: page.items.map(asItem) };
  }
}

export class GetOffering extends RowById<OfferingItem> {}

@QueryHandler(GetOffering)
export class GetOfferingHandler implements IQueryHandler<GetOffering> {
  constructor(private readonly views: Views) {}

  async execute(query: GetOffering): Promise<OfferingItem> {
    await this.views.arrived(query);
    const row = await this.views.of(offerings).get(query.id);
    if (!row) throw new NotFound('offering', query.id);
    return asItem(row);
  }
}

const asItem = ({ sortName: _sortName, ...row }: OfferingRow): OfferingItem => row;
