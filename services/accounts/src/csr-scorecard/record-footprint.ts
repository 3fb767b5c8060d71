import type { Money } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsName, IsPositiveMoney, IsReal, IsWhole, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { CSR_KEEPERS, csrScorecardCase } from './csr-scorecard-case.js';
import { recordCostToServe, recordFootprint } from './csr-scorecard.assessments.js';

const MOST = 1e12;

/** What is not known is left out: it is no zero. */
export class RecordFootprint extends AggregateCommand {
  @IsDateOnly() from!: string;
  @IsDateOnly() to!: string;
  @IsOptional() @IsWhole(0, MOST) co2eKg?: number | null;
  @IsOptional() @IsWhole(0, MOST) wasteKg?: number | null;
  @IsOptional() @IsWhole(0, MOST) energyKwh?: number | null;
  @IsName(200) source!: string;
}

export const recordFootprintCase = csrScorecardCase(RecordFootprint, 'record-footprint', {
  roles: CSR_KEEPERS,
  needs: [ReportingTime],
  decide: (card, { from, to, co2eKg = null, wasteKg = null, energyKwh = null, source, context }, _prepared, [time]) =>
    recordFootprint(card, { from, to, co2eKg, wasteKg, energyKwh, source }, time.dateOf(context.now)),
});

export class RecordCostToServe extends AggregateCommand {
  @IsDateOnly() from!: string;
  @IsDateOnly() to!: string;
  @IsPositiveMoney() cost!: Money;
  @IsOptional() @IsReal(0, 1e6) hours?: number | null;
}

export const recordCostToServeCase = csrScorecardCase(RecordCostToServe, 'record-cost-to-serve', {
  roles: ['kam', 'director', 'finance', 'csr-officer'],
  needs: [ReportingTime],
  decide: (card, { from, to, cost: { amountMinor, currency }, hours = null, context }, _prepared, [time]) =>
    recordCostToServe(card, { from, to, cost: { amountMinor, currency }, hours }, time.dateOf(context.now)),
});
