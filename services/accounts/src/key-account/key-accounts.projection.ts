import { type AccountTeamRole, type ClosureBlocker, type CompanyProfile, type KeyAccountEvent, keyAccountContract, type Provenance, type Tier, TIERS } from '@keyfold/contracts';
import { ignored, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, IsText, rowQueries } from '@keyfold/platform';
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
  readonly team: readonly { readonly memberId: string; readonly role: AccountTeamRole; readonly access: 'read' | 'edit' }[];
  readonly closure: { readonly closureId: string; readonly state: 'requested' | 'refused' | 'closed'; readonly blockers: readonly ClosureBlocker[] } | null;
  readonly statusBefore: 'prospect' | 'active';
  readonly provenance: Provenance | null;
}

export const keyAccounts = projection<KeyAccountRow, KeyAccountEvent>({
  name: 'key-accounts',
  version: 2,
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
      case 'accounts.key-account.team-member-added':
        return { ...known, team: [...known.team.filter(({ memberId }) => memberId !== event.data.memberId), event.data] };
      case 'accounts.key-account.team-member-removed':
        return { ...known, team: known.team.filter(({ memberId }) => memberId !== event.data.memberId) };
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
  team: [],
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

export const keyAccountQueries = rowQueries<KeyAccountRow, KeyAccountItem, ListKeyAccounts>({
  path: 'key-accounts',
  roles: ['kam', 'director', 'sales-engineer', 'project-manager', 'csr-officer', 'service-agent', 'finance', 'auditor', 'bi'],
  rows: keyAccounts,
  list: ListKeyAccounts,
  equal: ['status', 'tier', 'ownerId'],
  where: ({ q }) => (q === undefined ? [] : [{ sortName: { $gte: q.toLowerCase(), $lt: `${q.toLowerCase()}\uffff` } }]),
  sort: { sortName: 1 },
  scope: { account: 'id' },
  async show({ sortName: _sortName, statusBefore: _before, profile, ...row }, access, time) {
    return { ...row, ...profile, activeSince: row.activeSince && time.dateOf(row.activeSince), ownerName: await access.memberName(row.ownerId) };
  },
});
