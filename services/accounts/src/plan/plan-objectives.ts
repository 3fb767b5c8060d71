import { OBJECTIVE_KINDS, OBJECTIVE_METRICS, OBJECTIVE_UNITS, type ObjectiveUnit } from '@keyfold/contracts';
import type { DomainEvent } from '@keyfold/event-sourcing';
import { AggregateCommand, type UseCase, useCase } from '@keyfold/event-sourcing-nest';
import { IsBody, IsDateOnly, IsId, IsName, IsReal, IsText, ProvenanceBody, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { TeamMembers } from '../team-member/team-members.js';
import type { WithObjectives } from './plan-objectives.aggregate.js';
import { named, type PlanKind, planUseCase } from './plan-use-case.js';

const MAX_VALUE = 1e15;

/** Set or revise, drop and measure the objectives of either kind of plan; that one was missed is said by the plan's timer. */
export function planObjectiveCases<State, Known extends WithObjectives & { readonly accountId: string }, E extends DomainEvent>(kind: PlanKind<State, Known, E>): readonly UseCase[] {
  const { objectives } = kind;
  const told = planUseCase(kind);

  class SetObjective extends AggregateCommand {
    @IsId() objectiveId!: string;
    @IsIn(OBJECTIVE_KINDS) kind!: string;
    @IsName() title!: string;
    @IsIn(OBJECTIVE_METRICS) metric!: string;
    @IsIn(OBJECTIVE_UNITS) unit!: ObjectiveUnit;
    @IsReal(-MAX_VALUE, MAX_VALUE) baseline!: number;
    @IsReal(-MAX_VALUE, MAX_VALUE) target!: number;
    @IsDateOnly() dueOn!: string;
    @IsId() ownerId!: string;
    /** Why it is another one than before. */
    @IsOptional() @IsText(500) reason?: string | null;
    @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
  }
  class DropObjective extends AggregateCommand {
    @IsId() objectiveId!: string;
    @IsText(500) reason!: string;
  }
  class RecordObjectiveProgress extends AggregateCommand {
    @IsId() objectiveId!: string;
    @IsReal(-MAX_VALUE, MAX_VALUE) value!: number;
    @IsDateOnly() measuredOn!: string;
    @IsOptional() @IsText(2_000) note?: string | null;
  }
  class MissObjective extends AggregateCommand {
    @IsId() objectiveId!: string;
  }

  return [
    told(named('SetObjectiveOf', kind, SetObjective), {
      step: 'set-objective',
      needs: [TeamMembers, Policies, ReportingTime],
      prepare: ({ ownerId }, _plan, [members]) => members.assertOnboarded(ownerId),
      decide(plan, { objectiveId, kind: purpose, title, metric, unit, baseline, target, dueOn, ownerId, reason = null, provenance = null }, _prepared, [, policies, time]) {
        const dueAt = new Date(time.endOfDay(dueOn)).toISOString();
        const said = { today: policies.today(), reason, provenance: provenance && { ...provenance } };
        return objectives.set(plan, { objectiveId, kind: purpose, title, metric, unit, baseline, target, dueOn, dueAt, ownerId }, said);
      },
    }),
    told(named('DropObjectiveOf', kind, DropObjective), { step: 'drop-objective', decide: (plan, { objectiveId, reason }) => objectives.drop(plan, objectiveId, reason) }),
    told(named('RecordObjectiveProgressOf', kind, RecordObjectiveProgress), {
      step: 'record-objective-progress',
      needs: [Policies],
      decide: (plan, { objectiveId, value, measuredOn, note = null }, _prepared, [policies]) => objectives.progress(plan, { objectiveId, value, measuredOn, note }, policies.today()),
    }),
    useCase(named('MissObjectiveOf', kind, MissObjective), {
      route: `${kind.path}/:id/miss-objective`,
      roles: ['service'],
      on: kind.on,
      decide: (state, { objectiveId, context }) => objectives.miss(kind.known(state), objectiveId, context.now),
    }),
  ];
}
