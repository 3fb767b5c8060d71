import { type Money, type OfferingEvent, offeringContract, type Provenance } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';

interface OfferingFacts {
  readonly name: string;
  readonly family: string | null;
  readonly listPrice: Money | null;
  readonly provenance: Provenance | null;
}

interface KnownOffering extends OfferingFacts {
  readonly status: 'active' | 'retired';
  readonly version: number;
}

export type Offering = { readonly status: 'unknown' } | { readonly status: 'withdrawn'; readonly version: number } | KnownOffering;

export const offering = decider<Offering, OfferingEvent>({
  contract: offeringContract,
  initial: { status: 'unknown' },
  evolve(state, fact): Offering {
    switch (fact.type) {
      case 'opportunities.offering.registered':
        return { ...fact.data, status: 'active', version: fact.version };
      case 'opportunities.offering.details-changed':
        return isKnown(state) ? { ...state, ...fact.data, version: fact.version } : state;
      case 'opportunities.offering.retired':
        return isKnown(state) ? { ...state, status: 'retired', version: fact.version } : state;
      case 'opportunities.offering.withdrawn':
        return { status: 'withdrawn', version: fact.version };
      default:
        return ignored(state, fact);
    }
  },
});

const isKnown = (state: Offering): state is KnownOffering => state.status === 'active' || state.status === 'retired';

/** Registers an offering, or says again what it is: the same content is no event, other content a change of details. */
export function register(state: Offering, facts: OfferingFacts): OfferingEvent[] {
  if (state.status === 'unknown') return [{ type: 'opportunities.offering.registered', data: facts }];
  if (state.status === 'withdrawn') return [{ type: 'opportunities.offering.registered', data: facts, supersedes: [state.version] }];
  return sameContent(state, facts) ? [] : [{ type: 'opportunities.offering.details-changed', data: facts }];
}

/** Sold no more; the deals that have it keep it. */
export function retire(state: Offering, reason: string): OfferingEvent[] {
  if (state.status === 'retired') return [];
  if (state.status !== 'active') throw new DomainError('offering-unknown');
  return [{ type: 'opportunities.offering.retired', data: { reason } }];
}

/** Takes an imported offering back; whether deals have it is asked by the handler. */
export function withdrawOffering(state: Offering, reason: string): OfferingEvent[] {
  if (state.status === 'withdrawn') return [];
  if (state.status === 'unknown') throw new DomainError('offering-unknown');
  if (!state.provenance) throw new DomainError('withdraw-not-imported');
  if (state.status === 'retired') throw new DomainError('withdraw-built-upon');
  return [{ type: 'opportunities.offering.withdrawn', data: { reason }, supersedes: Array.from({ length: state.version }, (_, i) => i + 1) }];
}

const sameContent = (a: OfferingFacts, b: OfferingFacts): boolean =>
  a.name === b.name && a.family === b.family && a.listPrice?.amountMinor === b.listPrice?.amountMinor && a.listPrice?.currency === b.listPrice?.currency;
