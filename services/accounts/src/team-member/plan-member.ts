import type { Money, Quota } from '@keyfold/contracts';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsPercents, IsPositiveMoney, IsReal, IsWhole } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { memberUseCase } from './member-use-case.js';
import { cancelAbsence, recordAbsence, setQuota, setRampPlan } from './team-member.development.js';

const QUARTERS = 12;

export class SetRampPlan extends AggregateCommand {
  @IsDateOnly() startsOn!: string;
  /** Per cent of the quota in each quarter from the first day on; absent: the curve of the policy. */
  @IsOptional() @IsPercents(QUARTERS, 1) percentByQuarter?: number[] | null;
}

export const setRampPlanCase = memberUseCase(SetRampPlan, {
  route: 'team-members/:id/set-ramp-plan',
  roles: ['director', 'hr'],
  needs: [Policies],
  prepare: async ({ percentByQuarter, startsOn }, _member, [policies]) => percentByQuarter ?? (await policies.inForce('capacity', startsOn)).rampPercentByQuarter,
  decide: (member, { startsOn }, percentByQuarter) => setRampPlan(member, { startsOn, percentByQuarter }),
});

export class SetQuota extends AggregateCommand {
  @IsWhole(2_000, 2_199) year!: number;
  @IsPositiveMoney() amount!: Money;
  @IsOptional() @IsReal(0, 200) expectedAttainmentPercent?: number | null;
  @IsOptional() @IsReal(0, 100) utilisationPercent?: number | null;
}

export const setQuotaCase = memberUseCase(SetQuota, {
  route: 'team-members/:id/set-quota',
  roles: ['director'],
  needs: [Policies],
  async prepare({ year, amount, expectedAttainmentPercent, utilisationPercent }, _member, [policies]): Promise<Quota> {
    const capacity = await policies.inForce('capacity', `${year}-01-01`);
    return {
      year,
      amount: { amountMinor: amount.amountMinor, currency: amount.currency },
      expectedAttainmentPercent: expectedAttainmentPercent ?? capacity.expectedAttainmentPercent,
      utilisationPercent: utilisationPercent ?? capacity.utilisationPercent,
    };
  },
  decide: (member, _command, quota) => setQuota(member, quota),
});

export class RecordAbsence extends AggregateCommand {
  @IsDateOnly() from!: string;
  @IsDateOnly() to!: string;
}

export const recordAbsenceCase = memberUseCase(RecordAbsence, {
  route: 'team-members/:id/record-absence',
  roles: ['director', 'hr', 'kam', 'sales-engineer', 'project-manager', 'bid-manager'],
  decide: (member, { from, to, context }) => recordAbsence(member, { absenceId: uuid5(context.commandId, 'absence'), from, to }),
});

export class CancelAbsence extends AggregateCommand {
  @IsId() absenceId!: string;
}

export const cancelAbsenceCase = memberUseCase(CancelAbsence, {
  route: 'team-members/:id/cancel-absence',
  roles: ['director', 'hr', 'kam', 'sales-engineer', 'project-manager', 'bid-manager'],
  decide: (member, { absenceId }) => cancelAbsence(member, absenceId),
});
