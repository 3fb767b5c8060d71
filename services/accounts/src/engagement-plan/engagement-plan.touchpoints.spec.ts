import { describe, it } from '@jest/globals';
import type { Touchpoint } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { engagementPlan } from './engagement-plan.aggregate.js';
import { judge } from './engagement-plan.cadence.js';
import { armedFor, contact, kept, missed, rules, touchedOn } from './engagement-plan.facts.js';
import { importTouchpoint, logTouchpoint, withdrawTouchpoint } from './engagement-plan.touchpoints.js';

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

describe('an imported contact', () => {
  const provenance = { source: 'crm', entity: 'touchpoints', rowKey: 'A-1', run: 'crm-1' };
  const imported = { ...contact, provenance };
  const importIt = (more: Partial<Touchpoint> = {}) => (state: typeof engagementPlan.initial) => importTouchpoint(state, { ...imported, ...more }, at);
  const takeBack = (state: typeof engagementPlan.initial) => withdrawTouchpoint(state, 't1', 'wrong file');
  const once = touchedOn('2026-03-10', { provenance });
  const takenBack = { type: 'accounts.engagement-plan.touchpoint-withdrawn', data: { touchpointId: 't1', reason: 'wrong file', receivedFrom: [] as string[], receivedAt: null }, supersedes: [1] } as const;
  const others = Array.from({ length: 150 }, (_, i) => touchedOn('2026-03-09', { touchpointId: `o${i}` }));

  it('is logged under the id that the import gives it', () => given(engagementPlan).when(importIt()).then(once));
  it('said again is nothing, however many came since and whichever run says it', () =>
    given(engagementPlan, once, ...others).when(importIt({ provenance: { ...provenance, run: 'crm-2' } })).thenNothing());
  it('of the same minute under another key is another one', () => given(engagementPlan, once).when(importIt({ touchpointId: 't2' })).then(touchedOn('2026-03-10', { touchpointId: 't2', provenance })));
  it('said otherwise takes the place of what was said', () =>
    given(engagementPlan, once)
      .when(importIt({ note: 'on the phone' }))
      .then({ ...takenBack, data: { ...takenBack.data, reason: 'said otherwise by the source' } }, touchedOn('2026-03-10', { note: 'on the phone', provenance })));
  it('is taken back, once', () => {
    given(engagementPlan, once).when(takeBack).then(takenBack);
    given(engagementPlan, once, takenBack).when(takeBack).thenNothing();
  });
  it('that came from people of theirs did not, once it is taken back', () => {
    const inbound = { direction: 'in', stakeholderIds: ['ada', 'grace'] } as const;
    const received = { receivedFrom: ['ada', 'grace'], receivedAt: '2026-03-10T11:00:00.000Z' };
    const cameIn = touchedOn('2026-03-10', { ...inbound, provenance });
    given(engagementPlan, cameIn).when(takeBack).then({ ...takenBack, data: { ...takenBack.data, ...received } });
    given(engagementPlan, touchedOn('2026-03-10', { ...inbound, kind: 'mass-mail', provenance })).when(takeBack).then(takenBack);
    const [otherwise, ada] = ['said otherwise by the source', { ...inbound, stakeholderIds: ['ada'] }];
    given(engagementPlan, cameIn)
      .when(importIt(ada))
      .then({ ...takenBack, data: { ...takenBack.data, reason: otherwise, ...received, receivedFrom: ['grace'] } }, touchedOn('2026-03-10', { ...ada, provenance }));
  });
  it('is the only one that can be taken back', () => given(engagementPlan, touchedOn('2026-03-10')).when(takeBack).thenRefused('withdraw-not-imported'));
  it('is logged anew after that', () => given(engagementPlan, once, takenBack).when(importIt()).then(once));
  it('that was taken back has kept no interval that is judged later; another one of the day has', () => {
    const armed = armedFor('2026-02-27', '2026-03-30');
    given(engagementPlan, armed, once, { ...takenBack, supersedes: [2] }).when((state) => judge(state, { level: 'operational', dueOn: '2026-03-30' }, rules)).then(missed('2026-02-27', '2026-03-30'), armedFor('2026-03-30', '2026-04-29'));
    given(engagementPlan, armed, touchedOn('2026-03-10', { touchpointId: 'o1' }), once, { ...takenBack, supersedes: [3] })
      .when((state) => judge(state, { level: 'operational', dueOn: '2026-03-30' }, rules))
      .then(kept('2026-02-27', '2026-03-30', '2026-03-10'), armedFor('2026-03-10', '2026-04-09'));
  });
});

describe('an imported contact that has kept an interval', () => {
  const provenance = { source: 'crm', entity: 'touchpoints', rowKey: 'A-1', run: 'crm-1' };
  const at30 = ['2026-02-27', '2026-03-30'] as const;
  const imported = touchedOn('2026-03-10', { provenance });
  const past = [armedFor(...at30), imported, kept(...at30, '2026-03-10'), armedFor('2026-03-10', '2026-04-09')];
  const takeBack = (state: typeof engagementPlan.initial) => withdrawTouchpoint(state, 't1', 'wrong file');
  const takenBack = { type: 'accounts.engagement-plan.touchpoint-withdrawn', data: { touchpointId: 't1', reason: 'wrong file', receivedFrom: [] as string[], receivedAt: null }, supersedes: [2] } as const;
  const missedAfterAll = { ...missed(...at30), supersedes: [3] };
  const said = (more: Partial<Touchpoint>, on = '2026-03-10') => (state: typeof engagementPlan.initial) =>
    importTouchpoint(state, { ...contact, provenance, on, ...more }, { ...at, occurredAt: `${on}T11:00:00.000Z`, now: '2026-04-02T12:00:00.000Z', daysAgo: 20 });
  const replaced = { ...takenBack, data: { ...takenBack.data, reason: 'said otherwise by the source' } };

  it('has not, once it is taken back', () => given(engagementPlan, ...past).when(takeBack).then(takenBack, missedAfterAll));
  it('leaves it kept by another one, of the same day or not', () => {
    given(engagementPlan, armedFor(...at30), imported, touchedOn('2026-03-10', { touchpointId: 't2' }), kept(...at30, '2026-03-10')).when(takeBack).then(takenBack);
    given(engagementPlan, ...past, touchedOn('2026-03-20', { touchpointId: 't2' })).when(takeBack).then(takenBack);
  });
  it('leaves it kept by what takes its place, where that is a contact in it', () => {
    given(engagementPlan, ...past).when(said({ note: 'by phone' })).then(replaced, touchedOn('2026-03-10', { provenance, note: 'by phone' }));
    given(engagementPlan, ...past).when(said({}, '2026-03-30')).then(replaced, touchedOn('2026-03-30', { provenance }));
    given(engagementPlan, ...past).when(said({}, '2026-03-31')).then(...[replaced, touchedOn('2026-03-31', { provenance }), missedAfterAll]);
    given(engagementPlan, ...past).when(said({ kind: 'mass-mail' })).then(...[replaced, touchedOn('2026-03-10', { provenance, kind: 'mass-mail' }), missedAfterAll]);
  });
  it('has not, where it was logged late', () => {
    const late = [missed(...at30), imported, { ...kept(...at30, '2026-03-10'), supersedes: [1] }];
    given(engagementPlan, ...late).when(takeBack).then(takenBack, missedAfterAll);
  });
  it('is taken back once, and another one keeps the interval again', () => {
    given(engagementPlan, ...past, takenBack, missedAfterAll).when(takeBack).thenNothing();
    given(engagementPlan, ...past, takenBack, missedAfterAll)
      .when(log({ touchpointId: 't3' }, { daysAgo: 20 }))
      .then(touchedOn('2026-03-10', { touchpointId: 't3' }), { ...kept(...at30, '2026-03-10'), supersedes: [6] });
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
