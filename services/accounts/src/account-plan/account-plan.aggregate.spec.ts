import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES, KEY_PERSON_ROLES, SWOT_QUADRANTS } from '@keyfold/contracts';
import type { AccountPlanEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { type AccountPlan, accountPlan, accountPlanLife as life, accountPlanObjectives as objectives, close, draft, known, type KnownAccountPlan, withdraw } from './account-plan.aggregate.js';
import { missingFrom } from './account-plan.submission.aggregate.js';
import { actionAdded, activated, active, aim, approved, byHand, cell, centre, closed, drafted, objectiveSet, potential, submitted, told } from './account-plan.facts.js';

const facts = { accountId: 'acme', fiscalYear: 2026, currency: 'EUR', provenance: null };
/** A decision on a plan that is there. */
const on =
  (decide: (plan: KnownAccountPlan) => readonly AccountPlanEvent[]) =>
  (plan: AccountPlan): readonly AccountPlanEvent[] =>
    decide(known(plan));

describe('a plan', () => {
  it('is drafted for an account and a fiscal year', () => given(accountPlan).when((plan) => draft(plan, facts)).then(drafted));
  it('is drafted once', () => given(accountPlan, drafted).when((plan) => draft(plan, facts)).thenNothing());
  it('is not drafted over another one', () => given(accountPlan, drafted).when((plan) => draft(plan, { ...facts, fiscalYear: 2027 })).thenRefused('plan-exists'));
  it('that is not there cannot be submitted', () => given(accountPlan).when(on((plan) => life.submit(plan, 'anna', []))).thenRefused('plan-unknown'));
  it('lies with its account on the topic', () => expect(accountPlan.partitionKey!(drafted)).toBe('acme'));
});

describe('an imported plan', () => {
  const provenance = { source: 'crm', entity: 'plans', rowKey: 'P1', run: 'crm-1' };
  const imported = told('drafted', { ...facts, provenance });
  const withdrawn = told('withdrawn', { reason: 'undo', objectiveIds: ['sow'], actionIds: ['find'] });
  const part = { provenance: { ...provenance, entity: 'objectives', rowKey: 'O1' } };
  const find = { actionId: 'find', title: 'Find them', ownerId: null, startOn: null, dueOn: '2026-06-30', objectiveId: null, dependsOn: [] };
  const all = [imported, told('objective-set', { ...aim, ...part }), told('objective-revised', { ...aim, target: 33, reason: null, ...part }), told('action-added', { ...find, ...part })] as const;

  it('is taken back with all that the import said, once', () => {
    given(accountPlan, ...all).when((plan) => withdraw(plan, 'undo')).then({ ...withdrawn, supersedes: [1, 2, 3, 4] } as AccountPlanEvent);
    given(accountPlan, ...all, withdrawn).when((plan) => withdraw(plan, 'undo')).thenNothing();
  });
  it('stays once somebody worked on it', () => {
    for (const work of [told('action-assigned', { actionId: 'find', ownerId: 'bea' }), told('objective-dropped', { objectiveId: 'sow', reason: 'no' }), centre, submitted])
      given(accountPlan, ...all, work).when((plan) => withdraw(plan, 'undo')).thenRefused('withdraw-built-upon');
  });
  it('stays once its own kinds of facts were said by hand, or by another import', () => {
    const other = { provenance: { ...provenance, run: 'crm-2' } };
    const added = (said: typeof byHand | typeof other) => [told('objective-set', { ...aim, objectiveId: 'nps', ...said }), told('objective-revised', { ...aim, target: 40, reason: 'won', ...said }), told('action-added', { ...find, actionId: 'visit', ...said })];
    for (const work of [...added(byHand), ...added(other)]) given(accountPlan, ...all, work).when((plan) => withdraw(plan, 'undo')).thenRefused('withdraw-built-upon');
  });
  it('is drafted anew, and is nothing before', () => {
    given(accountPlan, ...all, withdrawn).when((plan) => draft(plan, { ...facts, provenance })).then(imported);
    given(accountPlan, ...all, withdrawn).when(on((plan) => life.submit(plan, 'anna', []))).thenRefused('plan-unknown');
  });
  it('is drafted anew for its own account alone', () => given(accountPlan, ...all, withdrawn).when((plan) => draft(plan, { ...facts, accountId: 'other', provenance })).thenRefused('plan-elsewhere'));
  it('that was not imported is not taken back', () => {
    given(accountPlan, drafted).when((plan) => withdraw(plan, 'undo')).thenRefused('withdraw-not-imported');
    given(accountPlan).when((plan) => withdraw(plan, 'undo')).thenRefused('plan-unknown');
  });
});

describe('the life of a plan', () => {
  const submit = on((plan) => life.submit(plan, 'anna', []));
  const recall = on((plan) => life.recall(plan, 'too early'));
  const approve = on((plan) => life.approve(plan, { approvedById: 'dora', note: null }, []));
  const reject = on((plan) => life.reject(plan, 'dora', 'thin'));
  const rework = on((plan) => life.rework(plan));
  const activate = on((plan) => life.activate(plan));
  const revise = on((plan) => life.revise(plan, 'merger'));
  const end = on((plan) => close(plan, 'year over'));
  const recalled = told('recalled', { version: 1, reason: 'too early' });
  const rejected = told('rejected', { version: 1, rejectedById: 'dora', reason: 'thin' });
  const reworked = told('reworked', { version: 1 });
  const revised = told('revised', { version: 2, reason: 'merger' });

  it('a draft is submitted, once', () => {
    given(accountPlan, drafted).when(submit).then(submitted);
    given(accountPlan, drafted, submitted).when(submit).thenNothing();
  });
  it('a draft is not submitted while something is missing; all of it is said', () =>
    given(accountPlan, drafted).when(on((plan) => life.submit(plan, 'anna', ['objective', 'whitespace']))).thenRefused('plan-incomplete', { missing: ['objective', 'whitespace'] }));
  it('a submitted plan is recalled, once', () => {
    given(accountPlan, drafted, submitted).when(recall).then(recalled);
    given(accountPlan, drafted, submitted, recalled).when(recall).thenNothing();
  });
  it('a draft cannot be recalled', () => given(accountPlan, drafted).when(recall).thenRefused('plan-not-submitted'));
  it('a submitted plan is approved, once', () => {
    given(accountPlan, drafted, submitted).when(approve).then(approved);
    given(accountPlan, drafted, submitted, approved).when(approve).thenNothing();
  });
  it('nobody approves or rejects what he submitted himself', () => {
    given(accountPlan, drafted, submitted).when(on((plan) => life.approve(plan, { approvedById: 'anna', note: null }, []))).thenRefused('plan-approver-is-submitter');
    given(accountPlan, drafted, submitted).when(on((plan) => life.reject(plan, 'anna', 'x'))).thenRefused('plan-approver-is-submitter');
  });
  it('an approval is judged by the rules of its own day', () =>
    given(accountPlan, drafted, submitted).when(on((plan) => life.approve(plan, { approvedById: 'dora', note: null }, ['whitespace']))).thenRefused('plan-incomplete', { missing: ['whitespace'] }));
  it('a draft cannot be approved', () => given(accountPlan, drafted).when(approve).thenRefused('plan-not-submitted', { status: 'draft' }));
  it('a submitted plan is rejected, once', () => {
    given(accountPlan, drafted, submitted).when(reject).then(rejected);
    given(accountPlan, drafted, submitted, rejected).when(reject).thenNothing();
    given(accountPlan, drafted, submitted, approved).when(reject).thenRefused('plan-not-submitted');
  });
  it('a rejected or recalled plan is reworked into a draft, once', () => {
    given(accountPlan, drafted, submitted, rejected).when(rework).then(reworked);
    given(accountPlan, drafted, submitted, recalled).when(rework).then(reworked);
    given(accountPlan, drafted, submitted, recalled, reworked).when(rework).thenNothing();
    given(accountPlan, drafted, submitted).when(rework).thenRefused('plan-not-to-rework');
    given(accountPlan, drafted, submitted, recalled).when(submit).thenRefused('plan-not-draft', { status: 'recalled' });
  });
  it('an approved plan comes into force, once', () => {
    given(accountPlan, drafted, submitted, approved).when(activate).then(activated);
    given(accountPlan, ...active).when(activate).thenNothing();
    given(accountPlan, drafted, submitted).when(activate).thenRefused('plan-not-approved');
  });
  it('an active plan is revised into a draft of the next version, once', () => {
    given(accountPlan, ...active).when(revise).then(revised);
    given(accountPlan, ...active, revised).when(revise).thenNothing();
    given(accountPlan, drafted).when(revise).thenRefused('plan-not-active');
  });
  it('a revision goes the same way, in its own version', () => {
    given(accountPlan, ...active, revised).when(submit).then(told('submitted', { version: 2, submittedById: 'anna' }));
    given(accountPlan, ...active, revised, told('submitted', { version: 2, submittedById: 'anna' }), approved).when(activate).then(told('activated', { version: 2 }));
  });
  it('a plan in force is closed with what was left open, once', () => {
    given(accountPlan, ...active, objectiveSet, actionAdded('visit')).when(end).then(told('closed', { reason: 'year over', openObjectiveIds: ['sow'], openActionIds: ['visit'] }));
    given(accountPlan, ...active, revised).when(end).then(closed);
    given(accountPlan, ...active, closed).when(end).thenNothing();
    given(accountPlan, drafted).when(end).thenRefused('plan-not-in-force');
  });
});

describe('the submission', () => {
  const items = SWOT_QUADRANTS.map((quadrant) => told('swot-item-recorded', { itemId: quadrant, quadrant, perspective: 'ours', text: 'x' }));
  const people = KEY_PERSON_ROLES.map((role) => told('key-person-named', { role, stakeholderId: role }));
  const estimated = (offeringId: string) => told('potential-estimated', { ...potential(100), offeringId });
  const offerings = ['a', 'b', 'c', 'd', 'e'];
  const complete = [drafted, objectiveSet, ...items, ...people, centre, ...['a', 'b', 'c', 'd'].map(estimated)];
  const missing = (past: readonly AccountPlanEvent[], { policy = DEFAULT_POLICIES.plans, departedIds = [] as readonly string[] } = {}) => {
    let lacking: readonly string[] = [];
    given(accountPlan, ...past).when(on((plan) => ((lacking = missingFrom(plan, { policy, offeringIds: offerings, departedIds })), []))).thenNothing();
    return lacking;
  };

  it('lacks nothing when everything is there, four cells of five', () => expect(missing(complete)).toEqual([]));
  it('says everything that an empty draft lacks', () =>
    expect(missing([drafted])).toEqual([
      'objective', 'swot-strength', 'swot-weakness', 'swot-opportunity', 'swot-threat', 'key-person-sponsor', 'key-person-decision-maker', 'key-person-champion', 'buying-centre',
    ]));
  it('wants four of five cells estimated', () => expect(missing(complete.slice(0, -1))).toEqual(['whitespace']));
  it('counts no cell that is not eligible', () => expect(missing([...complete.slice(0, -1), told('cell-excluded', { ...cell, offeringId: 'e', reason: 'x' })])).toEqual(['whitespace']));
  it('forgets an estimate that was contradicted', () =>
    expect(missing([...complete, told('potential-contradicted', { ...cell, offeringId: 'a', potential: potential(100).potential, revenue: potential(200).potential })])).toEqual(['whitespace']));
  it('takes an action for a key person that nobody is yet, until it is given up', () => {
    const gap = [...complete, actionAdded('find'), told('key-person-gap-recorded', { role: 'champion', actionId: 'find' })];
    expect(missing(gap)).toEqual([]);
    expect(missing([...gap, told('action-cancelled', { actionId: 'find', reason: 'x' })])).toEqual(['key-person-champion']);
  });
  it('wants somebody else for a key person who has left', () => expect(missing(complete, { departedIds: ['sponsor'] })).toEqual(['key-person-sponsor']));
  it('is judged by the policy that it is given', () =>
    expect(missing(complete, { policy: { ...DEFAULT_POLICIES.plans, swotItemsPerQuadrant: 2, whitespaceCoveragePercent: 100 } })).toEqual(['swot-strength', 'swot-weakness', 'swot-opportunity', 'swot-threat', 'whitespace']));
  it('needs an objective that is not dropped', () => expect(missing([...complete, told('objective-dropped', { objectiveId: 'sow', reason: 'x' })])).toEqual(['objective']));
});

describe('an objective', () => {
  const today = { today: '2026-03-01', reason: null, ...byHand };
  const set = (changed: object) => on((plan) => objectives.set(plan, { ...aim, ...changed }, today));
  const progress = (value: number, measuredOn = '2026-06-30') => on((plan) => objectives.progress(plan, { objectiveId: 'sow', value, measuredOn, note: null }, '2026-12-31'));
  const after = '2026-12-31T23:00:00.000Z';
  const miss = (now: string) => on((plan) => objectives.miss(plan, 'sow', now));
  const recorded = (value: number, measuredOn = '2026-06-30') => told('objective-progress-recorded', { objectiveId: 'sow', value, measuredOn, note: null });
  const achieved = (value: number) => told('objective-achieved', { objectiveId: 'sow', value });
  const missed = told('objective-missed', { objectiveId: 'sow', value: null });
  const running = [drafted, objectiveSet, submitted, approved, activated];

  it('is set in a draft, once', () => {
    given(accountPlan, drafted).when(set({})).then(objectiveSet);
    given(accountPlan, drafted, objectiveSet).when(set({})).thenNothing();
  });
  it('said again as it is is nothing, wherever the plan stands by now', () => {
    given(accountPlan, drafted, objectiveSet, submitted).when(set({})).thenNothing();
    given(accountPlan, ...running, closed).when(set({})).thenNothing();
    given(accountPlan, drafted, objectiveSet, submitted).when(set({ target: 28 })).thenRefused('plan-not-draft', { status: 'submitted' });
  });
  it('is revised under its id', () => given(accountPlan, drafted, objectiveSet).when(set({ target: 28 })).then(told('objective-revised', { ...aim, target: 28, reason: null, ...byHand })));
  it('needs a target that is not its baseline', () => given(accountPlan, drafted).when(set({ target: 22 })).thenRefused('plan-objective-baseline-is-target'));
  it('is not due in the past', () => given(accountPlan, drafted).when(set({ dueOn: '2026-02-28' })).thenRefused('plan-objective-due-in-the-past', { today: '2026-03-01' }));
  it('of an active plan changes by a revision alone', () => given(accountPlan, ...running).when(set({ target: 28 })).thenRefused('plan-not-draft', { status: 'active' }));
  it('is dropped with a reason, once', () => {
    const drop = on((plan) => objectives.drop(plan, 'sow', 'merged'));
    const dropped = told('objective-dropped', { objectiveId: 'sow', reason: 'merged' });
    given(accountPlan, drafted, objectiveSet).when(drop).then(dropped);
    given(accountPlan, drafted, objectiveSet, dropped).when(drop).thenNothing();
    given(accountPlan, drafted).when(drop).thenRefused('plan-objective-unknown');
  });
  it('is one of fifty at most', () => {
    const full = Array.from({ length: 50 }, (_, i) => told('objective-set', { ...aim, objectiveId: `o${i}`, ...byHand }));
    given(accountPlan, drafted, ...full).when(set({})).thenRefused('plan-full', { limit: 50 });
  });

  it('is measured while the plan is in force, each value once', () => {
    given(accountPlan, ...running).when(progress(26)).then(recorded(26));
    given(accountPlan, ...running, recorded(26)).when(progress(26)).thenNothing();
    given(accountPlan, drafted, objectiveSet).when(progress(26)).thenRefused('plan-not-in-force');
    given(accountPlan, ...running, closed).when(progress(26)).thenRefused('plan-closed');
  });
  it('stands where it was on its last day, whatever is heard of late', () => {
    given(accountPlan, ...running, recorded(26), recorded(24, '2026-03-31')).when(progress(26)).thenNothing();
    given(accountPlan, ...running, recorded(26), recorded(24, '2026-03-31')).when(progress(24, '2026-03-31')).thenNothing();
    given(accountPlan, ...running, recorded(26), recorded(24, '2026-03-31')).when(miss(after)).then(told('objective-missed', { objectiveId: 'sow', value: 26 }));
  });
  it('is not measured in the future', () => given(accountPlan, ...running).when(progress(26, '2027-01-01')).thenRefused('plan-measured-in-the-future'));
  it('is achieved by the first value that reaches the target', () => {
    given(accountPlan, ...running).when(progress(31)).then(recorded(31), achieved(31));
    given(accountPlan, ...running, recorded(31), achieved(31)).when(progress(33)).then(recorded(33));
  });
  it('whose target lies below the baseline is achieved from above', () => {
    const fewer = [drafted, told('objective-set', { ...aim, baseline: 10, target: 4, ...byHand }), submitted, approved, activated];
    given(accountPlan, ...fewer).when(progress(5)).then(recorded(5));
    given(accountPlan, ...fewer).when(progress(4)).then(recorded(4), achieved(4));
  });
  it('was achieved in time also when that is heard of after it was said to be missed', () => given(accountPlan, ...running, missed).when(progress(32)).then(recorded(32), achieved(32)));

  it('is missed after its due date, once', () => {
    given(accountPlan, ...running).when(miss(after)).then(missed);
    given(accountPlan, ...running, missed).when(miss(after)).thenNothing();
    given(accountPlan, ...running).when(miss(aim.dueAt)).thenNothing();
  });
  it('is missed with the last value measured', () => given(accountPlan, ...running, recorded(26)).when(miss(after)).then(told('objective-missed', { objectiveId: 'sow', value: 26 })));
  it('of a draft, or one that was achieved or dropped, is not missed', () => {
    given(accountPlan, drafted, objectiveSet).when(miss(after)).thenNothing();
    given(accountPlan, ...running, recorded(31), achieved(31)).when(miss(after)).thenNothing();
  });
});
