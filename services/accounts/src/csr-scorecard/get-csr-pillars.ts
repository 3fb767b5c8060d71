import { Injectable } from '@nestjs/common';
import { type CsrPolicy, type DateOnly, OWN_COMPANY } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { PageQuery, queryCase, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access, accountList, IsDateOnly, IsId, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { keyAccounts } from '../key-account/key-accounts.projection.js';
import { Policies } from '../policy/policies.js';
import { type AsOf, commitmentRateOf, type CsrScore, ratingOf, scoreOf, suppliersOf } from './csr-score.js';
import { CSR_READERS } from './csr-scorecard-case.js';
import { csrScorecards, type CsrScorecardRow } from './csr-scorecards.projection.js';

interface CsrPillars extends CsrScore {
  readonly id: string;
  readonly accountName: string | null;
  readonly asOf: DateOnly;
  readonly weights: CsrPolicy['weights'];
  readonly rating: ReturnType<typeof ratingOf>;
  readonly commitments: ReturnType<typeof commitmentRateOf>;
  readonly suppliers: CsrScorecardRow['suppliers'];
}

/** What a client and we have to show together (domain.md R4). */
interface JointCsrReport extends Pick<CsrPillars, 'id' | 'accountName' | 'asOf' | 'score' | 'rating'> {
  readonly commitments: CsrPillars['commitments'] & { readonly items: CsrScorecardRow['commitments'] };
  readonly initiatives: CsrScorecardRow['initiatives'];
  /** Of the completed initiatives that say so; null: none does. */
  readonly co2eSavedKg: number | null;
}

/** Reads scorecards as of a day, weighed by the policy of that day and of the account's sector. */
@Injectable()
export class CsrReports {
  constructor(
    private readonly views: Views,
    private readonly access: Access,
    private readonly policies: Policies,
    private readonly time: ReportingTime,
  ) {}

  asOf(day = this.policies.today()): AsOf {
    return { day, end: new Date(this.time.endOfDay(day)).toISOString() };
  }

  async policyOf(accountId: string, day: DateOnly): Promise<CsrPolicy> {
    const account = await this.views.of(keyAccounts).get(accountId);
    return this.policies.inForce('csr', day, account?.sectorCode ?? sectorCodeOf(account?.profile.sector ?? null));
  }

  async pillars(row: CsrScorecardRow, asOf: AsOf): Promise<CsrPillars> {
    const { weights } = await this.policyOf(row.accountId, asOf.day);
    const own = { rating: ratingOf(row, asOf), commitments: commitmentRateOf(row, asOf), suppliers: suppliersOf(row, asOf) };
    return { id: row.id, accountName: await this.access.accountName(row.accountId), asOf: asOf.day, weights, ...scoreOf(row, weights, asOf), ...own };
  }

  async joint(row: CsrScorecardRow, asOf: AsOf): Promise<JointCsrReport> {
    const { id, accountName, score, rating, commitments } = await this.pillars(row, asOf);
    const initiatives = row.initiatives.filter(({ launchedAt }) => launchedAt <= asOf.end);
    const saved = initiatives.flatMap(({ co2eSavedKg, completedAt }) => (co2eSavedKg !== null && completedAt !== null && completedAt <= asOf.end ? [co2eSavedKg] : []));
    const items = row.commitments.filter(({ madeAt }) => madeAt <= asOf.end);
    const co2eSavedKg = saved.length === 0 ? null : saved.reduce((sum, kg) => sum + kg, 0);
    return { id, accountName, asOf: asOf.day, score, rating, commitments: { ...commitments, items }, initiatives, co2eSavedKg };
  }
}

/** The code of a sector that the account was not classified with: `food-processing` for Food processing. */
export function sectorCodeOf(sector: string | null): string {
  const code = (sector ?? '').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 40);
  return code || 'default';
}

export class ListCsrPillars extends PageQuery<CsrPillars> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsDateOnly() asOf?: string;
}

/** Of the accounts in the caller's scope, and of our own company, which has nothing to hide from its own people. */
export const listCsrPillarsCase = accountList({
  path: 'csr-pillars',
  roles: CSR_READERS,
  rows: csrScorecards,
  list: ListCsrPillars,
  equal: ['accountId'],
  account: 'accountId',
  everybodys: OWN_COMPANY,
  needs: [CsrReports],
  reckon(rows, query, [reports]) {
    const asOf = reports.asOf(query.asOf);
    return Promise.all(rows.map((row) => reports.pillars(row, asOf)));
  },
});

export class GetJointCsrReport extends RowById<JointCsrReport> {
  @IsOptional() @IsDateOnly() asOf?: string;
}

export const getJointCsrReportCase = queryCase<JointCsrReport, GetJointCsrReport, readonly [typeof Views, typeof Access, typeof CsrReports]>(GetJointCsrReport, {
  route: 'joint-csr-report/:id',
  roles: CSR_READERS,
  needs: [Views, Access, CsrReports],
  async answer(query, [views, access, reports]) {
    await views.arrived(query);
    const row = await views.of(csrScorecards).get(query.id);
    if (!row || !(await access.coversAccount(query.scope, row.accountId, 'read'))) throw new NotFound('csr-scorecard', query.id);
    return reports.joint(row, reports.asOf(query.asOf));
  },
});
