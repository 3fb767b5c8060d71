import { describe, it } from '@jest/globals';
import type { RequisitionEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { requisition } from './requisition.aggregate.js';
import { acceptOffer, addCandidate, declineOffer, interview, makeOffer, reject, score, shortlist } from './requisition.candidates.js';
import { accepted, added, declined, eur, interviewed, offer, offered, opened, rejected, scored, scores, shortlisted, TODAY, toOffer } from './requisition.facts.js';

const cleo = { candidateId: 'c1', name: 'Cleo', contact: null, group: null, source: 'school' } as const;

describe('a candidate', () => {
  it('is added, once', () => {
    given(requisition, opened).when((state) => addCandidate(state, cleo)).then(added());
    given(requisition, opened, added()).when((state) => addCandidate(state, cleo)).thenNothing();
  });
  it('is one of five hundred', () => {
    const many = Array.from({ length: 500 }, (_, i) => added(`other-${i}`));
    given(requisition, opened, ...many).when((state) => addCandidate(state, cleo)).thenRefused('candidates-too-many', { limit: 500 });
  });
  it('is shortlisted, once', () => {
    given(requisition, opened, added()).when((state) => shortlist(state, 'c1')).then(shortlisted());
    given(requisition, opened, added(), shortlisted(), interviewed()).when((state) => shortlist(state, 'c1')).thenNothing();
  });
  it('that was rejected is not shortlisted', () => given(requisition, opened, added(), rejected()).when((state) => shortlist(state, 'c1')).thenRefused('candidate-not-at-stage', { stage: 'out' }));
  it.each(['c2', 'constructor'])('%s that nobody added is unknown', (id) => given(requisition, opened, added()).when((state) => shortlist(state, id)).thenRefused('candidate-unknown'));
  it('is rejected, once, unless an offer runs', () => {
    given(requisition, opened, added()).when((state) => reject(state, 'c1', 'skills')).then(rejected());
    given(requisition, opened, added(), rejected()).when((state) => reject(state, 'c1', 'skills')).thenNothing();
    given(requisition, ...toOffer, offered).when((state) => reject(state, 'c1', 'skills')).thenRefused('offer-open');
  });
});

describe('an interview', () => {
  const held = { interviewId: 'i1', candidateId: 'c1', interviewerId: 'anna', heldOn: '2026-03-01' };

  it('is held with who is shortlisted, once by the same person on a day', () => {
    given(requisition, opened, added(), shortlisted()).when((state) => interview(state, held, TODAY)).then(interviewed());
    given(requisition, opened, added(), shortlisted(), interviewed()).when((state) => interview(state, { ...held, interviewId: 'i2' }, TODAY)).thenNothing();
    given(requisition, opened, added()).when((state) => interview(state, held, TODAY)).thenRefused('candidate-not-at-stage', { stage: 'applied' });
  });
  it('is held before it is told, and before the offer', () => {
    given(requisition, opened, added(), shortlisted()).when((state) => interview(state, { ...held, heldOn: '2026-03-03' }, TODAY)).thenRefused('date-in-future');
    given(requisition, ...toOffer, offered).when((state) => interview(state, { ...held, interviewerId: 'bea' }, TODAY)).thenRefused('offer-open');
  });

  const past: RequisitionEvent[] = [opened, added(), shortlisted(), interviewed()];
  it('is scored by who led it, line by line in whatever order, once', () => {
    given(requisition, ...past).when((state) => score(state, 'i1', 'anna', scores.toReversed())).then(scored());
    given(requisition, ...past, scored()).when((state) => score(state, 'i1', 'anna', scores)).thenNothing();
  });
  it('is scored by nobody else', () => {
    given(requisition, ...past).when((state) => score(state, 'i1', 'bea', scores)).thenRefused('interview-unknown');
    given(requisition, ...past).when((state) => score(state, 'i2', 'anna', scores)).thenRefused('interview-unknown');
    given(requisition, ...past).when((state) => score(state, 'i1', null, scores)).thenRefused('interview-unknown');
  });
  it('is scored for good', () => given(requisition, ...past, scored()).when((state) => score(state, 'i1', 'anna', [scores[0], { criterion: 'negotiation', score: 1 }])).thenRefused('interview-scored-already'));
  it.each([
    ['missing', [scores[0]], 'negotiation'],
    ['doubled', [...scores, scores[0]], 'listening'],
    ['of another scorecard', [...scores, { criterion: 'charm', score: 5 }], 'charm'],
  ] as const)('has no line %s', (_what, given_, wrong) => given(requisition, ...past).when((state) => score(state, 'i1', 'anna', given_)).thenRefused('scorecard-incomplete', { criteria: wrong }));
});

describe('an offer', () => {
  const byHr = { today: TODAY, byDirector: false };
  const byDirector = { today: TODAY, byDirector: true };

  it('is made, once', () => {
    given(requisition, ...toOffer).when((state) => makeOffer(state, offer, byHr)).then(offered);
    given(requisition, ...toOffer, offered).when((state) => makeOffer(state, { ...offer, offerId: 'o2' }, byHr)).thenNothing();
    given(requisition, ...toOffer, offered).when((state) => makeOffer(state, { ...offer, offerId: 'o2', salary: eur(5_900) }, byHr)).thenRefused('offer-open');
  });
  it('needs an interview', () => given(requisition, opened, added(), shortlisted()).when((state) => makeOffer(state, offer, byDirector)).thenRefused('candidate-not-at-stage', { stage: 'shortlisted' }));
  it('needs the scorecard of every interview', () =>
    given(requisition, ...toOffer, interviewed('i2', 'c1', 'bea')).when((state) => makeOffer(state, offer, byDirector)).thenRefused('scorecards-missing', { count: 1 }));
  it('is one at a time', () =>
    given(requisition, ...toOffer, added('c2'), shortlisted('c2'), interviewed('i2', 'c2'), scored('i2', 'c2'), offered).when((state) => makeOffer(state, { ...offer, candidateId: 'c2' }, byHr)).thenRefused('offer-open'));
  it('stays in the band, unless a director says why', () => {
    const above = { ...offer, salary: eur(6_001) };
    given(requisition, ...toOffer).when((state) => makeOffer(state, { ...above, reason: 'the best' }, byHr)).thenRefused('salary-outside-band');
    given(requisition, ...toOffer).when((state) => makeOffer(state, above, byDirector)).thenRefused('salary-outside-band');
    given(requisition, ...toOffer).when((state) => makeOffer(state, { ...offer, salary: { amountMinor: 5_000, currency: 'USD' } }, byHr)).thenRefused('salary-outside-band');
    given(requisition, ...toOffer).when((state) => makeOffer(state, { ...above, reason: 'the best' }, byDirector)).then({ type: 'accounts.requisition.offer-made', data: { ...above, reason: 'the best' } });
  });
  it('is valid from the day on which it is made', () => given(requisition, ...toOffer).when((state) => makeOffer(state, { ...offer, validUntil: '2026-03-01' }, byHr)).thenRefused('offer-in-past'));

  it('is accepted while it is valid, once', () => {
    given(requisition, ...toOffer, offered).when((state) => acceptOffer(state, 'o1', '2026-03-20')).then(accepted);
    given(requisition, ...toOffer, offered, accepted).when((state) => acceptOffer(state, 'o1', '2026-04-01')).thenNothing();
    given(requisition, ...toOffer, offered).when((state) => acceptOffer(state, 'o1', '2026-03-21')).thenRefused('offer-expired', { validUntil: '2026-03-20' });
    given(requisition, ...toOffer, offered).when((state) => acceptOffer(state, 'o2', TODAY)).thenRefused('offer-missing');
  });
  it('is declined, once, also after it was accepted', () => {
    given(requisition, ...toOffer, offered).when((state) => declineOffer(state, 'o1', 'salary')).then(declined);
    given(requisition, ...toOffer, offered, accepted).when((state) => declineOffer(state, 'o1', 'salary')).then(declined);
    given(requisition, ...toOffer, offered, declined).when((state) => declineOffer(state, 'o1', 'salary')).thenNothing();
    given(requisition, ...toOffer).when((state) => declineOffer(state, 'o1', 'salary')).thenRefused('offer-missing');
  });
  it('that was declined makes room for another, but not for the same person', () => {
    given(requisition, ...toOffer, offered, declined).when((state) => makeOffer(state, { ...offer, offerId: 'o2' }, byHr)).thenRefused('candidate-not-at-stage', { stage: 'out' });
  });
});
