import type { CompanyProfile, KeyAccountEvent, Tier } from '@keyfold/contracts';

// Facts of the past, for specs.
export const profile: CompanyProfile = { sector: 'retail', country: 'France', yearEstablished: null, employees: null, revenueMillions: null };
const provenance = { source: 'crm', entity: 'accounts', rowKey: 'Acme', run: 'crm-1' };

export const prospectRegistered: KeyAccountEvent = { type: 'accounts.key-account.prospect-registered', data: { name: 'Acme', profile } };
export const clientRegistered: KeyAccountEvent = { type: 'accounts.key-account.client-registered', data: { name: 'Acme', profile, provenance }, occurredAt: '2017-01-09T23:00:00.000Z' };
export const qualifiedAs = (tier: Tier): KeyAccountEvent => ({ type: 'accounts.key-account.qualified', data: { tier, reason: 'strategic' } });
export const scored = (total: number): KeyAccountEvent => ({ type: 'accounts.key-account.scored', data: { on: '2026-01-01', points: [], score: total } });
export const reviewScheduled = (dueOn: string): KeyAccountEvent => ({ type: 'accounts.key-account.tier-review-scheduled', data: { dueOn } });
export const tieredAs = (tier: Tier, dueOn = '2027-01-01'): KeyAccountEvent[] => [qualifiedAs(tier), reviewScheduled(dueOn)];
export const ownerAssigned = (ownerId: string): KeyAccountEvent => ({ type: 'accounts.key-account.owner-assigned', data: { ownerId }, occurredAt: '2026-01-01T00:00:00.000Z' });
export const handedOver = (fromOwnerId: string, toOwnerId: string, day = '2026-03-01T00:00:00.000Z'): KeyAccountEvent => ({
  type: 'accounts.key-account.handed-over',
  data: { fromOwnerId, toOwnerId, reason: 'new territory' },
  occurredAt: day,
});
export const handoverCancelled = (ownerId: string, toOwnerId: string, on: string, ...supersedes: number[]): KeyAccountEvent => ({
  type: 'accounts.key-account.handover-cancelled',
  data: { ownerId, toOwnerId, on, reason: 'meant for next year' },
  supersedes,
});
export const attachedTo = (parentId: string, from = '2026-01-01T00:00:00.000Z'): KeyAccountEvent => ({ type: 'accounts.key-account.attached-to-parent', data: { parentId }, occurredAt: from });
export const detached = (from: string): KeyAccountEvent => ({ type: 'accounts.key-account.detached-from-parent', data: { reason: 'sold' }, occurredAt: from });
export const nominated: KeyAccountEvent = { type: 'accounts.key-account.prospect-nominated', data: { reason: 'tender in spring' } };
export const engaged: KeyAccountEvent = { type: 'accounts.key-account.prospect-engaged', data: { note: null }, occurredAt: '2026-02-01T00:00:00.000Z' };
export const activated = (contractId: string, since: string): KeyAccountEvent => ({ type: 'accounts.key-account.activated', data: { contractId }, occurredAt: since });
export const dormant: KeyAccountEvent = { type: 'accounts.key-account.made-dormant', data: { reason: 'no orders', lastRevenueOn: null } };
export const merged: KeyAccountEvent = { type: 'accounts.key-account.merged', data: { successorId: 'successor', reason: 'twice' }, occurredAt: '2026-02-01T00:00:00.000Z' };
export const absorbed: KeyAccountEvent = { type: 'accounts.key-account.absorbed', data: { accountId: 'twin', reason: 'twice' } };
export const closureRequested: KeyAccountEvent = { type: 'accounts.key-account.closure-requested', data: { closureId: 'c1', reason: 'merged', answerBy: '2026-01-01T00:00:30.000Z' } };
export const closed: KeyAccountEvent = { type: 'accounts.key-account.closed', data: { closureId: 'c1' } };
export const withdrawn: KeyAccountEvent = { type: 'accounts.key-account.withdrawn', data: { reason: 'undo' } };
