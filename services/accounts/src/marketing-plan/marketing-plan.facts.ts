import type { MarketingPlanEvent, PlannedCampaign, PlanObjective } from '@keyfold/contracts';

// Facts of the past, for specs.
type Data<Step extends string> = Extract<MarketingPlanEvent, { readonly type: `accounts.marketing-plan.${Step}` }>['data'];

/** `told('submitted', {...})` is the event `accounts.marketing-plan.submitted`. */
export const told = <Step extends string>(step: Step, data: Data<Step>): MarketingPlanEvent => ({ type: `accounts.marketing-plan.${step}`, data }) as unknown as MarketingPlanEvent;

export const eur = (euros: number) => ({ amountMinor: euros * 100, currency: 'EUR' });
export const aim: PlanObjective = {
  objectiveId: 'leads', kind: 'demand', title: 'Quotes asked for', metric: 'leads', unit: 'count', baseline: 4, target: 12, dueOn: '2026-12-31', dueAt: '2026-12-31T22:59:59.999Z', ownerId: 'anna',
};
export const campaign: PlannedCampaign = { campaignId: 'webinars', name: 'Webinars', audience: null, startOn: '2026-04-01', endOn: '2026-06-30', offeringIds: ['fleet'] };

export const drafted = told('drafted', { accountId: 'acme', title: 'Fleet', fiscalYear: 2026, currency: 'EUR', provenance: null });
export const allocated = (euros: number) => told('budget-allocated', { lineId: 'events', label: 'Events', category: 'events', amount: eur(euros) });
export const submitted = told('submitted', { version: 1, submittedById: 'anna' });
export const approved = told('approved', { version: 1, approvedById: 'dora', note: null });
export const activated = told('activated', { version: 1 });
export const closed = told('closed', { reason: 'year over', openObjectiveIds: [], openActionIds: [] });
/** In force with a budget of 10 000 euros. */
export const active = [drafted, allocated(10_000), submitted, approved, activated] as const;

export const order = (commitmentId: string, euros: number, campaignId: string | null = null) => ({ commitmentId, lineId: 'events', campaignId, amount: eur(euros), supplier: null, description: 'Stand' });
export const committed = (commitmentId: string, euros: number, campaignId: string | null = null) => told('spend-committed', order(commitmentId, euros, campaignId));
export const invoice = (spendId: string, euros: number) => ({ spendId, commitmentId: 'stand', amount: eur(euros), spentOn: '2026-05-12', reference: null });
export const spent = (spendId: string, euros: number) => told('spend-recorded', { ...invoice(spendId, euros), lineId: 'events', campaignId: null });

export const campaignPlanned = told('campaign-planned', campaign);
export const mail = told('channel-added', { campaignId: 'webinars', channel: 'email', utm: { source: 'news', medium: 'email', campaign: 'fleet' } });
export const launched = told('campaign-launched', { campaignId: 'webinars' });
export const completed = told('campaign-completed', { campaignId: 'webinars', lessons: null });
export const aborted = told('campaign-aborted', { campaignId: 'webinars', reason: 'speaker' });
export const running = [...active, campaignPlanned, mail, launched] as const;
