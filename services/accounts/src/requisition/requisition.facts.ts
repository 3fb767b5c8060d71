import type { RequisitionEvent } from '@keyfold/contracts';

// Facts of the past, for specs.
const line = (code: string) => ({ code, label: { en: code, fr: code } });
export const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
export const criteria = { diplomaLevel: 5, minExperienceYears: 3, scorecard: [line('listening'), line('negotiation')] };
export const profile = {
  role: 'kam', seniority: 3, country: 'FR', region: 'West', managerId: 'boss', hiringReason: 'growth', forMemberId: null, salaryBand: { min: eur(4_000), max: eur(6_000) }, tension: 'tight',
} as const;
export const scores = [{ criterion: 'listening', score: 5 }, { criterion: 'negotiation', score: 4 }] as const;

export const TODAY = '2026-03-02';

export const opened: RequisitionEvent = { type: 'accounts.requisition.opened', data: { ...profile, criteria } };
export const added = (candidateId = 'c1'): RequisitionEvent => ({ type: 'accounts.requisition.candidate-added', data: { candidateId, name: 'Cleo', contact: null, group: null, source: 'school' } });
export const shortlisted = (candidateId = 'c1'): RequisitionEvent => ({ type: 'accounts.requisition.candidate-shortlisted', data: { candidateId } });
export const interviewed = (interviewId = 'i1', candidateId = 'c1', interviewerId = 'anna'): RequisitionEvent => ({
  type: 'accounts.requisition.candidate-interviewed',
  data: { interviewId, candidateId, interviewerId, heldOn: '2026-03-01', criteria: ['listening', 'negotiation'] },
});
export const scored = (interviewId = 'i1', candidateId = 'c1', interviewerId = 'anna'): RequisitionEvent => ({ type: 'accounts.requisition.interview-scored', data: { interviewId, candidateId, interviewerId, scores } });
export const rejected = (candidateId = 'c1'): RequisitionEvent => ({ type: 'accounts.requisition.candidate-rejected', data: { candidateId, cause: 'skills' } });
export const offer = { offerId: 'o1', candidateId: 'c1', salary: eur(5_000), validUntil: '2026-03-20', reason: null };
export const offered: RequisitionEvent = { type: 'accounts.requisition.offer-made', data: offer };
export const accepted: RequisitionEvent = { type: 'accounts.requisition.offer-accepted', data: { offerId: 'o1', candidateId: 'c1' } };
export const declined: RequisitionEvent = { type: 'accounts.requisition.offer-declined', data: { offerId: 'o1', candidateId: 'c1', cause: 'salary' } };
export const filled: RequisitionEvent = { type: 'accounts.requisition.filled', data: { candidateId: 'c1', probationUntil: '2026-09-30' } };
export const cancelled: RequisitionEvent = { type: 'accounts.requisition.cancelled', data: { reason: 'no budget' } };
/** As far as an offer may go. */
export const toOffer = [opened, added(), shortlisted(), interviewed(), scored()];
