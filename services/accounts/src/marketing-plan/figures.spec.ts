import { describe, expect, it } from '@jest/globals';
import { channelPerformances, offeringExposures } from './campaign-figures.js';
import { type CampaignRow, outcomesOf } from './campaigns.projection.js';
import type { MarketingPlanRow } from './marketing-plans.projection.js';
import { resourceLoads, strategicAlignments } from './plan-figures.js';

const row = (changed: Partial<CampaignRow>): CampaignRow => ({
  ...{ id: 'p--c', planId: 'p', accountId: 'acme', campaignId: 'c', name: 'C', audience: null, startOn: '2026-04-01', endOn: '2026-06-30', offeringIds: [], state: 'in-progress' },
  ...{ launchedAt: null, endedAt: null, note: null, channels: [], targets: 0, responses: [], showings: [], currency: 'EUR', costMinor: 0, won: [] },
  ...changed,
});

describe('the results of a campaign', () => {
  const won = [{ opportunityId: 'o1', primaryMinor: 3_000, evenMinor: 1_500 }, { opportunityId: 'o2', primaryMinor: 0, evenMinor: 500 }];

  it('are told by one way of attribution at a time', () =>
    expect(outcomesOf({ won, costMinor: 1_000 })).toEqual({ primary: { wonMinor: 3_000, roiPercent: 200 }, even: { wonMinor: 2_000, roiPercent: 100 } }));
  it('have no return where nothing was spent', () => expect(outcomesOf({ won, costMinor: 0 }).primary).toEqual({ wonMinor: 3_000, roiPercent: null }));
});

describe('a channel', () => {
  const email = { channel: 'email', utm: null };
  it('is summed over campaigns', () => {
    const responses = [{ channel: 'email', response: 'delivered', count: 200 }, { channel: 'email', response: 'clicked', count: 30 }, { channel: 'email', response: 'quote-asked', count: 1 }];
    const [performance] = channelPerformances([row({ channels: [email], responses }), row({ channels: [email], responses: [{ channel: 'email', response: 'clicked', count: 10 }] })]);
    expect(performance).toMatchObject({ channel: 'email', campaigns: 2, responses: { delivered: 200, clicked: 40 }, clickPercent: 20, conversionPercent: 0.5 });
  });
  it('has no rates where nothing was delivered', () => expect(channelPerformances([row({ channels: [email] })])).toMatchObject([{ clickPercent: null, conversionPercent: null }]));
});

it('an offering is exposed where it was shown', () => {
  const shown = (reaction: string | null, shownOn: string) => ({ offeringId: 'fleet', reaction, shownOn });
  const rows = [row({ showings: [shown('interested', '2026-05-02'), shown(null, '2026-05-12')] }), row({ accountId: 'beta', showings: [shown('interested', '2026-04-02')] })];
  expect(offeringExposures(rows, new Map([['fleet', 'Fleet']]))).toEqual([
    { offeringId: 'fleet', offeringName: 'Fleet', showings: 3, accounts: 2, lastShownOn: '2026-05-12', reactions: { interested: 2, neutral: 0, 'not-interested': 0 } },
  ]);
});

const plan = (changed: Partial<MarketingPlanRow>): MarketingPlanRow => ({ status: 'active', axisCode: 'circular', currency: 'EUR', lines: [], commitments: [], resources: [], ...changed }) as unknown as MarketingPlanRow;
const line = (plannedMinor: number) => ({ id: 'l', label: 'L', category: 'media', plannedMinor, ceilingMinor: null });

it('a strategic axis has the plans that cite it, with a budget in each currency', () => {
  const axes = [{ code: 'circular', label: { en: 'Circular', fr: 'Circulaire' } }, { code: 'digital', label: { en: 'Digital', fr: 'Numérique' } }];
  const rows = [plan({ lines: [line(100)] }), plan({ status: 'draft', lines: [line(50)] }), plan({ currency: 'USD', lines: [line(70)] }), plan({ axisCode: 'old' })];
  expect(strategicAlignments(rows, { axes })).toMatchObject([
    { axisCode: 'circular', inForce: true, plans: 3, byStatus: { active: 2, draft: 1 }, budgets: [{ currency: 'EUR', plannedMinor: 150, budgetMinor: null }, { currency: 'USD', plannedMinor: 70 }] },
    { axisCode: 'digital', inForce: true, plans: 0, budgets: [] },
    { axisCode: 'old', inForce: false, label: null, plans: 1 },
  ]);
});

describe('the load of a member', () => {
  const days = (changed: object = {}, released = false) => ({ id: 'd', released, allocation: { allocationId: 'd', kind: 'person', memberId: 'anna', name: null, personDays: 9, startOn: '2026-03-17', endOn: '2026-05-15', campaignId: null, ...changed } }) as MarketingPlanRow['resources'][number];

  it('is spread over the days of the time', () =>
    // 60 days: 15 in March, 30 in April, 15 in May.
    expect(resourceLoads([plan({ resources: [days()] })])).toEqual([
      { memberId: 'anna', month: '2026-03', personDays: 2.25 },
      { memberId: 'anna', month: '2026-04', personDays: 4.5 },
      { memberId: 'anna', month: '2026-05', personDays: 2.25 },
    ]));
  it('is summed over plans, but not those that are closed, nor what was released', () => {
    const april = days({ startOn: '2026-04-01', endOn: '2026-04-30', personDays: 2 });
    expect(resourceLoads([plan({ resources: [april] }), plan({ resources: [april, days({}, true)] }), plan({ status: 'closed', resources: [april] })])).toEqual([{ memberId: 'anna', month: '2026-04', personDays: 4 }]);
  });
});
