import { describe, expect, it } from '@jest/globals';
import type { AccountPlanEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { type AccountPlan, accountPlan, known, type KnownAccountPlan } from './account-plan.aggregate.js';
import {
  estimateWallet, nameKeyPerson, recordClientKpi, recordCompetitor, recordFactor, recordKeyPersonGap, recordSwotItem, retireFactor, retireSwotItem, shareOfWallet,
} from './account-plan.environment.aggregate.js';
import { actionAdded, active, cell, centre, drafted, estimate, eur, potential, submitted, told } from './account-plan.facts.js';
import { coverageOf, eligibleCells, estimatePotential, excludeCell, includeCell, penetrationOf, recordBuyingCentre, recordCellRevenue, whitespaceOf } from './account-plan.whitespace.aggregate.js';
import { categoryShares } from './plan-environments.projection.js';

const on =
  (decide: (plan: KnownAccountPlan) => readonly AccountPlanEvent[]) =>
  (plan: AccountPlan): readonly AccountPlanEvent[] =>
    decide(known(plan));

describe('what is known of the account', () => {
  const item = { itemId: 'i', quadrant: 'strength', perspective: 'ours', text: 'Certified' } as const;
  const factor = { factorId: 'f', dimension: 'legal', effect: 'unfavourable', text: 'New directive' } as const;
  const kpi = { code: 'stock-days', label: 'Days of stock', value: 41, unit: 'days', measuredOn: '2026-01-31' };

  it.each([
    ['a SWOT item', on((plan) => recordSwotItem(plan, item)), told('swot-item-recorded', item)],
    ['a factor', on((plan) => recordFactor(plan, factor)), told('environment-factor-recorded', factor)],
    ['a figure of the client', on((plan) => recordClientKpi(plan, kpi)), told('client-kpi-recorded', kpi)],
    ['a buying centre', on((plan) => recordBuyingCentre(plan, { buyingCentreId: 'lyon', name: 'Lyon plant', accountId: null })), centre],
    ['a key person', on((plan) => nameKeyPerson(plan, 'sponsor', 'ms-x')), told('key-person-named', { role: 'sponsor', stakeholderId: 'ms-x' })],
  ] as const)('%s is recorded in a draft and in an active plan, once, but not under the eyes of whoever decides', (_what, record, event) => {
    given(accountPlan, drafted).when(record).then(event);
    given(accountPlan, ...active).when(record).then(event);
    given(accountPlan, drafted, event).when(record).thenNothing();
    given(accountPlan, drafted, submitted).when(record).thenRefused('plan-not-draft', { status: 'submitted' });
  });
  it('an item and a factor are retired, once', () => {
    given(accountPlan, drafted, told('swot-item-recorded', item)).when(on((plan) => retireSwotItem(plan, 'i', 'old'))).then(told('swot-item-retired', { itemId: 'i', reason: 'old' }));
    given(accountPlan, drafted).when(on((plan) => retireSwotItem(plan, 'i', 'old'))).thenNothing();
    given(accountPlan, drafted, told('environment-factor-recorded', factor)).when(on((plan) => retireFactor(plan, 'f', 'old'))).then(told('environment-factor-retired', { factorId: 'f', reason: 'old' }));
    given(accountPlan, drafted).when(on((plan) => retireFactor(plan, 'f', 'old'))).thenNothing();
  });
  it('a key person whom nobody is yet has an action of the plan', () => {
    const gap = on((plan) => recordKeyPersonGap(plan, 'champion', 'find'));
    given(accountPlan, drafted).when(gap).thenRefused('plan-action-unknown');
    given(accountPlan, drafted, actionAdded('find')).when(gap).then(told('key-person-gap-recorded', { role: 'champion', actionId: 'find' }));
    given(accountPlan, drafted, actionAdded('find'), told('action-cancelled', { actionId: 'find', reason: 'x' })).when(gap).thenRefused('plan-action-ended');
  });
});

describe('shares of a category', () => {
  const position = (competitor: string, sharePercent: number) => ({ competitor, category: 'packaging', sharePercent, contractEndsOn: null, ...estimate });
  const wallet = (spend: number, ours: number) => ({ category: 'packaging', spend: eur(spend), ourRevenue: eur(ours), ...estimate });
  const norvexa = told('competitor-position-recorded', position('Norvexa', 45));
  const quarter = told('wallet-estimated', wallet(10_000, 2_500));

  it('are 25 % for 2 500 of 10 000, and nothing known where nothing is spent', () => {
    expect(shareOfWallet({ spend: eur(10_000), ourRevenue: eur(2_500) })).toBe(25);
    expect(shareOfWallet({ spend: eur(0), ourRevenue: eur(0) })).toBeNull();
    expect(shareOfWallet(undefined)).toBeNull();
  });
  it('of competitors and ours are 100 % at most', () => {
    given(accountPlan, drafted, quarter).when(on((plan) => recordCompetitor(plan, position('Norvexa', 75)))).then(told('competitor-position-recorded', position('Norvexa', 75)));
    given(accountPlan, drafted, quarter, norvexa).when(on((plan) => recordCompetitor(plan, position('Sarto', 31)))).thenRefused('plan-shares-above-100', { category: 'packaging', sum: 101 });
    given(accountPlan, drafted, norvexa).when(on((plan) => estimateWallet(plan, wallet(10_000, 6_000)))).thenRefused('plan-shares-above-100', { category: 'packaging', sum: 105 });
  });
  it('a competitor of another category counts there', () =>
    given(accountPlan, drafted, quarter, norvexa).when(on((plan) => recordCompetitor(plan, { ...position('Sarto', 90), category: 'transport' }))).then(told('competitor-position-recorded', { ...position('Sarto', 90), category: 'transport' })));
  it('are recorded once; a share of nothing takes the competitor out', () => {
    given(accountPlan, drafted, norvexa).when(on((plan) => recordCompetitor(plan, position('Norvexa', 45)))).thenNothing();
    given(accountPlan, drafted).when(on((plan) => recordCompetitor(plan, position('Norvexa', 0)))).thenNothing();
    given(accountPlan, drafted, norvexa).when(on((plan) => recordCompetitor(plan, position('Norvexa', 0)))).then(told('competitor-position-recorded', position('Norvexa', 0)));
  });
  it('what the client spends is not less than what it spends with us, and in the currency of the plan', () => {
    given(accountPlan, drafted).when(on((plan) => estimateWallet(plan, wallet(100, 101)))).thenRefused('plan-wallet-below-revenue');
    given(accountPlan, drafted).when(on((plan) => estimateWallet(plan, { ...wallet(100, 10), spend: { amountMinor: 1, currency: 'USD' } }))).thenRefused('plan-currency', { currency: 'EUR' });
    given(accountPlan, drafted, quarter).when(on((plan) => estimateWallet(plan, wallet(10_000, 2_500)))).thenNothing();
  });
  it('leave a rest that is not allocated, which is not known while ours is not', () => {
    const competitors = [{ id: 'packaging:Norvexa', ...position('Norvexa', 45) }, { id: 'packaging:Sarto', ...position('Sarto', 10) }];
    const [shares] = categoryShares({ wallets: [{ id: 'packaging', ...wallet(10_000, 2_500) }], competitors }, '2026-03-01');
    expect(shares).toMatchObject({ category: 'packaging', ourPercent: 25, unallocatedPercent: 20 });
    expect(categoryShares({ wallets: [], competitors }, '2026-03-01')).toMatchObject([{ ourPercent: null, standing: null, estimate: null, unallocatedPercent: null }]);
  });
  it('make us a backup below 10 % and a strategic supplier above 60 %', () => {
    const standing = (ours: number) => categoryShares({ wallets: [{ id: 'packaging', ...wallet(1_000, ours) }], competitors: [] }, '2026-03-01')[0]!.standing;
    expect([99, 100, 600, 601].map(standing)).toEqual(['backup', 'regular', 'regular', 'strategic']);
  });
  it('rest on an estimate that is out of date after a year', () => {
    const stale = (today: string) => categoryShares({ wallets: [{ id: 'packaging', ...wallet(1_000, 1) }], competitors: [] }, today)[0]!.estimate!.stale;
    expect([stale('2027-01-15'), stale('2027-01-16')]).toEqual([false, true]);
  });
});

describe('a cell of the whitespace', () => {
  const estimated = told('potential-estimated', potential(10_000));
  const estimating = (euros: number, changed: object = {}) => on((plan) => estimatePotential(plan, { ...potential(euros), ...changed }));
  const revenue = (euros: number) => ({ ...cell, revenue: eur(euros), asOf: '2026-06-30' });
  const earning = (euros: number) => on((plan) => recordCellRevenue(plan, revenue(euros)));

  it('is estimated with its source, once', () => {
    given(accountPlan, drafted, centre).when(estimating(10_000)).then(estimated);
    given(accountPlan, drafted, centre, estimated).when(estimating(10_000)).thenNothing();
    given(accountPlan, drafted, centre, estimated).when(estimating(12_000)).then(told('potential-estimated', potential(12_000)));
  });
  it('belongs to a buying centre of the plan', () => given(accountPlan, drafted).when(estimating(10_000)).thenRefused('plan-buying-centre-unknown'));
  it('is in the currency of the plan', () => given(accountPlan, drafted, centre).when(estimating(1, { potential: { amountMinor: 1, currency: 'USD' } })).thenRefused('plan-currency'));
  it('is addressable in part at most', () => given(accountPlan, drafted, centre).when(estimating(100, { addressable: eur(101) })).thenRefused('plan-addressable-above-potential'));
  it('is not estimated below what it buys', () => given(accountPlan, drafted, centre, told('cell-revenue-recorded', revenue(200))).when(estimating(100)).thenRefused('plan-potential-below-revenue'));

  it('buys from us, as of a day, recorded once', () => {
    given(accountPlan, drafted, centre, estimated).when(earning(2_500)).then(told('cell-revenue-recorded', revenue(2_500)));
    given(accountPlan, drafted, centre, estimated, told('cell-revenue-recorded', revenue(2_500))).when(earning(2_500)).thenNothing();
    given(accountPlan, drafted, centre, estimated, told('cell-revenue-recorded', revenue(2_500))).when(on((plan) => recordCellRevenue(plan, { ...revenue(11_000), asOf: '2026-06-29' }))).thenNothing();
  });
  it('that buys more than it could makes its estimate void', () =>
    given(accountPlan, drafted, centre, estimated)
      .when(earning(10_001))
      .then(told('cell-revenue-recorded', revenue(10_001)), told('potential-contradicted', { ...cell, potential: eur(10_000), revenue: eur(10_001) })));

  it('is excluded and included again, each once', () => {
    const excluded = told('cell-excluded', { ...cell, reason: 'no plant' });
    const exclude = on((plan) => excludeCell(plan, cell, 'no plant'));
    const include = on((plan) => includeCell(plan, cell));
    given(accountPlan, drafted, centre).when(exclude).then(excluded);
    given(accountPlan, drafted, centre, excluded).when(exclude).thenNothing();
    given(accountPlan, drafted, centre, excluded).when(include).then(told('cell-included', cell));
    given(accountPlan, drafted, centre).when(include).thenNothing();
    given(accountPlan, drafted, centre, excluded).when(estimating(1)).thenRefused('plan-cell-not-eligible');
    given(accountPlan, drafted, centre, excluded).when(earning(1)).thenRefused('plan-cell-not-eligible');
  });

  it('has a gap of 7 500 where 2 500 of 10 000 are bought, and none that is known without a potential', () => {
    const { eligible: _eligible, ...known } = { eligible: true, revenue: { ...eur(2_500), asOf: '2026-06-30' }, estimate: { potential: eur(10_000), addressable: null, ...estimate } };
    expect(whitespaceOf(known)).toBe(750_000);
    expect(whitespaceOf({ ...known, revenue: null })).toBe(1_000_000);
    expect(whitespaceOf({ ...known, estimate: null })).toBeNull();
  });
  it('counts in penetration and coverage where it is eligible', () => {
    const cells = [
      { id: 'lyon:a', buyingCentreId: 'lyon', offeringId: 'a', eligible: true, estimate: { potential: eur(1), addressable: null, ...estimate }, revenue: { ...eur(1), asOf: '2026-06-30' } },
      { id: 'lyon:b', buyingCentreId: 'lyon', offeringId: 'b', eligible: false, estimate: null, revenue: null },
    ];
    const eligible = eligibleCells({ buyingCentres: [{ id: 'lyon', name: 'Lyon', accountId: null }], cells }, ['a', 'b', 'c']);
    expect(eligible.map(({ offeringId }) => offeringId)).toEqual(['a', 'c']);
    expect([penetrationOf(eligible), coverageOf(eligible)]).toEqual([50, 50]);
    expect([penetrationOf([]), coverageOf([])]).toEqual([null, null]);
  });
});
