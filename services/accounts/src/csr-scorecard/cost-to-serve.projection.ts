import { type CostToServe, type CsrScorecardEvent, csrScorecardContract } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { CSR_READERS } from './csr-scorecard-case.js';

export interface CostToServeRow extends CostToServe {
  readonly id: string;
  readonly accountId: string;
}

/** What serving each client cost, period by period; periods of a client do not overlap. */
export const costToServe = projection<CostToServeRow, CsrScorecardEvent>({
  name: 'cost-to-serve',
  version: 1,
  follows: [csrScorecardContract],
  indexes: [['accountId', 'from'], ['from']],
  rowsOf: (event) => (event.type === 'accounts.csr-scorecard.cost-to-serve-recorded' ? [`${idOf(csrScorecardContract, event.streamId)}-${event.data.from}`] : []),
  fold: (row, event, id) => (event.type === 'accounts.csr-scorecard.cost-to-serve-recorded' ? { id, accountId: idOf(csrScorecardContract, event.streamId), ...event.data } : row),
});

type CostToServeItem = CostToServeRow & { accountName: string | null };

export class ListCostToServe extends PageQuery<CostToServeItem> {
  @IsOptional() @IsId() accountId?: string;
}

export const costToServeQueries = rowQueries<CostToServeRow, CostToServeItem, ListCostToServe>({
  path: 'cost-to-serve',
  roles: [...CSR_READERS, 'finance'],
  rows: costToServe,
  list: ListCostToServe,
  equal: ['accountId'],
  sort: { from: -1 },
  scope: { account: 'accountId' },
  show: async (row, access) => ({ ...row, accountName: await access.accountName(row.accountId) }),
});
