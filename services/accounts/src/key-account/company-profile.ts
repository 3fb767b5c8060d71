import type { CompanyProfile } from '@keyfold/contracts';
import { IsText } from '@keyfold/platform';
import { IsInt, IsNumber, IsOptional, Max, Min } from 'class-validator';

export class CompanyProfileBody {
  @IsOptional() @IsText(100) sector?: string | null;
  @IsOptional() @IsText(100) country?: string | null;
  @IsOptional() @IsInt() @Min(1000) @Max(2200) yearEstablished?: number | null;
  @IsOptional() @IsInt() @Min(0) @Max(100_000_000) employees?: number | null;
  @IsOptional() @IsNumber({ maxDecimalPlaces: 3 }) @Min(0) @Max(100_000_000) revenueMillions?: number | null;
}

/** What was not said is not known: null. The order of the fields is fixed, so that equal profiles compare equal. */
export const profileOf = (body: CompanyProfileBody = {}): CompanyProfile => ({
  sector: body.sector ?? null,
  country: body.country ?? null,
  yearEstablished: body.yearEstablished ?? null,
  employees: body.employees ?? null,
  revenueMillions: body.revenueMillions ?? null,
});
