import { describe, it } from '@jest/globals';
import type { OfferingEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { offering, register, retire, withdrawOffering } from './offering.aggregate.js';

const provenance = { source: 'crm', entity: 'products', rowKey: 'GTX Pro', run: 'run-1' };
const facts = { name: 'GTX Pro', family: 'GTX', listPrice: { amountMinor: 482_100, currency: 'USD' }, provenance };
const registered: OfferingEvent = { type: 'opportunities.offering.registered', data: facts };
const retired: OfferingEvent = { type: 'opportunities.offering.retired', data: { reason: 'replaced' } };
const withdrawn: OfferingEvent = { type: 'opportunities.offering.withdrawn', data: { reason: 'undo' }, supersedes: [1] };

describe('an offering', () => {
  it('is registered', () => given(offering).when((state) => register(state, facts)).then(registered));
  it('is not there to be retired', () => given(offering).when((state) => retire(state, 'x')).thenRefused('offering-unknown'));
  it('is not there to be taken back', () => given(offering).when((state) => withdrawOffering(state, 'x')).thenRefused('offering-unknown'));
});

describe('when registered', () => {
  it('changes nothing when the same is said by another run', () => given(offering, registered).when((state) => register(state, { ...facts, provenance: { ...provenance, run: 'run-2' } })).thenNothing());
  it('changes its details', () => {
    const dearer = { ...facts, listPrice: { amountMinor: 500_000, currency: 'USD' } };
    given(offering, registered).when((state) => register(state, dearer)).then({ type: 'opportunities.offering.details-changed', data: dearer });
  });
  it('is retired', () => given(offering, registered).when((state) => retire(state, 'replaced')).then(retired));
  it('is taken back', () => given(offering, registered).when((state) => withdrawOffering(state, 'undo')).then(withdrawn));
  it('is taken back only when it was imported', () =>
    given(offering, { ...registered, data: { ...facts, provenance: null } } as OfferingEvent).when((state) => withdrawOffering(state, 'undo')).thenRefused('withdraw-not-imported'));
});

describe('when retired', () => {
  it('is retired once', () => given(offering, registered, retired).when((state) => retire(state, 'x')).thenNothing());
  it('is not taken back', () => given(offering, registered, retired).when((state) => withdrawOffering(state, 'undo')).thenRefused('withdraw-built-upon'));
});

describe('when taken back', () => {
  it('is taken back once', () => given(offering, registered, withdrawn).when((state) => withdrawOffering(state, 'undo')).thenNothing());
  it('is registered again in the place of the withdrawal', () => given(offering, registered, withdrawn).when((state) => register(state, facts)).then({ ...registered, supersedes: [2] } as OfferingEvent));
});
