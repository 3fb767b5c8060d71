import { describe, expect, it } from '@jest/globals';
import type { MarketingPlanEvent, ResourceAllocation } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { active, allocated, approved, campaignPlanned, closed, committed, drafted, eur, invoice, order, spent, submitted, told } from './marketing-plan.facts.js';
import { known, type KnownMarketingPlan, type MarketingPlan, marketingPlan } from './marketing-plan.aggregate.js';
import { allocateBudget, allocateResource, commitSpend, raiseBudget, recordSpend, releaseCommitment, releaseResource } from './marketing-plan.means.aggregate.js';
import { burnOf } from './marketing-plans.projection.js';

const on =
  (decide: (plan: KnownMarketingPlan) => readonly MarketingPlanEvent[]) =>
  (plan: MarketingPlan): readonly MarketingPlanEvent[] =>
    decide(known(plan));
const revised = told('revised', { version: 2, reason: 'merger' });
const commit = (id: string, euros: number, campaignId: string | null = null) => on((plan) => commitSpend(plan, order(id, euros, campaignId)));
const raised = (euros: number) => told('budget-raised', { lineId: 'events', ceiling: eur(euros), raisedById: 'dora', reason: 'third date' });
const released = told('commitment-released', { commitmentId: 'stand', lineId: 'events', reason: 'in house' });

describe('a budget line', () => {
  const allocate = (euros: number) => on((plan) => allocateBudget(plan, { lineId: 'events', label: 'Events', category: 'events', amount: eur(euros) }));

  it('is allocated in a draft, and changed there', () => {
    given(marketingPlan, drafted).when(allocate(10_000)).then(allocated(10_000));
    given(marketingPlan, drafted, allocated(10_000)).when(allocate(10_000)).thenNothing();
    given(marketingPlan, drafted, allocated(10_000)).when(allocate(8_000)).then(allocated(8_000));
    given(marketingPlan, ...active).when(allocate(12_000)).thenRefused('plan-not-draft', { status: 'active' });
  });
  it('is in the currency of the plan', () =>
    given(marketingPlan, drafted).when(on((plan) => allocateBudget(plan, { lineId: 'a', label: 'A', category: 'media', amount: { amountMinor: 1, currency: 'USD' } }))).thenRefused('plan-currency', { currency: 'EUR' }));
  it('of a revision is not below what is committed', () => given(marketingPlan, ...active, committed('stand', 6_000), revised).when(allocate(5_000)).thenRefused('marketing-budget-below-commitments'));

  it('that is approved is a ceiling', () => {
    given(marketingPlan, ...active).when(commit('stand', 10_000)).then(committed('stand', 10_000));
    given(marketingPlan, ...active, committed('stand', 6_000)).when(commit('film', 4_001)).thenRefused('marketing-budget-exceeded', { ceilingMinor: 1_000_000, boundMinor: 600_000, currency: 'EUR' });
  });
  it('that a director raised has room again', () => {
    const raise = (euros: number) => on((plan) => raiseBudget(plan, { lineId: 'events', ceiling: eur(euros), raisedById: 'dora', reason: 'third date' }));
    given(marketingPlan, ...active).when(raise(12_000)).then(raised(12_000));
    given(marketingPlan, ...active, raised(12_000)).when(raise(12_000)).thenNothing();
    given(marketingPlan, ...active).when(raise(9_000)).thenRefused('marketing-budget-not-raised');
    given(marketingPlan, drafted, allocated(10_000)).when(raise(12_000)).thenRefused('plan-not-in-force');
    given(marketingPlan, ...active, committed('stand', 10_000), raised(12_000)).when(commit('film', 2_000)).then(committed('film', 2_000));
  });
  it('of a revision is the ceiling from its approval on', () => {
    const bigger = [...active, revised, allocated(20_000)];
    given(marketingPlan, ...bigger).when(commit('stand', 10_001)).thenRefused('marketing-budget-exceeded');
    given(marketingPlan, ...bigger, submitted, approved).when(commit('stand', 20_000)).then(committed('stand', 20_000));
  });
});

describe('a commitment', () => {
  it('is made once, while the plan is in force', () => {
    given(marketingPlan, ...active, committed('stand', 600)).when(commit('stand', 600)).thenNothing();
    given(marketingPlan, ...active, committed('stand', 600)).when(commit('stand', 700)).thenRefused('marketing-commitment-exists');
    given(marketingPlan, drafted, allocated(10_000)).when(commit('stand', 600)).thenRefused('plan-not-in-force');
    given(marketingPlan, ...active, closed).when(commit('stand', 600)).thenRefused('plan-closed');
  });
  it('is of a line and a campaign of the plan, and more than nothing', () => {
    given(marketingPlan, ...active).when(on((plan) => commitSpend(plan, { ...order('stand', 1), lineId: 'x' }))).thenRefused('marketing-budget-line-unknown');
    given(marketingPlan, ...active).when(commit('stand', 600, 'webinars')).thenRefused('campaign-unknown');
    given(marketingPlan, ...active, campaignPlanned).when(commit('stand', 600, 'webinars')).then(committed('stand', 600, 'webinars'));
    given(marketingPlan, ...active).when(commit('stand', 0)).thenRefused('marketing-spend-zero');
  });
  it('that is released frees what was not spent of it, once', () => {
    const release = on((plan) => releaseCommitment(plan, 'stand', 'in house'));
    given(marketingPlan, ...active, committed('stand', 10_000)).when(release).then(released);
    given(marketingPlan, ...active, committed('stand', 10_000), released).when(release).thenNothing();
    given(marketingPlan, ...active, committed('stand', 10_000), spent('i1', 4_000), released).when(commit('film', 6_000)).then(committed('film', 6_000));
    given(marketingPlan, ...active, committed('stand', 10_000), spent('i1', 4_000), released).when(commit('film', 6_001)).thenRefused('marketing-budget-exceeded');
    given(marketingPlan, ...active).when(release).thenRefused('marketing-commitment-unknown');
  });
});

describe('spending', () => {
  const day = { today: '2026-06-01', tolerancePercent: 5 };
  const spend = (id: string, euros: number, changed: object = {}) => on((plan) => recordSpend(plan, { ...invoice(id, euros), ...changed }, day));
  const stand = [...active, committed('stand', 1_000)];
  const overrun = (euros: number) => told('budget-overrun-detected', { commitmentId: 'stand', lineId: 'events', committed: eur(1_000), spent: eur(euros), tolerancePercent: 5 });

  it('is recorded on a commitment, once', () => {
    given(marketingPlan, ...stand).when(spend('i1', 600)).then(spent('i1', 600));
    given(marketingPlan, ...stand, spent('i1', 600)).when(spend('i1', 600)).thenNothing();
    given(marketingPlan, ...stand, spent('i1', 600)).when(spend('i1', 700)).thenRefused('marketing-spend-exists');
    given(marketingPlan, ...active).when(spend('i1', 600)).thenRefused('marketing-commitment-unknown');
    given(marketingPlan, ...stand, released).when(spend('i1', 600)).thenRefused('marketing-commitment-released');
  });
  it('lies in the past', () => given(marketingPlan, ...stand).when(spend('i1', 600, { spentOn: '2026-06-02' })).thenRefused('marketing-in-the-future', { today: '2026-06-01' }));
  it('may exceed the commitment by five per cent', () => given(marketingPlan, ...stand, spent('i1', 1_000)).when(spend('i2', 50)).then(spent('i2', 50)));
  it('beyond that is an overrun, recorded all the same and said once', () => {
    given(marketingPlan, ...stand, spent('i1', 1_000)).when(spend('i2', 50.01)).then(spent('i2', 50.01), overrun(1_050.01));
    given(marketingPlan, ...stand, spent('i1', 1_100), overrun(1_100)).when(spend('i2', 10)).then(spent('i2', 10));
  });
  it('beyond the commitment takes room of the line', () => given(marketingPlan, ...stand, spent('i1', 1_040)).when(commit('film', 8_961)).thenRefused('marketing-budget-exceeded'));

  it('burns the budget, with what is committed apart', () => {
    const lines = [{ id: 'events', label: 'Events', category: 'events', plannedMinor: 1_000_000, ceilingMinor: 1_000_000 }];
    const one = { id: 'stand', lineId: 'events', campaignId: null, amountMinor: 600_000, supplier: null, description: 'x', released: false, overrun: false, spends: [{ id: 'i1', amountMinor: 250_000, spentOn: '2026-05-12', reference: null }] };
    expect(burnOf(lines, [one])).toEqual({ plannedMinor: 1_000_000, budgetMinor: 1_000_000, committedMinor: 600_000, spentMinor: 250_000, burnPercent: 25, overruns: 0 });
    expect(burnOf([{ ...lines[0]!, ceilingMinor: null }], [])).toMatchObject({ budgetMinor: null, burnPercent: null });
  });
});

describe('a resource', () => {
  const days: ResourceAllocation = { allocationId: 'd', kind: 'person', memberId: 'anna', name: null, personDays: 6, startOn: '2026-04-01', endOn: '2026-06-30', campaignId: null };
  const allocate = (changed: object) => on((plan) => allocateResource(plan, { ...days, ...changed }));
  const resource = told('resource-allocated', days);

  it('is allocated, once', () => {
    given(marketingPlan, drafted).when(allocate({})).then(resource);
    given(marketingPlan, drafted, resource).when(allocate({})).thenNothing();
    given(marketingPlan, drafted, submitted).when(allocate({})).thenRefused('plan-not-draft');
  });
  it('is the days of a member, or a tool or supplier by its name', () => {
    given(marketingPlan, drafted).when(allocate({ personDays: null })).thenRefused('marketing-resource-incomplete');
    given(marketingPlan, drafted).when(allocate({ kind: 'tool' })).thenRefused('marketing-resource-incomplete');
    const tool = { ...days, kind: 'tool' as const, memberId: null, personDays: null, name: 'Mailer' };
    given(marketingPlan, drafted).when(allocate(tool)).then(told('resource-allocated', tool));
  });
  it('has a time', () => given(marketingPlan, drafted).when(allocate({ endOn: '2026-03-31' })).thenRefused('marketing-ends-before-start'));
  it('is released, once', () => {
    const release = on((plan) => releaseResource(plan, 'd', 'agency'));
    const gone = told('resource-released', { allocationId: 'd', reason: 'agency' });
    given(marketingPlan, drafted, resource).when(release).then(gone);
    given(marketingPlan, drafted, resource, gone).when(release).thenNothing();
    given(marketingPlan, drafted, resource, gone).when(allocate({})).then(resource);
    given(marketingPlan, drafted).when(release).thenRefused('marketing-resource-unknown');
  });
});
