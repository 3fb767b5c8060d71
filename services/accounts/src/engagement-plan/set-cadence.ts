import { CADENCE_LEVELS, type CadenceLevel } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { daysBetween, IsDateOnly, IsText, IsWhole, OrNull } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Cadences } from './cadences.js';
import { engagementPlanCase } from './engagement-plan-case.js';
import { setCadence } from './engagement-plan.cadence.js';
import { BACKDATED_DAYS } from './engagement-plan.touchpoints.js';

export class SetCadence extends AggregateCommand {
  @IsIn(CADENCE_LEVELS) level!: CadenceLevel;
  /** Calendar days; null: those of the policy again. */
  @OrNull() @IsWhole(1, 1_000) intervalDays!: number | null;
  @IsText(500) reason!: string;
  /** The day from which it counts; absent: today. */
  @IsOptional() @IsDateOnly() effectiveOn?: string;
}

export const setCadenceCase = engagementPlanCase(SetCadence, 'set-cadence', {
  roles: ['kam', 'director'],
  needs: [Cadences],
  prepare: ({ id }, _plan, [cadences]) => cadences.rulesOf(id),
  decide(plan, { level, intervalDays, reason, effectiveOn }, rules) {
    const since = effectiveOn ?? rules.today;
    if (since > rules.today) throw new DomainError('cadence-in-future');
    if (daysBetween(since, rules.today) > BACKDATED_DAYS) throw new DomainError('cadence-too-old', { days: BACKDATED_DAYS });
    return setCadence(plan, { level, intervalDays, reason }, since, rules);
  },
});
