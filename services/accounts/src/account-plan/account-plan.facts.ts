import type { AccountPlanEvent, PlanObjective } from '@keyfold/contracts';

// Facts of the past, for specs.
type Data<Step extends string> = Extract<AccountPlanEvent, { readonly type: `accounts.account-plan.${Step}` }>['data'];

/** `told('submitted', {...})` is the event `accounts.account-plan.submitted`. */
export const told = <Step extends string>(step: Step, data: Data<Step>): AccountPlanEvent => ({ type: `accounts.account-plan.${step}`, data }) as unknown as AccountPlanEvent;

export const eur = (euros: number) => ({ amountMinor: euros * 100, currency: 'EUR' });
export const estimate = { source: 'client', confidence: 'medium', estimatedOn: '2026-01-15' } as const;
export const aim: PlanObjective = {
  objectiveId: 'sow', kind: 'growth', title: 'Win two sites', metric: 'share-of-wallet', unit: 'percent', baseline: 22, target: 31, dueOn: '2026-12-31', dueAt: '2026-12-31T22:59:59.999Z', ownerId: 'anna',
};

export const drafted = told('drafted', { accountId: 'acme', fiscalYear: 2026, currency: 'EUR', provenance: null });
export const submitted = told('submitted', { version: 1, submittedById: 'anna' });
export const approved = told('approved', { version: 1, approvedById: 'dora', note: null });
export const activated = told('activated', { version: 1 });
export const closed = told('closed', { reason: 'year over', openObjectiveIds: [], openActionIds: [] });
export const active = [drafted, submitted, approved, activated] as const;

/** As people say it, not an import. */
export const byHand = { provenance: null };
export const objectiveSet = told('objective-set', { ...aim, ...byHand });
export const centre = told('buying-centre-recorded', { buyingCentreId: 'lyon', name: 'Lyon plant', accountId: null });
export const cell = { buyingCentreId: 'lyon', offeringId: 'fleet' };
export const potential = (euros: number) => ({ ...cell, potential: eur(euros), addressable: null, ...estimate });
export const actionAdded = (actionId: string, ...dependsOn: string[]) =>
  told('action-added', { actionId, title: `Do ${actionId}`, ownerId: 'anna', startOn: null, dueOn: '2026-06-30', objectiveId: null, dependsOn, ...byHand });
