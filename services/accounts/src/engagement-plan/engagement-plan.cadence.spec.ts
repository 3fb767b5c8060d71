import { describe, expect, it } from '@jest/globals';
import type { EngagementPlanEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { engagementPlan } from './engagement-plan.aggregate.js';
import { arm, judge, pause, resume, setCadence } from './engagement-plan.cadence.js';
import { armedFor, disarmed, kept, missed, paused, resumed, rules, touchedOn } from './engagement-plan.facts.js';

const due = (dueOn: string) => ({ level: 'operational', dueOn }) as const;
const own = (intervalDays: number | null, occurredAt = '2026-02-28T23:00:00.000Z'): EngagementPlanEvent => ({
  type: 'accounts.engagement-plan.cadence-set',
  data: { level: 'operational', intervalDays, reason: 'roll-out' },
  occurredAt,
});
const weekly = { level: 'operational', intervalDays: 7, reason: 'roll-out' } as const;
const policyAgain = { ...weekly, intervalDays: null };

describe('a cadence', () => {
  it('is armed for the tier of the account, from today', () => given(engagementPlan).when((state) => arm(state, rules)).then(armedFor('2026-03-01', '2026-03-31')));
  it('is armed once', () => given(engagementPlan, armedFor('2026-03-01', '2026-03-31')).when((state) => arm(state, rules)).thenNothing());
  it('is due on a business day where the client is', () =>
    given(engagementPlan)
      .when((state) => arm(state, { ...rules, today: '2026-02-27', calendar: { ...rules.calendar, holidays: ['2026-03-30'] } }))
      .then(armedFor('2026-02-27', '2026-03-31')));
  it('counts from the last contact', () => given(engagementPlan, touchedOn('2026-02-20')).when((state) => arm(state, rules)).then(armedFor('2026-02-20', '2026-03-23')));
  it('counts from today where the last contact is too long ago', () => given(engagementPlan, touchedOn('2026-01-05')).when((state) => arm(state, rules)).then(armedFor('2026-03-01', '2026-03-31')));
  it('is another one with another tier, counted from where it was', () =>
    given(engagementPlan, armedFor('2026-02-20', '2026-03-23'))
      .when((state) => arm(state, { ...rules, tier: 'B', days: { ...rules.days, operational: 42 } }))
      .then(armedFor('2026-02-20', '2026-04-03', { tier: 'B', intervalDays: 42 })));
  it('ends with the tier', () =>
    given(engagementPlan, armedFor('2026-02-20', '2026-03-23')).when((state) => arm(state, { ...rules, tier: null, days: { ...rules.days, operational: null } })).then(disarmed()));
  it('is armed for each level that has one', () =>
    given(engagementPlan)
      .when((state) => arm(state, { ...rules, days: { operational: null, 'business-review': 91, 'executive-review': 182 } }))
      .then(
        armedFor('2026-03-01', '2026-06-01', { level: 'business-review', intervalDays: 91 }),
        { ...armedFor('2026-03-01', '2026-08-31', { level: 'executive-review', intervalDays: 182 }) },
      ));
});

describe('the cadence of an account of its own', () => {
  it('takes the place of the policy', () => given(engagementPlan, armedFor('2026-02-20', '2026-03-23')).when((state) => setCadence(state, weekly, '2026-03-01', rules)).then(own(7), armedFor('2026-03-01', '2026-03-09', { intervalDays: 7 })));
  it('may count from an earlier day', () =>
    given(engagementPlan).when((state) => setCadence(state, weekly, '2026-02-01', rules)).then(own(7, '2026-01-31T23:00:00.000Z'), armedFor('2026-02-01', '2026-02-09', { intervalDays: 7 })));
  it('is set once', () => given(engagementPlan, own(7)).when((state) => setCadence(state, weekly, '2026-03-01', rules)).thenNothing());
  it('gives way to the policy again', () => given(engagementPlan, own(7), armedFor('2026-02-25', '2026-03-04', { intervalDays: 7 })).when((state) => setCadence(state, policyAgain, '2026-03-01', rules)).then(own(null), armedFor('2026-03-01', '2026-03-31')));
  it('gives way to nothing where the policy has none', () =>
    given(engagementPlan, own(7), armedFor('2026-02-25', '2026-03-04', { intervalDays: 7 }))
      .when((state) => setCadence(state, policyAgain, '2026-03-01', { ...rules, days: { ...rules.days, operational: null } }))
      .then(own(null), disarmed()));
  it('stays when the tier changes', () =>
    given(engagementPlan, own(7), armedFor('2026-02-25', '2026-03-04', { intervalDays: 7 }))
      .when((state) => arm(state, { ...rules, tier: 'C', days: { ...rules.days, operational: 91 } }))
      .then(armedFor('2026-02-25', '2026-03-04', { tier: 'C', intervalDays: 7 })));
});

describe('at the end of the due day, the interval', () => {
  const interval = armedFor('2026-02-27', '2026-03-30');
  it('was missed, and the next one begins', () => given(engagementPlan, interval).when((state) => judge(state, due('2026-03-30'), rules)).then(missed('2026-02-27', '2026-03-30'), armedFor('2026-03-30', '2026-04-29')));
  it('was kept, and the next one begins with the last contact in it', () =>
    given(engagementPlan, interval, touchedOn('2026-03-05'), touchedOn('2026-03-20')).when((state) => judge(state, due('2026-03-30'), rules)).then(kept('2026-02-27', '2026-03-30', '2026-03-20'), armedFor('2026-03-20', '2026-04-20')));
  it('was kept on its last day', () =>
    given(engagementPlan, interval, touchedOn('2026-03-30')).when((state) => judge(state, due('2026-03-30'), rules)).then(kept('2026-02-27', '2026-03-30', '2026-03-30'), armedFor('2026-03-30', '2026-04-29')));
  it('was missed when the contact came a day late, which counts for the next one', () => {
    const late = [interval, touchedOn('2026-03-31')];
    given(engagementPlan, ...late).when((state) => judge(state, due('2026-03-30'), rules)).then(missed('2026-02-27', '2026-03-30'), armedFor('2026-03-30', '2026-04-29'));
    given(engagementPlan, ...late, missed('2026-02-27', '2026-03-30'), armedFor('2026-03-30', '2026-04-29'))
      .when((state) => judge(state, due('2026-04-29'), rules))
      .then(kept('2026-03-30', '2026-04-29', '2026-03-31'), armedFor('2026-03-31', '2026-04-30'));
  });
  it('was not kept by the contact with which it began', () => given(engagementPlan, touchedOn('2026-02-27'), interval).when((state) => judge(state, due('2026-03-30'), rules)).then(missed('2026-02-27', '2026-03-30'), armedFor('2026-03-30', '2026-04-29')));
  it('was not kept by a mass mail', () =>
    given(engagementPlan, interval, touchedOn('2026-03-05', { kind: 'mass-mail' })).when((state) => judge(state, due('2026-03-30'), rules)).then(missed('2026-02-27', '2026-03-30'), armedFor('2026-03-30', '2026-04-29')));
  it('is followed by one that is due later, whatever the weekend did', () =>
    given(engagementPlan, armedFor('2026-02-26', '2026-03-30'), touchedOn('2026-02-27'))
      .when((state) => judge(state, due('2026-03-30'), rules))
      .then(kept('2026-02-26', '2026-03-30', '2026-02-27'), armedFor('2026-02-27', '2026-03-31')));
  it('is judged once', () => given(engagementPlan, interval, missed('2026-02-27', '2026-03-30'), armedFor('2026-03-30', '2026-04-29')).when((state) => judge(state, due('2026-03-30'), rules)).thenNothing());
  it('is not judged while the client is left in peace', () => given(engagementPlan, interval, paused(null)).when((state) => judge(state, due('2026-03-30'), rules)).thenNothing());
  it('is not judged on a closed account, which is owed nothing', () => given(engagementPlan, interval).when((state) => judge(state, due('2026-03-30'), { ...rules, active: false })).then(disarmed()));
  it('of a review is kept by a review of that level', () => {
    const review = { level: 'business-review', intervalDays: 91 } as const;
    const held = touchedOn('2026-03-05', { kind: 'review', review: { reviewId: 'r1', level: 'business-review' } });
    const days = { operational: null, 'business-review': 91, 'executive-review': null };
    given(engagementPlan, armedFor('2025-12-29', '2026-03-30', review), touchedOn('2026-03-01'), held)
      .when((state) => judge(state, { level: 'business-review', dueOn: '2026-03-30' }, { ...rules, days }))
      .then(kept('2025-12-29', '2026-03-30', '2026-03-05', 'business-review'), armedFor('2026-03-05', '2026-06-04', review));
    given(engagementPlan, armedFor('2025-12-29', '2026-03-30', review), touchedOn('2026-03-01'))
      .when((state) => judge(state, { level: 'business-review', dueOn: '2026-03-30' }, { ...rules, days }))
      .then(missed('2025-12-29', '2026-03-30', 'business-review'), armedFor('2026-03-30', '2026-06-29', review));
  });
});

describe('a pause', () => {
  const until = { ground: 'client-declined', reason: 'on strike', resumesOn: '2026-04-13' } as const;
  const ending = paused('2026-04-13', '2026-04-12T22:00:00.000Z');
  it('has an end, or none', () => {
    given(engagementPlan).when((state) => pause(state, until, rules)).then(ending);
    given(engagementPlan).when((state) => pause(state, { ...until, resumesOn: null }, rules)).then(paused(null));
  });
  it('is said once', () => given(engagementPlan, ending).when((state) => pause(state, until, rules)).thenNothing());
  it('may get another end', () => given(engagementPlan, ending).when((state) => pause(state, { ...until, resumesOn: null }, rules)).then(paused(null)));
  it('does not end before it begins', () => given(engagementPlan).when((state) => pause(state, { ...until, resumesOn: '2026-03-01' }, rules)).thenRefused('cadence-pause-over'));
  it('leaves nothing due', () => given(engagementPlan, ending).when((state) => arm(state, rules)).thenNothing());
  it('takes a cadence for later', () => given(engagementPlan, paused(null)).when((state) => setCadence(state, weekly, '2026-03-01', rules)).then(own(7)));
  it('ends with everything due anew', () => given(engagementPlan, armedFor('2026-02-20', '2026-03-23'), touchedOn('2026-02-21'), ending).when((state) => resume(state, { ...rules, today: '2026-04-13' })).then(resumed, armedFor('2026-04-13', '2026-05-13')));
  it('ends once', () => given(engagementPlan, ending, resumed).when((state) => resume(state, rules)).thenNothing());
});

describe('a plan', () => {
  it('keeps no more days than it needs', () => {
    const touches = Array.from({ length: 28 }, (_, i) => touchedOn(`2026-03-${String(i + 1).padStart(2, '0')}`));
    const state = [armedFor('2026-02-27', '2026-03-30'), ...touches, kept('2026-02-27', '2026-03-30', '2026-03-28'), armedFor('2026-03-28', '2026-04-27')]
      .map((event, i) => ({ occurredAt: '2026-03-01T00:00:00.000Z', supersedes: [], ...event, version: i + 1 }))
      .reduce((folded, fact) => engagementPlan.evolve(folded, fact as never), engagementPlan.initial);
    expect(state.touchDays.operational).toEqual(['2026-03-28']);
  });
});
