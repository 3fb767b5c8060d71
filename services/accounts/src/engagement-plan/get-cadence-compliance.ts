import { CADENCE_LEVELS, type CadenceLevel, type Tier, TIERS } from '@keyfold/contracts';
import type { Filter } from '@keyfold/event-sourcing';
import { PageQuery, queryCase, ScopedQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsDateOnly, IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { cadenceCompliance, type CadenceRow, type Compliance, complianceOf } from './cadence-compliance.projection.js';
import { CLIENT_FACING } from './engagement-plan-case.js';

const READERS = [...CLIENT_FACING, 'auditor', 'bi'] as const;

type CadenceItem = Omit<CadenceRow, 'judged' | 'touches'> & { accountName: string | null; due: number; kept: number; percent: number | null };

export class ListCadenceCompliance extends PageQuery<CadenceItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(CADENCE_LEVELS) level?: CadenceLevel;
  @IsOptional() @IsIn(TIERS) tier?: Tier;
  /** Only what was missed and has had no contact since. */
  @IsOptional() @IsIn(['true']) overdue?: 'true';
}

export const cadenceComplianceQueries = rowQueries<CadenceRow, CadenceItem, ListCadenceCompliance>({
  path: 'cadence-compliance',
  roles: READERS,
  rows: cadenceCompliance,
  list: ListCadenceCompliance,
  equal: ['accountId', 'level', 'tier'],
  where: ({ overdue }) => (overdue ? [{ overdueSince: { $ne: null } }] : []),
  sort: { dueOn: 1 },
  scope: { account: 'accountId' },
  async show({ judged, touches: _touches, ...row }, access) {
    const kept = judged.filter((interval) => interval.kept).length;
    const percent = judged.length === 0 ? null : (100 * kept) / judged.length;
    return { ...row, accountName: await access.accountName(row.accountId), due: judged.length, kept, percent };
  },
});

const PAGE = 1_000;

/** Touches done of touches due, per level and tier, over the accounts in scope; the window is that of the due days, `to` excluded. */
export class GetCadenceComplianceSummary extends ScopedQuery<{ items: readonly Compliance[]; stale: boolean }> {
  @IsOptional() @IsDateOnly() from?: string;
  @IsOptional() @IsDateOnly() to?: string;
  @IsOptional() @IsId() accountId?: string;
}

export const cadenceComplianceSummaryCase = queryCase(GetCadenceComplianceSummary, {
  route: 'cadence-compliance-summary',
  roles: READERS,
  needs: [Views, Access],
  async answer(query, [views, access]) {
    const stale = !(await views.arrived(query));
    const { from = null, to = null, accountId, scope } = query;
    const filter: Filter = accountId === undefined ? {} : { accountId };
    const view = access.rowsOfAccounts(views.of(cadenceCompliance), scope, { account: 'accountId' });
    const rows: CadenceRow[] = [];
    for (let after: readonly unknown[] | undefined; ; ) {
      const page = await view.find({ filter, limit: PAGE, after });
      rows.push(...page);
      if (page.length < PAGE) break;
      after = [page.at(-1)!.id];
    }
    return { items: complianceOf(rows, { from, to }), stale };
  },
});
