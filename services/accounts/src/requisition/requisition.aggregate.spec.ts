import { describe, it } from '@jest/globals';
import { given } from '@keyfold/event-sourcing/testing';
import { cancel, fill, open, requisition, setCriteria } from './requisition.aggregate.js';
import { addCandidate } from './requisition.candidates.js';
import { accepted, added, cancelled, criteria, declined, eur, filled, interviewed, offered, opened, profile, shortlisted, toOffer } from './requisition.facts.js';

describe('a requisition', () => {
  it('is opened with its criteria', () => given(requisition).when((state) => open(state, profile, criteria)).then(opened));
  it('is opened once', () => given(requisition, opened).when((state) => open(state, profile, criteria)).thenRefused('requisition-exists'));
  it.each([
    ['of two currencies', { min: eur(4_000), max: { amountMinor: 6_000, currency: 'USD' } }],
    ['that ends below where it begins', { min: eur(4_000), max: eur(3_999) }],
  ])('has no band %s', (_what, salaryBand) => given(requisition).when((state) => open(state, { ...profile, salaryBand }, criteria)).thenRefused('salary-band-malformed'));
  it('has every line of the scorecard once', () =>
    given(requisition).when((state) => open(state, profile, { ...criteria, scorecard: [...criteria.scorecard, criteria.scorecard[0]!] })).thenRefused('scorecard-doubled', { code: 'listening' }));
});

describe('the criteria', () => {
  const stricter = { ...criteria, minExperienceYears: 5 };
  const set = { type: 'accounts.requisition.criteria-set', data: stricter } as const;

  it('are set anew, once', () => {
    given(requisition, opened).when((state) => setCriteria(state, stricter)).then(set);
    given(requisition, opened, set).when((state) => setCriteria(state, stricter)).thenNothing();
  });
  it('stay once somebody was interviewed by them', () => given(requisition, opened, added(), shortlisted(), interviewed()).when((state) => setCriteria(state, stricter)).thenRefused('requisition-criteria-in-use'));
});

describe('the end of a requisition', () => {
  it('is the hiring of who accepted, once', () => {
    given(requisition, ...toOffer, offered, accepted).when((state) => fill(state, 'c1', '2026-09-30')).then(filled);
    given(requisition, ...toOffer, offered, accepted, filled).when((state) => fill(state, 'c1', '2026-09-30')).thenNothing();
  });
  it('is the hiring of nobody else', () => {
    given(requisition, ...toOffer, offered).when((state) => fill(state, 'c1', null)).thenRefused('offer-missing');
    given(requisition, ...toOffer, offered, accepted).when((state) => fill(state, 'c2', null)).thenRefused('offer-missing');
    given(requisition, ...toOffer, offered, accepted, filled).when((state) => fill(state, 'c2', null)).thenRefused('requisition-not-open', { state: 'filled' });
  });
  it('may be that it is cancelled, once', () => {
    given(requisition, opened).when((state) => cancel(state, 'no budget')).then(cancelled);
    given(requisition, opened, cancelled).when((state) => cancel(state, 'again')).thenNothing();
  });
  it('is not a cancellation while an offer runs', () => {
    given(requisition, ...toOffer, offered).when((state) => cancel(state, 'no budget')).thenRefused('offer-open');
    given(requisition, ...toOffer, offered, accepted).when((state) => cancel(state, 'no budget')).thenRefused('offer-open');
    given(requisition, ...toOffer, offered, declined).when((state) => cancel(state, 'no budget')).then(cancelled);
  });
  it('lets nothing more happen', () => {
    given(requisition, opened, cancelled).when((state) => addCandidate(state, { candidateId: 'c2', name: 'X', contact: null, group: null, source: 'other' })).thenRefused('requisition-not-open', { state: 'cancelled' });
    given(requisition).when((state) => cancel(state, 'x')).thenRefused('requisition-unknown');
  });
});
