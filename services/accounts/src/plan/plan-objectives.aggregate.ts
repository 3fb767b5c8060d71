import type { PlanObjective, PlanObjectiveEvent, Provenance } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertRoom, change, find, type Folds, put, sameContent } from './plan-items.aggregate.js';
import { assertDraft, assertInForce, isInForce, type PlanLife } from './plan-lifecycle.aggregate.js';

export interface Objective {
  readonly id: string;
  readonly aim: PlanObjective;
  readonly state: 'open' | 'achieved' | 'missed' | 'dropped';
  /** What was measured, in order of the days; what is heard of late does not come last. */
  readonly measured: readonly Measurement[];
}

interface Measurement {
  readonly value: number;
  readonly on: string;
}

export interface WithObjectives extends PlanLife {
  readonly objectives: readonly Objective[];
}

const OBJECTIVES_LIMIT = 50;

export function objectiveFolds<Plan extends string, State extends WithObjectives>(plan: Plan): Folds<State, PlanObjectiveEvent<Plan>> {
  const ended = (state: Objective['state']) => (from: State, { data: { objectiveId } }: ObjectiveFact): State => ({ ...from, objectives: change(from.objectives, objectiveId, { state }) });
  const aimed = (from: State, { data }: ObjectiveFact): State => {
    const { reason: _reason, value: _value, measuredOn: _on, provenance: _provenance, ...aim } = data;
    const measured = find(from.objectives, aim.objectiveId)?.measured ?? [];
    return { ...from, objectives: put(from.objectives, { id: aim.objectiveId, aim, state: 'open', measured }) };
  };
  const folds: Readonly<Record<string, (from: State, fact: ObjectiveFact) => State>> = {
    [`${plan}.objective-set`]: aimed,
    [`${plan}.objective-revised`]: aimed,
    [`${plan}.objective-dropped`]: ended('dropped'),
    [`${plan}.objective-progress-recorded`]: (from, { data: { objectiveId, value, measuredOn: on } }) => ({
      ...from,
      objectives: change(from.objectives, objectiveId, { measured: inOrder([...(find(from.objectives, objectiveId)?.measured ?? []), { value, on }]) }),
    }),
    [`${plan}.objective-achieved`]: ended('achieved'),
    [`${plan}.objective-missed`]: ended('missed'),
  };
  return folds as unknown as Folds<State, PlanObjectiveEvent<Plan>>;
}

interface ObjectiveFact {
  readonly data: PlanObjective & { readonly reason?: string; readonly value: number; readonly measuredOn: string; readonly provenance?: Provenance | null };
}

/** The decisions on the objectives of a plan. */
export class PlanObjectives<Plan extends string> {
  constructor(private readonly plan: Plan) {}

  /** Sets an objective, or revises the one under its id. Baseline = target is refused: nothing could be measured (domain.md 3.12). */
  set(plan: WithObjectives, aim: PlanObjective, { today, reason, provenance }: { today: string; reason: string | null; provenance: Provenance | null }): PlanObjectiveEvent<Plan>[] {
    const known = find(plan.objectives, aim.objectiveId);
    if (known && known.state !== 'dropped' && sameContent(known.aim, aim)) return [];
    assertDraft(plan);
    if (aim.baseline === aim.target) throw new DomainError('plan-objective-baseline-is-target');
    if (aim.dueOn < today) throw new DomainError('plan-objective-due-in-the-past', { today });
    assertRoom(plan.objectives, aim.objectiveId, OBJECTIVES_LIMIT);
    return [known ? this.event('objective-revised', { ...aim, reason, provenance }) : this.event('objective-set', { ...aim, provenance })];
  }

  drop(plan: WithObjectives, objectiveId: string, reason: string): PlanObjectiveEvent<Plan>[] {
    assertDraft(plan);
    return objectiveOf(plan, objectiveId).state === 'dropped' ? [] : [this.event('objective-dropped', { objectiveId, reason })];
  }

  /** What was measured on a day. The first value that reaches the target in time achieves the objective, also when it is heard of late. */
  progress(plan: WithObjectives, facts: { objectiveId: string; value: number; measuredOn: string; note: string | null }, today: string): PlanObjectiveEvent<Plan>[] {
    assertInForce(plan);
    const { aim, state, measured } = objectiveOf(plan, facts.objectiveId);
    if (state === 'dropped') throw new DomainError('plan-objective-unknown');
    if (facts.measuredOn > today) throw new DomainError('plan-measured-in-the-future', { today });
    if (measured.findLast(({ on }) => on === facts.measuredOn)?.value === facts.value) return [];
    const recorded = this.event('objective-progress-recorded', facts);
    const { objectiveId, value } = facts;
    return (state === 'open' || state === 'missed') && facts.measuredOn <= aim.dueOn && reaches(aim, value) ? [recorded, this.event('objective-achieved', { objectiveId, value })] : [recorded];
  }

  /** The due date went by: an open objective of a plan in force is missed; everything else is left alone. `now`: RFC 3339 in UTC. */
  miss(plan: WithObjectives, objectiveId: string, now: string): PlanObjectiveEvent<Plan>[] {
    const objective = find(plan.objectives, objectiveId);
    if (!isInForce(plan) || objective?.state !== 'open' || now <= objective.aim.dueAt) return [];
    return [this.event('objective-missed', { objectiveId, value: objective.measured.at(-1)?.value ?? null })];
  }

  private event<Step extends string>(step: Step, data: object): PlanObjectiveEvent<Plan> {
    return { type: `${this.plan}.${step}`, data } as PlanObjectiveEvent<Plan>;
  }
}

/** The objective; refuses one that is not in the plan. */
export function objectiveOf({ objectives }: WithObjectives, objectiveId: string): Objective {
  const objective = find(objectives, objectiveId);
  if (!objective) throw new DomainError('plan-objective-unknown');
  return objective;
}

export const openObjectives = ({ objectives }: WithObjectives): readonly string[] => objectives.filter(({ state }) => state === 'open').map(({ id }) => id);

/** By day; of one day in the order in which they were said. */
const inOrder = (measured: readonly Measurement[]): readonly Measurement[] => measured.toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));

const reaches = ({ baseline, target }: PlanObjective, value: number): boolean => (target > baseline ? value >= target : value <= target);

/** Part of the way from the baseline to the target, 1 = there; null before anything was measured (domain.md 3.12). */
export const progressOf = ({ baseline, target }: Pick<PlanObjective, 'baseline' | 'target'>, value: number | null): number | null => (value === null ? null : (value - baseline) / (target - baseline));

/** Per cent for display, from 0 to 150. */
export const shownProgress = (progress: number | null): number | null => (progress === null ? null : Math.round(Math.min(1.5, Math.max(0, progress)) * 1_000) / 10);
