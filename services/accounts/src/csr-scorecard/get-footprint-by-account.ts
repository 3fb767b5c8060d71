import { type Page, PageQuery, queryCase, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsDateOnly, IsId } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { keyAccounts } from '../key-account/key-accounts.projection.js';
import { CSR_READERS } from './csr-scorecard-case.js';
import { footprintByAccount, type FootprintFigures, footprintOf } from './footprint-by-account.projection.js';

interface FootprintItem extends FootprintFigures {
  readonly id: string;
  readonly accountName: string | null;
}

/** First and last day of the window, both in it. */
export class ListFootprintByAccount extends PageQuery<FootprintItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsDateOnly() from?: string;
  @IsOptional() @IsDateOnly() to?: string;
}

export const listFootprintByAccountCase = queryCase<Page<FootprintItem>, ListFootprintByAccount, readonly [typeof Views, typeof Access]>(ListFootprintByAccount, {
  route: 'footprint-by-account',
  roles: CSR_READERS,
  needs: [Views, Access],
  async answer(query, [views, access]) {
    const { accountId, from = null, to = null, scope } = query;
    const through = access.rowsOfAccounts(views.of(footprintByAccount), scope, { account: 'accountId' });
    const page = await views.page(footprintByAccount, query, { filter: accountId === undefined ? {} : { accountId }, through });
    const items = page.items.map(async (row): Promise<FootprintItem> => {
      const account = await views.of(keyAccounts).get(row.accountId);
      return { id: row.id, accountName: account?.name ?? null, ...footprintOf(row, { from, to }, account?.profile.revenueMillions ?? null) };
    });
    return { ...page, items: await Promise.all(items) };
  },
});
