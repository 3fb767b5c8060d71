import { describe, it } from '@jest/globals';
import type { Touchpoint } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { engagementPlan } from './engagement-plan.aggregate.js';
import { armedFor, contact, kept, missed, touchedOn } from './engagement-plan.facts.js';
import { logTouchpoint } from './engagement-plan.touchpoints.js';

const at = { occurredAt: '2026-03-10T11:00:00.000Z', now: '2026-03-10T12:00:00.000Z', daysAgo: 0, isDirector: false };
const log = (more: Partial<Touchpoint> = {}, when: Partial<typeof at> = {}) => (state: typeof engagementPlan.initial) => logTouchpoint(state, { ...contact, ...more }, { ...at, ...when });

describe('a contact', () => {
  it('is logged when it took place', () => given(engagementPlan).when(log()).then(touchedOn('2026-03-10')));
  it('is logged once', () => given(engagementPlan, touchedOn('2026-03-10')).when(log({ touchpointId: 't2' })).thenNothing());
  it('of the same minute with somebody else is another one', () => given(engagementPlan, touchedOn('2026-03-10')).when(log({ stakeholderIds: ['grace'] })).then(touchedOn('2026-03-10', { stakeholderIds: ['grace'] })));
  it('is not logged before it takes place', () => given(engagementPlan).when(log({}, { now: '2026-03-10T10:59:59.999Z' })).thenRefused('touchpoint-in-future'));
  it('is logged 90 days late by the team', () => given(engagementPlan).when(log({}, { daysAgo: 90 })).then(touchedOn('2026-03-10')));
  it('is not logged 91 days late by the team', () => given(engagementPlan).when(log({ reason: 'found' }, { daysAgo: 91 })).thenRefused('touchpoint-too-old', { days: 90 }));
  it('is logged 91 days late by a director, with a reason', () => {
    given(engagementPlan).when(log({}, { daysAgo: 91, isDirector: true })).thenRefused('touchpoint-reason-missing', { days: 90 });
    given(engagementPlan).when(log({ reason: 'found' }, { daysAgo: 91, isDirector: true })).then(touchedOn('2026-03-10', { reason: 'found' }));
  });
});

describe('a contact that is logged late', () => {
  const past = [armedFor('2026-02-27', '2026-03-30'), missed('2026-02-27', '2026-03-30'), armedFor('2026-03-30', '2026-04-29')];
  const keptAfterAll = { ...kept('2026-02-27', '2026-03-30', '2026-03-10'), supersedes: [2] };
  it('has kept the interval that was missed without it', () => given(engagementPlan, ...past).when(log({}, { daysAgo: 25 })).then(touchedOn('2026-03-10'), keptAfterAll));
  it('keeps it once', () => given(engagementPlan, ...past, touchedOn('2026-03-10'), keptAfterAll).when(log({ kind: 'visit' }, { daysAgo: 25 })).then(touchedOn('2026-03-10', { kind: 'visit' })));
  it('keeps nothing as a mass mail', () => given(engagementPlan, ...past).when(log({ kind: 'mass-mail' }, { daysAgo: 25 })).then(touchedOn('2026-03-10', { kind: 'mass-mail' })));
  it('keeps no review, unless it was one', () => {
    const reviewMissed = missed('2026-02-27', '2026-03-30', 'executive-review');
    given(engagementPlan, reviewMissed).when(log()).then(touchedOn('2026-03-10'));
    const review = { kind: 'review', review: { reviewId: 'r1', level: 'executive-review' } } as const;
    given(engagementPlan, reviewMissed).when(log(review)).then(touchedOn('2026-03-10', review), { ...kept('2026-02-27', '2026-03-30', '2026-03-10', 'executive-review'), supersedes: [1] });
  });
});
