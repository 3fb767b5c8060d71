import { PageQuery, Views } from '@keyfold/event-sourcing-nest';
import { accountList, IsDateOnly, IsId } from '@keyfold/platform';
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

export const listFootprintByAccountCase = accountList({
  path: 'footprint-by-account',
  roles: CSR_READERS,
  rows: footprintByAccount,
  list: ListFootprintByAccount,
  equal: ['accountId'],
  account: 'accountId',
  needs: [Views],
  async reckon(rows, { from = null, to = null }, [views]): Promise<FootprintItem[]> {
    const known = rows.length === 0 ? [] : await views.of(keyAccounts).find({ filter: { id: { $in: rows.map(({ accountId }) => accountId) } }, limit: rows.length });
    const accounts = new Map(known.map((account) => [account.id, account]));
    return rows.map((row) => {
      const account = accounts.get(row.accountId);
      return { id: row.id, accountName: account?.name ?? null, ...footprintOf(row, { from, to }, account?.profile.revenueMillions ?? null) };
    });
  },
});
