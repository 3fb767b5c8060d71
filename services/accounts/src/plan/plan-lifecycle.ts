import type { DomainEvent, StreamWrite } from '@keyfold/event-sourcing';
import { AggregateCommand, type Injectables, type Instances, type UseCase } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import type { WithObjectives } from './plan-objectives.aggregate.js';
import { named, personOf, type PlanKind, planUseCase } from './plan-use-case.js';

interface LifecycleRules<Known, Day, Needs extends Injectables> {
  readonly needs: Needs;
  /** What the plan is judged by on this day. */
  day(plan: Known, needs: Instances<Needs>): Promise<Day>;
  /** What it lacks then, all of it, as codes. */
  missing(plan: Known, day: Day): readonly string[];
  /** What has to be held before the plan is in force, and is given up after it ended. */
  claim?(command: AggregateCommand, plan: Known, needs: Instances<Needs>): void;
  release?(command: AggregateCommand, plan: Known, needs: Instances<Needs>): StreamWrite;
}

/** Submit, recall, approve, reject, rework, activate, revise and close, of either kind of plan (domain.md 4.3). */
export function planLifecycleCases<State, Known extends WithObjectives & { readonly accountId: string }, E extends DomainEvent, Day, const Needs extends Injectables>(
  kind: PlanKind<State, Known, E>,
  { needs, day, missing, claim, release }: LifecycleRules<Known, Day, Needs>,
): readonly UseCase[] {
  const { life } = kind;
  const told = planUseCase(kind);

  class Submit extends AggregateCommand {}
  class Recall extends AggregateCommand {
    @IsOptional() @IsText(500) reason?: string | null;
  }
  class Approve extends AggregateCommand {
    @IsOptional() @IsText(2_000) note?: string | null;
  }
  class Reject extends AggregateCommand {
    @IsText(500) reason!: string;
  }
  class Rework extends AggregateCommand {}
  class Activate extends AggregateCommand {}
  class Revise extends AggregateCommand {
    @IsText(500) reason!: string;
  }
  class Close extends AggregateCommand {
    @IsText(500) reason!: string;
  }

  return [
    told(named('Submit', kind, Submit), {
      step: 'submit',
      needs,
      prepare: (_command, plan, needed) => day(plan, needed),
      decide: (plan, { context }, today) => life.submit(plan, personOf(context), missing(plan, today)),
    }),
    told(named('Recall', kind, Recall), { step: 'recall', decide: (plan, { reason = null }) => life.recall(plan, reason) }),
    told(named('Approve', kind, Approve), {
      step: 'approve',
      roles: ['director'],
      needs,
      prepare: (_command, plan, needed) => day(plan, needed),
      decide: (plan, { note = null, context }, today) => life.approve(plan, { approvedById: personOf(context), note }, missing(plan, today)),
    }),
    told(named('Reject', kind, Reject), { step: 'reject', roles: ['director'], decide: (plan, { reason, context }) => life.reject(plan, personOf(context), reason) }),
    told(named('Rework', kind, Rework), { step: 'rework', decide: (plan) => life.rework(plan) }),
    told(named('Activate', kind, Activate), {
      step: 'activate',
      needs,
      async prepare(command, plan, needed) {
        if (life.activate(plan).length > 0) claim?.(command, plan, needed);
      },
      decide: (plan) => life.activate(plan),
    }),
    told(named('Revise', kind, Revise), { step: 'revise', decide: (plan, { reason }) => life.revise(plan, reason) }),
    told(named('Close', kind, Close), {
      step: 'close',
      needs,
      decide: (plan, { reason }) => kind.close(plan, reason),
      follow: (command, plan, needed) => (release && plan.status === 'closed' ? [release(command, plan, needed)] : []),
    }),
  ];
}
