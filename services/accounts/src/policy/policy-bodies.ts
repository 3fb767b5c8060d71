import type { Type } from '@nestjs/common';
import type { Bilingual, PerTier, PolicyContents, PolicyKind } from '@keyfold/contracts';
import { BilingualBody, IsBodies, IsBody, IsCode, IsCurrency, IsDates, IsName, IsPercents, IsReal, IsTimeZone, IsWeekdays, IsWhole } from '@keyfold/platform';

class PerTierBody implements PerTier {
  @IsWhole(0, 10_000) A!: number;
  @IsWhole(0, 10_000) B!: number;
  @IsWhole(0, 10_000) C!: number;
}

class TiersBody {
  @IsWhole(0, 100) tierALimit!: number;
  @IsWhole(1, 60) reviewMonths!: number;
  @IsWhole(1, 60) dormantAfterMonths!: number;
}

class LabelledBody {
  @IsCode() code!: string;
  @IsBody(() => BilingualBody) label!: Bilingual;
}

class CriterionBody extends LabelledBody {
  @IsWhole(1, 100) weight!: number;
}

class SelectionBody {
  @IsBodies(() => CriterionBody, 20, 1) criteria!: CriterionBody[];
  @IsBody(() => PerTierBody) thresholds!: PerTierBody;
}

class CadenceBody {
  @IsBody(() => PerTierBody) operationalDays!: PerTierBody;
  @IsBody(() => PerTierBody) businessReviewDays!: PerTierBody;
  @IsBody(() => PerTierBody) executiveReviewDays!: PerTierBody;
}

class DiscountBody {
  @IsReal(0, 100) team!: number;
  @IsReal(0, 100) kam!: number;
  @IsReal(0, 100) director!: number;
}

class AuthorityBody {
  @IsBody(() => DiscountBody) discountPercent!: DiscountBody;
}

class WorkloadBody {
  @IsBody(() => PerTierBody) hoursPerAccount!: PerTierBody;
  @IsWhole(1, 400) hoursAvailable!: number;
  @IsWhole(1, 500) thresholdPercent!: number;
}

class CapacityBody {
  @IsPercents(12, 1) rampPercentByQuarter!: number[];
  @IsReal(0, 200) expectedAttainmentPercent!: number;
  @IsReal(0, 100) utilisationPercent!: number;
  @IsReal(0, 100) hoursPerTask!: number;
}

class StrategicAxesBody {
  @IsBodies(() => LabelledBody, 50) axes!: LabelledBody[];
}

class PlansBody {
  @IsWhole(0, 20) swotItemsPerQuadrant!: number;
  @IsReal(0, 100) whitespaceCoveragePercent!: number;
  @IsWhole(1, 100) reschedulingsUntilAlert!: number;
  @IsReal(0, 100) spendTolerancePercent!: number;
  @IsWhole(1, 366) livingPlanDays!: number;
}

class PillarsBody {
  @IsWhole(0, 100) society!: number;
  @IsWhole(0, 100) economy!: number;
  @IsWhole(0, 100) environment!: number;
}

class ThresholdBody {
  @IsWhole(0, 1e15) amountMinor!: number;
  @IsCurrency() currency!: string;
}

class CsrBody {
  @IsBody(() => PillarsBody) weights!: PillarsBody;
  @IsBody(() => ThresholdBody) reviewFrom!: ThresholdBody;
}

class TransportBody {
  @IsReal(0, 10_000) plane!: number;
  @IsReal(0, 10_000) train!: number;
  @IsReal(0, 10_000) car!: number;
}

class EmissionsBody {
  @IsBody(() => TransportBody) gramsPerKm!: TransportBody;
}

class RetentionBody {
  @IsWhole(1, 240) months!: number;
}

class CalendarBody {
  @IsTimeZone() timeZone!: string;
  @IsWeekdays() weekend!: number[];
  @IsDates(1_000) holidays!: string[];
}

class SectorPackBody {
  @IsBody(() => BilingualBody) label!: Bilingual;
  @IsBodies(() => LabelledBody, 200) subsectors!: LabelledBody[];
}

class RoleLabelBody {
  @IsName(40) role!: string;
  @IsBody(() => BilingualBody) label!: Bilingual;
}

class RoleLabelsBody {
  @IsBodies(() => RoleLabelBody, 50) labels!: RoleLabelBody[];
}

export const BODIES: { readonly [Kind in PolicyKind]: Type<PolicyContents[Kind]> } = {
  tiers: TiersBody,
  selection: SelectionBody,
  cadence: CadenceBody,
  authority: AuthorityBody,
  workload: WorkloadBody,
  capacity: CapacityBody,
  'strategic-axes': StrategicAxesBody,
  plans: PlansBody,
  csr: CsrBody,
  emissions: EmissionsBody,
  retention: RetentionBody,
  calendar: CalendarBody,
  'sector-pack': SectorPackBody,
  'role-labels': RoleLabelsBody,
};

/** Lists of codes in a content, in each of which every code stands once. */
export function codesOf(content: PolicyContents[PolicyKind]): string[][] {
  if ('criteria' in content) return [content.criteria.map(({ code }) => code)];
  if ('axes' in content) return [content.axes.map(({ code }) => code)];
  if ('subsectors' in content) return [content.subsectors.map(({ code }) => code)];
  return 'labels' in content ? [content.labels.map(({ role }) => role)] : [];
}

/** Lists of weights in a content, each of which has to be a whole. */
export function weightsOf(content: PolicyContents[PolicyKind]): number[][] {
  if ('criteria' in content) return [content.criteria.map(({ weight }) => weight)];
  return 'weights' in content ? [Object.values(content.weights)] : [];
}
