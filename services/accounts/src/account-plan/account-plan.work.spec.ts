import { describe, it } from '@jest/globals';
import type { AccountPlanEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { addAction, assignAction, cancelAction, completeAction, reachMilestone, rescheduleAction, setDependencies, setMilestone, startAction } from './account-plan.actions.aggregate.js';
import { type AccountPlan, accountPlan, known, type KnownAccountPlan } from './account-plan.aggregate.js';
import { actionAdded, active, byHand, closed, drafted, objectiveSet, submitted, told } from './account-plan.facts.js';

const on =
  (decide: (plan: KnownAccountPlan) => readonly AccountPlanEvent[]) =>
  (plan: AccountPlan): readonly AccountPlanEvent[] =>
    decide(known(plan));
const planned = { actionId: 'visit', title: 'Do visit', ownerId: 'anna', startOn: null, dueOn: '2026-06-30', objectiveId: null, dependsOn: [] };
const visit = actionAdded('visit');
const started = told('action-started', { actionId: 'visit' });
const done = told('action-completed', { actionId: 'visit', note: null });
const cancelled = told('action-cancelled', { actionId: 'visit', reason: 'plant sold' });

describe('an action', () => {
  const add = (changed: object) => on((plan) => addAction(plan, { ...planned, ...changed }, null));

  it('is added to a draft and to a plan in force, once', () => {
    given(accountPlan, drafted).when(add({})).then(visit);
    given(accountPlan, ...active).when(add({})).then(visit);
    given(accountPlan, drafted, visit).when(add({})).thenNothing();
  });
  it('is not added while the first version is being decided on, nor after the end', () => {
    given(accountPlan, drafted, submitted).when(add({})).thenRefused('plan-not-draft', { status: 'submitted' });
    given(accountPlan, ...active, closed).when(add({})).thenRefused('plan-closed');
  });
  it('said again as it is is nothing, also after the end', () => given(accountPlan, drafted, visit, submitted, closed).when(add({})).thenNothing());
  it('is not added over another one', () => given(accountPlan, drafted, visit).when(add({ title: 'Call' })).thenRefused('plan-action-exists'));
  it('serves an objective of the plan', () => {
    given(accountPlan, drafted).when(add({ objectiveId: 'sow' })).thenRefused('plan-objective-unknown');
    given(accountPlan, drafted, objectiveSet).when(add({ objectiveId: 'sow' })).then(told('action-added', { ...planned, objectiveId: 'sow', ...byHand }));
  });
  it('waits for actions of the plan', () => given(accountPlan, drafted).when(add({ dependsOn: ['call'] })).thenRefused('plan-action-unknown'));
  it('starts before it is due', () => given(accountPlan, drafted).when(add({ startOn: '2026-07-01' })).thenRefused('plan-action-starts-after-due'));

  it('is assigned, once', () => {
    given(accountPlan, drafted, visit).when(on((plan) => assignAction(plan, 'visit', 'bob'))).then(told('action-assigned', { actionId: 'visit', ownerId: 'bob' }));
    given(accountPlan, drafted, visit).when(on((plan) => assignAction(plan, 'visit', 'anna'))).thenNothing();
    given(accountPlan, drafted).when(on((plan) => assignAction(plan, 'visit', 'bob'))).thenRefused('plan-action-unknown');
  });

  const start = on((plan) => startAction(plan, 'visit'));
  it('is started, once, by somebody', () => {
    given(accountPlan, ...active, visit).when(start).then(started);
    given(accountPlan, ...active, visit, started).when(start).thenNothing();
    given(accountPlan, ...active, told('action-added', { ...planned, ownerId: null, ...byHand })).when(start).thenRefused('plan-action-unassigned');
  });
  const complete = on((plan) => completeAction(plan, 'visit', null));
  it('is completed, once', () => {
    given(accountPlan, ...active, visit, started).when(complete).then(done);
    given(accountPlan, ...active, visit, started, done).when(complete).thenNothing();
    given(accountPlan, ...active, visit).when(complete).thenRefused('plan-action-not-started');
    given(accountPlan, ...active, visit, cancelled).when(complete).thenRefused('plan-action-ended', { state: 'cancelled' });
  });
  it('is cancelled with a reason, once', () => {
    const cancel = on((plan) => cancelAction(plan, 'visit', 'plant sold'));
    given(accountPlan, ...active, visit).when(cancel).then(cancelled);
    given(accountPlan, ...active, visit, cancelled).when(cancel).thenNothing();
    given(accountPlan, ...active, visit, done).when(cancel).thenRefused('plan-action-ended', { state: 'done' });
  });

  it('is neither started nor completed before those that it waits for', () => {
    const waiting = [drafted, actionAdded('call'), actionAdded('visit', 'call')];
    given(accountPlan, ...waiting).when(start).thenRefused('plan-action-waits', { actions: ['Do call'] });
    given(accountPlan, ...waiting).when(complete).thenRefused('plan-action-waits');
    given(accountPlan, ...waiting, told('action-cancelled', { actionId: 'call', reason: 'x' })).when(start).then(started);
  });
  it('cannot wait for itself, directly or through others', () => {
    const chain = [drafted, actionAdded('a'), actionAdded('b', 'a'), actionAdded('c', 'b')];
    given(accountPlan, ...chain).when(on((plan) => setDependencies(plan, 'a', ['c']))).thenRefused('plan-action-cycle');
    given(accountPlan, ...chain).when(on((plan) => setDependencies(plan, 'a', ['a']))).thenRefused('plan-action-cycle');
    given(accountPlan, ...chain).when(on((plan) => setDependencies(plan, 'c', ['a']))).then(told('action-dependencies-set', { actionId: 'c', dependsOn: ['a'] }));
    given(accountPlan, ...chain).when(on((plan) => setDependencies(plan, 'c', ['b']))).thenNothing();
  });

  const moved = (dueOn: string, times: number) => told('action-rescheduled', { actionId: 'visit', dueOn, reason: 'strike', times });
  const reschedule = (dueOn: string, untilAlert = 3) => on((plan) => rescheduleAction(plan, { actionId: 'visit', dueOn, reason: 'strike' }, untilAlert));
  it('is rescheduled, to another day', () => {
    given(accountPlan, ...active, visit).when(reschedule('2026-07-31')).then(moved('2026-07-31', 1));
    given(accountPlan, ...active, visit).when(reschedule('2026-06-30')).thenNothing();
    given(accountPlan, ...active, visit, done).when(reschedule('2026-07-31')).thenRefused('plan-action-ended');
  });
  it('slips when it is rescheduled for the third time, or as often as the policy of the day says', () => {
    const slipped = (dueOn: string, times: number) => told('action-slipped', { actionId: 'visit', title: 'Do visit', dueOn, times });
    given(accountPlan, ...active, visit, moved('2026-07-31', 1)).when(reschedule('2026-08-31')).then(moved('2026-08-31', 2));
    given(accountPlan, ...active, visit, moved('2026-07-31', 1), moved('2026-08-31', 2)).when(reschedule('2026-09-30')).then(moved('2026-09-30', 3), slipped('2026-09-30', 3));
    given(accountPlan, ...active, visit).when(reschedule('2026-07-31', 1)).then(moved('2026-07-31', 1), slipped('2026-07-31', 1));
  });
});

describe('a milestone', () => {
  const facts = { milestoneId: 'pilot', title: 'Pilot accepted', dueOn: '2026-09-30', actionIds: ['visit'] };
  const set = told('milestone-set', facts);
  const reached = told('milestone-reached', { milestoneId: 'pilot', note: null });
  const reach = on((plan) => reachMilestone(plan, 'pilot', null));

  it('is set, once, on actions of the plan', () => {
    given(accountPlan, drafted, visit).when(on((plan) => setMilestone(plan, facts))).then(set);
    given(accountPlan, drafted, visit, set).when(on((plan) => setMilestone(plan, facts))).thenNothing();
    given(accountPlan, drafted).when(on((plan) => setMilestone(plan, facts))).thenRefused('plan-action-unknown');
  });
  it('is reached once its actions are done', () => {
    given(accountPlan, drafted, visit, set).when(reach).thenRefused('plan-milestone-waits', { actions: ['Do visit'] });
    given(accountPlan, drafted, visit, set, done).when(reach).then(reached);
    given(accountPlan, drafted, visit, set, done, reached).when(reach).thenNothing();
    given(accountPlan, drafted).when(reach).thenRefused('plan-milestone-unknown');
  });
  it('that was reached stays as it is', () =>
    given(accountPlan, drafted, visit, set, done, reached).when(on((plan) => setMilestone(plan, { ...facts, dueOn: '2026-10-31' }))).thenRefused('plan-milestone-reached'));
});
