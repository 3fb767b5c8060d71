import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type ClosureBlocker, type CompanyProfile, type KeyAccountEvent, keyAccountContract, type Provenance, type Tier, TIERS } from '@keyfold/contracts';
import { type Filter, ignored, NotFound, projection } from '@keyfold/event-sourcing';
import { type Page, PageQuery, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';

const STATUSES = ['prospect', 'active', 'closing', 'closed'] as const;

export interface KeyAccountRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  /** Lower-case name, for search and order. */
  readonly sortName: string;
  readonly status: (typeof STATUSES)[number];
  readonly tier: Tier | null;
  readonly ownerId: string | null;
  /** First instant of the owner; in the future after a handover that is still to come. */
  readonly ownerSince: string | null;
  readonly parentId: string | null;
  readonly profile: CompanyProfile;
  readonly activeSince: string | null;
  readonly closure: { readonly closureId: string; readonly state: 'requested' | 'refused' | 'closed'; readonly blockers: readonly ClosureBlocker[] } | null;
  readonly statusBefore: 'prospect' | 'active';
  readonly provenance: Provenance | null;
}

export const keyAccounts = projection<KeyAccountRow, KeyAccountEvent>({
  name: 'key-accounts',
  version: 1,
  follows: [keyAccountContract],
  indexes: [['sortName'], ['ownerId'], ['status', 'sortName']],
  fold(row, event, id): KeyAccountRow | null {
    const known = { ...row!, version: event.version };
    switch (event.type) {
      case 'accounts.key-account.prospect-registered':
        return { ...newRow(id, event.data), version: event.version };
      case 'accounts.key-account.client-registered': {
        const { provenance } = event.data;
        return { ...newRow(id, event.data), version: event.version, status: 'active', statusBefore: 'active', activeSince: event.occurredAt, provenance };
      }
      case 'accounts.key-account.details-changed':
        return { ...known, ...named(event.data), profile: event.data.profile, provenance: event.data.provenance ?? known.provenance };
      case 'accounts.key-account.qualified':
        return { ...known, tier: event.data.tier };
      case 'accounts.key-account.owner-assigned':
        return { ...known, ownerId: event.data.ownerId, ownerSince: event.occurredAt };
      case 'accounts.key-account.handed-over':
        return { ...known, ownerId: event.data.toOwnerId, ownerSince: event.occurredAt };
      case 'accounts.key-account.attached-to-parent':
        return { ...known, parentId: event.data.parentId };
      case 'accounts.key-account.closure-requested':
        return { ...known, status: 'closing', closure: { closureId: event.data.closureId, state: 'requested', blockers: [] } };
      case 'accounts.key-account.closure-refused':
        return { ...known, status: known.statusBefore, closure: { ...event.data, state: 'refused' } };
      case 'accounts.key-account.closed':
        return { ...known, status: 'closed', closure: { closureId: event.data.closureId, state: 'closed', blockers: [] } };
      case 'accounts.key-account.withdrawn':
        return null;
      default:
        return ignored(row, event);
    }
  },
});

const named = ({ name }: { name: string }) => ({ name, sortName: name.toLowerCase() });

const newRow = (id: string, facts: { name: string; profile: CompanyProfile }): KeyAccountRow => ({
  id,
  version: 1,
  ...named(facts),
  status: 'prospect',
  statusBefore: 'prospect',
  tier: null,
  ownerId: null,
  ownerSince: null,
  parentId: null,
  profile: facts.profile,
  activeSince: null,
  closure: null,
  provenance: null,
});

type KeyAccountItem = Omit<KeyAccountRow, 'sortName' | 'statusBefore' | 'profile' | 'activeSince'> & { ownerName: string | null; activeSince: string | null } & CompanyProfile;

export class ListKeyAccounts extends PageQuery<KeyAccountItem> {
  @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number];
  @IsOptional() @IsIn(TIERS) tier?: Tier;
  @IsOptional() @IsId() ownerId?: string;
  /** Beginning of the name. */
  @IsOptional() @IsText(100) q?: string;
}

@QueryHandler(ListKeyAccounts)
export class ListKeyAccountsHandler implements IQueryHandler<ListKeyAccounts> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
    private readonly time: ReportingTime,
  ) {}

  async execute(query: ListKeyAccounts): Promise<Page<KeyAccountItem>> {
    const q = query.q?.toLowerCase();
    const conditions: Filter[] = [
      await this.access.accountFilter(query.scope, 'id'),
      ...(query.status ? [{ status: query.status }] : []),
      ...(query.tier ? [{ tier: query.tier }] : []),
      ...(query.ownerId ? [{ ownerId: query.ownerId }] : []),
      ...(q ? [{ sortName: { $gte: q, $lt: `${q}\uffff` } }] : []),
    ];
    const page = await this.views.page(keyAccounts, query, { filter: { $and: conditions }, sort: { sortName: 1 } });
    return { ...page, items: await Promise.all(page.items.map((row) => asItem(row, this.access, this.time))) };
  }
}

export class GetKeyAccount extends RowById<KeyAccountItem> {}

@QueryHandler(GetKeyAccount)
export class GetKeyAccountHandler implements IQueryHandler<GetKeyAccount> {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
    private readonly time: ReportingTime,
  ) {}

  async execute(query: GetKeyAccount): Promise<KeyAccountItem> {
    await this.views.arrived(query);
    const row = await this.views.of(keyAccounts).get(query.id);
    if (!row || !query.scope.covers(await this.access.ownerOf(row.id))) throw new NotFound('key-account', query.id);
    return asItem(row, this.access, this.time);
  }
}

async function asItem({ sortName: _sortName, statusBefore: _before, profile, ...row }: KeyAccountRow, access: Access, time: ReportingTime): Promise<KeyAccountItem> {
  return { ...row, ...profile, activeSince: row.activeSince && time.dateOf(row.activeSince), ownerName: await access.memberName(row.ownerId) };
}
