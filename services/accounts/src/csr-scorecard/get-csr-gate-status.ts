import { CSR_SUBJECTS, type CsrSubject } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { queryCase, ScopedQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsCurrency, IsId, IsWhole } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { type CsrGate, gateOf } from './csr-gate.js';
import { csrReviews } from './csr-reviews.projection.js';
import { CSR_READERS } from './csr-scorecard-case.js';
import { CsrReports } from './get-csr-pillars.js';

const MOST_REVIEWS = 1_000;

/** What bids, deals and contracts ask before they go ahead. */
export class GetCsrGateStatus extends ScopedQuery<CsrGate & { stale: boolean }> {
  @IsId() accountId!: string;
  @Type(() => Number) @IsWhole(0, 1e15) amountMinor!: number;
  @IsCurrency() currency!: string;
  @IsOptional() @IsIn(CSR_SUBJECTS) subjectType?: CsrSubject['type'];
  @ValidateIf(({ subjectType }: GetCsrGateStatus) => subjectType !== undefined) @IsId() subjectId?: string;
}

export const getCsrGateStatusCase = queryCase(GetCsrGateStatus, {
  route: 'csr-gate-status',
  roles: [...CSR_READERS, 'service'],
  needs: [Views, Access, CsrReports],
  async answer(query, [views, access, reports]) {
    const stale = !(await views.arrived(query));
    const { accountId, amountMinor, currency, subjectType, subjectId, scope } = query;
    if (!(await access.coversAccount(scope, accountId, 'read'))) throw new NotFound('key-account', accountId);
    const policy = await reports.policyOf(accountId, reports.asOf().day);
    const reviews = await views.of(csrReviews).find({ filter: { accountId }, sort: { requestedAt: -1 }, limit: MOST_REVIEWS });
    const subject = subjectType === undefined ? null : { type: subjectType, id: subjectId! };
    return { ...gateOf(reviews, { amountMinor, currency }, subject, policy), stale };
  },
});
