import { type Tier, TIERS } from '@keyfold/contracts';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { type KeyAccountRow, keyAccounts } from './key-accounts.projection.js';

type SelectionItem = Pick<KeyAccountRow, 'id' | 'name' | 'status' | 'tier' | 'ownerId' | 'score' | 'scoredOn' | 'points' | 'tierRequest' | 'tierReviewDueOn'> & { readonly ownerName: string | null };

export class ListAccountSelections extends PageQuery<SelectionItem> {
  @IsOptional() @IsIn(TIERS) tier?: Tier;
}

/** Scored accounts, the most attractive first, with their points by criterion (domain.md H2, account_selection_matrix). */
export const accountSelectionQueries = rowQueries<KeyAccountRow, SelectionItem, ListAccountSelections>({
  path: 'account-selections',
  roles: ['kam', 'director', 'auditor', 'bi'],
  rows: keyAccounts,
  list: ListAccountSelections,
  equal: ['tier'],
  where: () => [{ score: { $ne: null } }],
  sort: { score: -1 },
  scope: 'accounts',
  async show({ id, name, status, tier, ownerId, score, scoredOn, points, tierRequest, tierReviewDueOn }, access) {
    return { id, name, status, tier, ownerId, ownerName: await access.memberName(ownerId), score, scoredOn, points, tierRequest, tierReviewDueOn };
  },
});
