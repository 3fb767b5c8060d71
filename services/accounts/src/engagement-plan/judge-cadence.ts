import { CADENCE_LEVELS, type CadenceLevel } from '@keyfold/contracts';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Cadences } from './cadences.js';
import { engagementPlan } from './engagement-plan.aggregate.js';
import { arm, judge } from './engagement-plan.cadence.js';

/** What is due follows from the account's tier and the policies of the day. Sent when the tier changes. */
export class ArmCadence extends AggregateCommand {}

export const armCadenceCase = useCase(ArmCadence, {
  route: 'engagement-plans/:id/arm-cadence',
  roles: ['service'],
  on: engagementPlan,
  makes: true,
  needs: [Cadences],
  prepare: ({ id }, _plan, [cadences]) => cadences.rulesOf(id),
  decide: (plan, _command, rules) => arm(plan, rules),
});

/** The due day of a level is over. Sent by the timer of that day. */
export class JudgeCadence extends AggregateCommand {
  @IsIn(CADENCE_LEVELS) level!: CadenceLevel;
  @IsDateOnly() dueOn!: string;
}

export const judgeCadenceCase = useCase(JudgeCadence, {
  route: 'engagement-plans/:id/judge-cadence',
  roles: ['service'],
  on: engagementPlan,
  needs: [Cadences],
  prepare: ({ id }, _plan, [cadences]) => cadences.rulesOf(id),
  decide: (plan, { level, dueOn }, rules) => judge(plan, { level, dueOn }, rules),
});
