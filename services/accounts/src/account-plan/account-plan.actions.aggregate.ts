import type { PlanAction, PlanActionEvent, Provenance } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertRoom, change, find, type Folds, type Item, put, sameContent } from '../plan/plan-items.aggregate.js';
import { assertWorkable } from '../plan/plan-lifecycle.aggregate.js';
import { objectiveOf, type WithObjectives } from '../plan/plan-objectives.aggregate.js';

export interface Action extends Item {
  readonly title: string;
  readonly state: 'open' | 'in-progress' | 'done' | 'cancelled';
  readonly ownerId: string | null;
  readonly startOn: string | null;
  readonly dueOn: string;
  readonly objectiveId: string | null;
  readonly dependsOn: readonly string[];
  readonly rescheduled: number;
}

export interface Milestone extends Item {
  readonly title: string;
  readonly dueOn: string;
  readonly actionIds: readonly string[];
  readonly reached: boolean;
}

export interface WithActions {
  readonly actions: readonly Action[];
  readonly milestones: readonly Milestone[];
}

type Plan = WithObjectives & WithActions;

export const NO_ACTIONS: WithActions = { actions: [], milestones: [] };

const ACTIONS_LIMIT = 200;
const MILESTONES_LIMIT = 50;

export function actionFolds<State extends WithActions>(): Folds<State, PlanActionEvent> {
  const changed = (state: State, actionId: string, to: Partial<Action>): State => ({ ...state, actions: change(state.actions, actionId, to) });
  return {
    'accounts.account-plan.action-added': (state, { data: { actionId: id, provenance: _provenance, ...facts } }) => ({ ...state, actions: put(state.actions, { id, ...facts, state: 'open', rescheduled: 0 }) }),
    'accounts.account-plan.action-assigned': (state, { data: { actionId, ownerId } }) => changed(state, actionId, { ownerId }),
    'accounts.account-plan.action-dependencies-set': (state, { data: { actionId, dependsOn } }) => changed(state, actionId, { dependsOn }),
    'accounts.account-plan.action-started': (state, { data }) => changed(state, data.actionId, { state: 'in-progress' }),
    'accounts.account-plan.action-completed': (state, { data }) => changed(state, data.actionId, { state: 'done' }),
    'accounts.account-plan.action-cancelled': (state, { data }) => changed(state, data.actionId, { state: 'cancelled' }),
    'accounts.account-plan.action-rescheduled': (state, { data: { actionId, dueOn, times } }) => changed(state, actionId, { dueOn, rescheduled: times }),
    'accounts.account-plan.action-slipped': (state) => state,
    'accounts.account-plan.milestone-set': (state, { data: { milestoneId: id, ...facts } }) => ({ ...state, milestones: put(state.milestones, { id, ...facts, reached: false }) }),
    'accounts.account-plan.milestone-reached': (state, { data }) => ({ ...state, milestones: change(state.milestones, data.milestoneId, { reached: true }) }),
  };
}

export function addAction(plan: Plan, facts: PlanAction, provenance: Provenance | null): PlanActionEvent[] {
  const there = find(plan.actions, facts.actionId);
  if (there?.title === facts.title && there.objectiveId === facts.objectiveId) return [];
  assertWorkable(plan);
  if (there) throw new DomainError('plan-action-exists');
  assertRoom(plan.actions, facts.actionId, ACTIONS_LIMIT);
  if (facts.objectiveId !== null) objectiveOf(plan, facts.objectiveId);
  if (facts.startOn !== null && facts.startOn > facts.dueOn) throw new DomainError('plan-action-starts-after-due');
  facts.dependsOn.forEach((id) => actionOf(plan, id));
  return [{ type: 'accounts.account-plan.action-added', data: { ...facts, provenance } }];
}

export function assignAction(plan: Plan, actionId: string, ownerId: string): PlanActionEvent[] {
  return running(plan, actionId).ownerId === ownerId ? [] : [{ type: 'accounts.account-plan.action-assigned', data: { actionId, ownerId } }];
}

/** Everything that has to be done before the action: no circle, over any number of actions. */
export function setDependencies(plan: Plan, actionId: string, dependsOn: readonly string[]): PlanActionEvent[] {
  const action = running(plan, actionId);
  if (sameContent(action.dependsOn.toSorted(), dependsOn.toSorted())) return [];
  const before = new Set(dependsOn);
  for (const id of before) for (const further of actionOf(plan, id).dependsOn) before.add(further);
  if (before.has(actionId)) throw new DomainError('plan-action-cycle');
  return [{ type: 'accounts.account-plan.action-dependencies-set', data: { actionId, dependsOn } }];
}

export function startAction(plan: Plan, actionId: string): PlanActionEvent[] {
  const action = running(plan, actionId);
  if (action.state === 'in-progress') return [];
  if (action.ownerId === null) throw new DomainError('plan-action-unassigned');
  assertNothingOpen(plan, action.dependsOn, 'plan-action-waits');
  return [{ type: 'accounts.account-plan.action-started', data: { actionId } }];
}

export function completeAction(plan: Plan, actionId: string, note: string | null): PlanActionEvent[] {
  if (actionOf(plan, actionId).state === 'done') return [];
  const { state, dependsOn } = running(plan, actionId);
  assertNothingOpen(plan, dependsOn, 'plan-action-waits');
  if (state === 'open') throw new DomainError('plan-action-not-started');
  return [{ type: 'accounts.account-plan.action-completed', data: { actionId, note } }];
}

export function cancelAction(plan: Plan, actionId: string, reason: string): PlanActionEvent[] {
  if (actionOf(plan, actionId).state === 'cancelled') return [];
  running(plan, actionId);
  return [{ type: 'accounts.account-plan.action-cancelled', data: { actionId, reason } }];
}

/** `untilAlert`: from which rescheduling on the director is told, by the policy of the day. */
export function rescheduleAction(plan: Plan, facts: { actionId: string; dueOn: string; reason: string }, untilAlert: number): PlanActionEvent[] {
  const { title, startOn, dueOn, rescheduled } = running(plan, facts.actionId);
  if (dueOn === facts.dueOn) return [];
  if (startOn !== null && startOn > facts.dueOn) throw new DomainError('plan-action-starts-after-due');
  const times = rescheduled + 1;
  const moved: PlanActionEvent = { type: 'accounts.account-plan.action-rescheduled', data: { ...facts, times } };
  if (times < untilAlert) return [moved];
  return [moved, { type: 'accounts.account-plan.action-slipped', data: { actionId: facts.actionId, title, dueOn: facts.dueOn, times } }];
}

export function setMilestone(plan: Plan, facts: { milestoneId: string; title: string; dueOn: string; actionIds: readonly string[] }): PlanActionEvent[] {
  assertWorkable(plan);
  const { milestoneId: id, ...content } = facts;
  const there = find(plan.milestones, id);
  if (there && sameContent(there, { id, ...content, reached: there.reached })) return [];
  if (there?.reached) throw new DomainError('plan-milestone-reached');
  assertRoom(plan.milestones, id, MILESTONES_LIMIT);
  facts.actionIds.forEach((actionId) => actionOf(plan, actionId));
  return [{ type: 'accounts.account-plan.milestone-set', data: facts }];
}

export function reachMilestone(plan: Plan, milestoneId: string, note: string | null): PlanActionEvent[] {
  assertWorkable(plan);
  const milestone = find(plan.milestones, milestoneId);
  if (!milestone) throw new DomainError('plan-milestone-unknown');
  if (milestone.reached) return [];
  assertNothingOpen(plan, milestone.actionIds, 'plan-milestone-waits');
  return [{ type: 'accounts.account-plan.milestone-reached', data: { milestoneId, note } }];
}

const isOpen = ({ state }: Action): boolean => state === 'open' || state === 'in-progress';

export const openActions = ({ actions }: WithActions): readonly string[] => actions.filter(isOpen).map(({ id }) => id);

/** The action; refuses one that is not in the plan. */
export function actionOf({ actions }: WithActions, actionId: string): Action {
  const action = find(actions, actionId);
  if (!action) throw new DomainError('plan-action-unknown');
  return action;
}

/** The action, of a plan in which work goes on; refuses one that is done or cancelled. */
function running(plan: Plan, actionId: string): Action {
  assertWorkable(plan);
  const action = actionOf(plan, actionId);
  if (!isOpen(action)) throw new DomainError('plan-action-ended', { state: action.state });
  return action;
}

function assertNothingOpen({ actions }: WithActions, ids: readonly string[], code: string): void {
  const open = actions.filter((action) => ids.includes(action.id) && isOpen(action)).map(({ title }) => title);
  if (open.length > 0) throw new DomainError(code, { actions: open });
}
