import { describe, expect, it } from '@jest/globals';
import type { MarketingPlanEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { active, aim, allocated, approved, closed, committed, drafted, submitted, told } from './marketing-plan.facts.js';
import { align, close, defineStrategy, draft, known, type KnownMarketingPlan, type MarketingPlan, marketingPlan, marketingPlanLife as life, marketingPlanObjectives as objectives, missingFrom } from './marketing-plan.aggregate.js';

const on =
  (decide: (plan: KnownMarketingPlan) => readonly MarketingPlanEvent[]) =>
  (plan: MarketingPlan): readonly MarketingPlanEvent[] =>
    decide(known(plan));
const axes = { axes: [{ code: 'circular', label: { en: 'Circular economy', fr: 'Économie circulaire' } }] };
const none = { axes: [] };
const strategy = { ambition: 'Known', audience: 'Fleet managers', proposition: 'Cheaper per km', levers: ['digital'] };
const facts = { accountId: 'acme', title: 'Fleet', fiscalYear: 2026, currency: 'EUR', provenance: null };
const aligned = told('aligned-with-axis', { axisCode: 'circular' });
const strategyDefined = told('strategy-defined', strategy);
const objectiveSet = told('objective-set', { ...aim, provenance: null });

describe('a marketing plan', () => {
  it('is drafted once', () => {
    given(marketingPlan).when((plan) => draft(plan, facts)).then(drafted);
    given(marketingPlan, drafted).when((plan) => draft(plan, facts)).thenNothing();
    given(marketingPlan, drafted).when((plan) => draft(plan, { ...facts, title: 'Other' })).thenRefused('plan-exists');
  });
  it('that is not there cannot be changed', () => given(marketingPlan).when(on((plan) => defineStrategy(plan, strategy))).thenRefused('plan-unknown'));
  it('lies with its account on the topic', () => expect(marketingPlan.partitionKey!(drafted)).toBe('acme'));

  it('is aligned with an axis that is in force on the day, once', () => {
    given(marketingPlan, drafted).when(on((plan) => align(plan, 'circular', axes))).then(aligned);
    given(marketingPlan, drafted, aligned).when(on((plan) => align(plan, 'circular', axes))).thenNothing();
    given(marketingPlan, drafted).when(on((plan) => align(plan, 'circular', none))).thenRefused('marketing-axis-not-in-force', { axisCode: 'circular' });
    given(marketingPlan, drafted, submitted).when(on((plan) => align(plan, 'circular', axes))).thenRefused('plan-not-draft');
  });
  it('has its strategy defined, once', () => {
    given(marketingPlan, drafted).when(on((plan) => defineStrategy(plan, strategy))).then(strategyDefined);
    given(marketingPlan, drafted, strategyDefined).when(on((plan) => defineStrategy(plan, strategy))).thenNothing();
    given(marketingPlan, drafted, submitted).when(on((plan) => defineStrategy(plan, strategy))).thenRefused('plan-not-draft');
  });
  it('has objectives that are set and revised', () => {
    const set = (changed: object) => on((plan) => objectives.set(plan, { ...aim, ...changed }, { today: '2026-03-01', reason: 'merger', provenance: null }));
    given(marketingPlan, drafted).when(set({})).then(objectiveSet);
    given(marketingPlan, drafted, objectiveSet).when(set({ target: 10 })).then(told('objective-revised', { ...aim, target: 10, reason: 'merger', provenance: null }));
    given(marketingPlan, drafted).when(set({ target: 4 })).thenRefused('plan-objective-baseline-is-target');
  });
});

describe('the submission of a marketing plan', () => {
  const complete = [drafted, aligned, strategyDefined, objectiveSet, allocated(10_000)];
  const missing = (past: readonly MarketingPlanEvent[], inForce = axes) => {
    let lacking: readonly string[] = [];
    given(marketingPlan, ...past).when(on((plan) => ((lacking = missingFrom(plan, inForce)), []))).thenNothing();
    return lacking;
  };

  it('lacks nothing when everything is there', () => expect(missing(complete)).toEqual([]));
  it('says everything that an empty draft lacks', () => expect(missing([drafted])).toEqual(['axis', 'strategy', 'objective', 'budget']));
  it('wants an axis that is in force on the day, also when it was when the plan was aligned', () => expect(missing(complete, none)).toEqual(['axis-in-force']));
  it('of a revision covers what is committed', () =>
    expect(missing([...complete, submitted, approved, told('activated', { version: 1 }), told('revised', { version: 2, reason: 'x' }), allocated(500), committed('stand', 600)])).toEqual(['budget-for-commitments']));
  it('is decided by somebody else', () => given(marketingPlan, ...complete, submitted).when(on((plan) => life.approve(plan, { approvedById: 'anna', note: null }, []))).thenRefused('plan-approver-is-submitter'));
  it('is approved once', () => {
    const approve = on((plan) => life.approve(plan, { approvedById: 'dora', note: null }, []));
    given(marketingPlan, ...complete, submitted).when(approve).then(approved);
    given(marketingPlan, ...complete, submitted, approved).when(approve).thenNothing();
  });
  it('leads to a plan that ends once', () => {
    given(marketingPlan, ...active).when(on((plan) => close(plan, 'year over'))).then(closed);
    given(marketingPlan, ...active, closed).when(on((plan) => close(plan, 'year over'))).thenNothing();
  });
});
