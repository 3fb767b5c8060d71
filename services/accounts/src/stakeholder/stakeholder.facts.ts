import type { StakeholderEvent } from '@keyfold/contracts';
import type { Registration } from './stakeholder.aggregate.js';

// Facts of the past, for specs.
export const claire: Registration = {
  personId: 'claire',
  accountId: 'acme',
  name: 'Claire Morel',
  mail: 'claire@acme.test',
  phone: null,
  function: 'procurement',
  level: 2,
  buyingRoles: ['decision-maker'],
  politicalStatus: null,
  support: null,
  language: null,
  provenance: null,
};

export const registered: StakeholderEvent = { type: 'accounts.stakeholder.registered', data: claire, occurredAt: '2026-01-10T09:00:00.000Z' };
export const departed: Extract<StakeholderEvent, { type: 'accounts.stakeholder.departed' }> = { type: 'accounts.stakeholder.departed', data: { reason: 'left-company', movedTo: null }, occurredAt: '2026-02-01T00:00:00.000Z' };
export const contactReceived = (at: string, touchpointId: string | null = null): StakeholderEvent => ({ type: 'accounts.stakeholder.contact-received', data: { touchpointId }, occurredAt: at });
export const consentGiven: StakeholderEvent = { type: 'accounts.stakeholder.consent-given', data: { purpose: 'marketing' } };
export const oppositionRaised: StakeholderEvent = { type: 'accounts.stakeholder.opposition-raised', data: { purpose: 'marketing' } };
