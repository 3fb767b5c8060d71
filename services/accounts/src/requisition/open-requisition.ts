import {
  type Bilingual, HIRING_REASONS, type HiringCriteria, type HiringReason, MARKET_TENSIONS, type MarketTension, MEMBER_ROLES, type MemberRole, type Money, type SalaryBand, SENIORITY_LEVELS, type SeniorityLevel,
} from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { BilingualBody, IsBodies, IsBody, IsCode, IsCountry, IsDateOnly, IsId, IsPositiveMoney, IsReal, IsText, IsWhole } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { TeamMembers } from '../team-member/team-members.js';
import { cancel, fill, managerOf, open, requisition, setCriteria } from './requisition.aggregate.js';

/** Who hires. A director for himself and those below him, HR for everybody. */
export const RECRUITERS = ['director', 'hr'] as const;

class ScorecardLineBody {
  @IsCode() code!: string;
  @IsBody(() => BilingualBody) label!: Bilingual;
}

class CriteriaBody {
  @IsOptional() @IsWhole(0, 12) diplomaLevel?: number | null;
  @IsOptional() @IsReal(0, 60) minExperienceYears?: number | null;
  @IsBodies(() => ScorecardLineBody, 20, 1) scorecard!: ScorecardLineBody[];
}

class SalaryBandBody implements SalaryBand {
  @IsPositiveMoney() min!: Money;
  @IsPositiveMoney() max!: Money;
}

const criteriaOf = ({ diplomaLevel = null, minExperienceYears = null, scorecard }: CriteriaBody): HiringCriteria =>
  structuredClone({ diplomaLevel, minExperienceYears, scorecard: scorecard.map(({ code, label: { en, fr } }) => ({ code, label: { en, fr } })) });

export class OpenRequisition extends AggregateCommand {
  @IsIn(MEMBER_ROLES) role!: MemberRole;
  @IsOptional() @IsIn(SENIORITY_LEVELS) seniority?: SeniorityLevel | null;
  @IsOptional() @IsCountry() country?: string | null;
  @IsOptional() @IsText(100) region?: string | null;
  @IsId() managerId!: string;
  @IsIn(HIRING_REASONS) hiringReason!: HiringReason;
  @IsOptional() @IsId() forMemberId?: string | null;
  @IsBody(() => SalaryBandBody) salaryBand!: SalaryBandBody;
  @IsIn(MARKET_TENSIONS) tension!: MarketTension;
  @IsBody(() => CriteriaBody) criteria!: CriteriaBody;
}

export const openRequisitionCase = useCase(OpenRequisition, {
  route: 'requisitions',
  roles: RECRUITERS,
  on: requisition,
  needs: [TeamMembers],
  async prepare({ managerId, scope }, _requisition, [members]) {
    if (!scope.covers(managerId)) throw new DomainError('member-unknown');
    await members.assertOnboarded(managerId);
  },
  decide(state, { role, seniority = null, country = null, region = null, managerId, hiringReason, forMemberId = null, salaryBand, tension, criteria }) {
    const money = ({ amountMinor, currency }: Money): Money => ({ amountMinor, currency });
    const profile = { role, seniority, country, region, managerId, hiringReason, forMemberId, salaryBand: { min: money(salaryBand.min), max: money(salaryBand.max) }, tension };
    return open(state, profile, criteriaOf(criteria));
  },
});

export class SetHiringCriteria extends AggregateCommand {
  @IsBody(() => CriteriaBody) criteria!: CriteriaBody;
}

export const setHiringCriteriaCase = useCase(SetHiringCriteria, {
  route: 'requisitions/:id/set-criteria',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  decide: (state, { criteria }) => setCriteria(state, criteriaOf(criteria)),
});

/** The candidate who accepted is hired, and so onboarded. */
export class FillRequisition extends AggregateCommand {
  @IsId() candidateId!: string;
  /** Last day of the probation. */
  @IsOptional() @IsDateOnly() probationUntil?: string | null;
}

export const fillRequisitionCase = useCase(FillRequisition, {
  route: 'requisitions/:id/fill',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  decide: (state, { candidateId, probationUntil = null }) => fill(state, candidateId, probationUntil),
});

export class CancelRequisition extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const cancelRequisitionCase = useCase(CancelRequisition, {
  route: 'requisitions/:id/cancel',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  decide: (state, { reason }) => cancel(state, reason),
});
