import { PAUSE_GROUNDS, type PauseGround } from '@keyfold/contracts';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Cadences } from './cadences.js';
import { engagementPlanCase } from './engagement-plan-case.js';
import { engagementPlan } from './engagement-plan.aggregate.js';
import { pause, resume } from './engagement-plan.cadence.js';

/** The client declined contact: nothing is due until it is resumed, by hand or on the day named here. */
export class PauseCadence extends AggregateCommand {
  @IsIn(PAUSE_GROUNDS) ground!: PauseGround;
  @IsText(500) reason!: string;
  @IsOptional() @IsDateOnly() resumesOn?: string | null;
}

export const pauseCadenceCase = engagementPlanCase(PauseCadence, 'pause-cadence', {
  roles: ['kam', 'director'],
  needs: [Cadences],
  prepare: ({ id }, _plan, [cadences]) => cadences.rulesOf(id),
  decide: (plan, { ground, reason, resumesOn = null }, rules) => pause(plan, { ground, reason, resumesOn }, rules),
});

export class ResumeCadence extends AggregateCommand {}

export const resumeCadenceCase = engagementPlanCase(ResumeCadence, 'resume-cadence', {
  roles: ['kam', 'director'],
  needs: [Cadences],
  prepare: ({ id }, _plan, [cadences]) => cadences.rulesOf(id),
  decide: (plan, _command, rules) => resume(plan, rules),
});

/** The day on which a pause ends has come; a pause that was changed meanwhile has another day. */
export class EndPause extends AggregateCommand {
  @IsDateOnly() resumesOn!: string;
}

export const endPauseCase = useCase(EndPause, {
  route: 'engagement-plans/:id/end-pause',
  roles: ['service'],
  on: engagementPlan,
  needs: [Cadences],
  prepare: ({ id }, _plan, [cadences]) => cadences.rulesOf(id),
  decide: (plan, { resumesOn }, rules) => (plan.pause?.resumesOn === resumesOn ? resume(plan, rules) : []),
});
