import { IsDateOnly, IsInstant } from '@keyfold/platform';
import { ScopedQuery } from '@keyfold/event-sourcing-nest';
import { IsOptional } from 'class-validator';

/** A query of figures: as it was on a date, as it was known at an instant; both default to now. */
export abstract class PointQuery<Result> extends ScopedQuery<Result> {
  @IsOptional() @IsDateOnly() asOf?: string;
  @IsOptional() @IsInstant() knownOn?: string;
}
