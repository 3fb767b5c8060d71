import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { Money, Provenance } from '../common.js';

export type OfferingEvent =
  | DomainEvent<'opportunities.offering.registered', { name: string; family: string | null; listPrice: Money | null; provenance: Provenance | null }>
  | DomainEvent<'opportunities.offering.details-changed', { name: string; family: string | null; listPrice: Money | null; provenance: Provenance | null }>
  | DomainEvent<'opportunities.offering.retired', { reason: string }>
  | DomainEvent<'opportunities.offering.withdrawn', { reason: string }>;

export const offeringContract = defineContract<OfferingEvent>({
  service: 'opportunities',
  name: 'offering',
  streamPrefix: 'offering',
  events: {
    'opportunities.offering.registered': { version: 1 },
    'opportunities.offering.details-changed': { version: 1 },
    'opportunities.offering.retired': { version: 1 },
    'opportunities.offering.withdrawn': { version: 1 },
  },
});
