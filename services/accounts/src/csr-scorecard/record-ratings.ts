import { type Medal, MEDALS } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsName, IsReal, IsWhole, OrNull, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CSR_KEEPERS, csrScorecardCase, dayIn } from './csr-scorecard-case.js';
import { rateSupplier, recordRating } from './csr-scorecard.assessments.js';

/** A rating of EcoVadis as it was published. */
export class RecordExternalRating extends AggregateCommand {
  @IsDateOnly() publishedOn!: string;
  @IsWhole(0, 100) overall!: number;
  @IsWhole(0, 100) environment!: number;
  @IsWhole(0, 100) labourAndHumanRights!: number;
  @IsWhole(0, 100) ethics!: number;
  @IsWhole(0, 100) sustainableProcurement!: number;
  @OrNull() @IsIn(MEDALS) medal!: Medal | null;
}

export const recordExternalRatingCase = csrScorecardCase(RecordExternalRating, 'record-external-rating', {
  roles: CSR_KEEPERS,
  needs: [ReportingTime],
  decide(card, command, _prepared, [time]) {
    const { publishedOn, overall, environment, labourAndHumanRights, ethics, sustainableProcurement, medal } = command;
    return recordRating(card, { overall, environment, labourAndHumanRights, ethics, sustainableProcurement, medal }, dayIn(time, command, publishedOn));
  },
});

export class RecordSupplierRating extends AggregateCommand {
  /** A company, never a person. */
  @IsName(200) supplier!: string;
  @IsReal(0, 100) points!: number;
  @IsName(200) source!: string;
  @IsOptional() @IsDateOnly() ratedOn?: string;
}

export const recordSupplierRatingCase = csrScorecardCase(RecordSupplierRating, 'record-supplier-rating', {
  roles: CSR_KEEPERS,
  needs: [ReportingTime],
  decide: (card, command, _prepared, [time]) => rateSupplier(card, { supplier: command.supplier, points: command.points, source: command.source }, dayIn(time, command, command.ratedOn)),
});
