import { type CompanyProfile, type Tier, TIERS } from '@keyfold/contracts';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, IsText, ownerToComeFrom, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { type KeyAccountRow, keyAccounts, parentOn, STATUSES } from './key-accounts.projection.js';

export const ACCOUNT_READERS = ['kam', 'director', 'sales-engineer', 'project-manager', 'csr-officer', 'service-agent', 'finance', 'auditor', 'bi'] as const;

type Internal = 'sortName' | 'statusBefore' | 'profile' | 'activeSince' | 'engagedAt' | 'dormantSince' | 'owners' | 'ownerBefore' | 'teamIds' | 'parents' | 'parentIds';
type KeyAccountItem = Omit<KeyAccountRow, Internal> & CompanyProfile & {
  readonly ownerName: string | null;
  /** The day from which it is the owner's, while that is still to come, and whose it is until then. */
  readonly handover: { readonly on: string; readonly fromOwnerId: string; readonly fromOwnerName: string | null } | null;
  /** The parent today. */
  readonly parentId: string | null;
  readonly activeSince: string | null;
  readonly engagedOn: string | null;
  readonly dormantSince: string | null;
};

export class ListKeyAccounts extends PageQuery<KeyAccountItem> {
  @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number];
  @IsOptional() @IsIn(TIERS) tier?: Tier;
  @IsOptional() @IsId() ownerId?: string;
  /** Beginning of the name. */
  @IsOptional() @IsText(100) q?: string;
}

export const keyAccountQueries = rowQueries<KeyAccountRow, KeyAccountItem, ListKeyAccounts>({
  path: 'key-accounts',
  roles: ACCOUNT_READERS,
  rows: keyAccounts,
  list: ListKeyAccounts,
  equal: ['status', 'tier', 'ownerId'],
  where: ({ q }) => (q === undefined ? [] : [{ sortName: { $gte: q.toLowerCase(), $lt: `${q.toLowerCase()}\uffff` } }]),
  sort: { sortName: 1 },
  scope: 'accounts',
  async show({ sortName: _sortName, statusBefore: _before, owners: _owners, ownerBefore, teamIds: _team, parents, parentIds: _parents, profile, engagedAt, dormantSince, ...row }, access, time) {
    const day = (instant: string | null): string | null => instant && time.dateOf(instant);
    const from = ownerToComeFrom(row, access.now());
    return {
      ...row,
      ...profile,
      parentId: parentOn({ parents }, access.now()),
      activeSince: day(row.activeSince),
      engagedOn: day(engagedAt),
      dormantSince: day(dormantSince),
      ownerName: await access.memberName(row.ownerId),
      handover: from && ownerBefore ? { on: time.dateOf(from), fromOwnerId: ownerBefore, fromOwnerName: await access.memberName(ownerBefore) } : null,
    };
  },
});
