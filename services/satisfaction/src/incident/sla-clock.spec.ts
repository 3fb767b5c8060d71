import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { after, type Interval, priorityOf, readClock, runningTime, targetsOf } from './sla-clock.js';

const zone = 'Europe/Paris';
const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

describe('the priority (domain.md 3.4)', () => {
  it.each([
    ['high', 'high', 'P1'], ['high', 'medium', 'P2'], ['medium', 'high', 'P2'], ['medium', 'medium', 'P3'], ['high', 'low', 'P3'],
    ['low', 'high', 'P3'], ['medium', 'low', 'P4'], ['low', 'medium', 'P4'], ['low', 'low', 'P4'],
  ] as const)('of impact %s and urgency %s is %s', (impact, urgency, priority) => expect(priorityOf(impact, urgency)).toBe(priority));
  it('P1 is answered in 15 minutes and solved in 4 hours, day and night', () => expect(targetsOf('P1')).toEqual({ responseMinutes: 15, resolutionMinutes: 240, calendar: '24x7' }));
  it('P4 is answered in 8 and solved in 72 business hours', () => expect(targetsOf('P4')).toEqual({ responseMinutes: 480, resolutionMinutes: 4_320, calendar: 'business-hours' }));
});

describe('business time', () => {
  it.each([
    ['within a day', '2026-11-24T09:00+01:00', '2026-11-24T12:00+01:00', 3],
    ['before opening and after closing', '2026-11-24T06:00+01:00', '2026-11-24T22:00+01:00', 8],
    ['over a weekend', '2026-11-27T16:00+01:00', '2026-11-30T10:00+01:00', 2],
    ['on a Sunday', '2026-11-29T10:00+01:00', '2026-11-29T15:00+01:00', 0],
    ['over the weekend on which summer ends', '2026-10-23T16:00+02:00', '2026-10-26T10:00+01:00', 2],
    ['over the weekend on which summer begins', '2026-03-27T16:00+01:00', '2026-03-30T10:00+02:00', 2],
  ])('%s', (_what, from, to, hours) => expect(runningTime(at(from), at(to), 'business-hours', zone)).toBe(hours * HOUR));

  const instant = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
  it('adds up over any cut', () =>
    fc.assert(fc.property(fc.tuple(instant, instant, instant).map((times) => times.sort((a, b) => a - b)), ([a, b, c]) =>
      runningTime(a!, c!, 'business-hours', zone) === runningTime(a!, b!, 'business-hours', zone) + runningTime(b!, c!, 'business-hours', zone))));
  it('is found again: the time up to the due instant is the time that was given', () =>
    fc.assert(fc.property(instant, fc.integer({ min: 1, max: 100 * HOUR }), (from, ms) => runningTime(from, after(from, ms, 'business-hours', zone), 'business-hours', zone) === ms)));
});

describe('a clock', () => {
  const read = (intervals: Interval[], stopped: boolean, calendar: '24x7' | 'business-hours', now = at('2026-11-24T23:00+01:00')) => readClock(intervals, stopped, { minutes: 240, calendar }, { now, zone });
  const span = (from: string, to: string | null): Interval => ({ from: at(`2026-11-24T${from}+01:00`), to: to === null ? null : at(`2026-11-24T${to}+01:00`) });

  it('open 10:00, paused 11:00-12:00, resolved 13:00 ran 2 hours (domain.md 3.4)', () =>
    expect(read([span('10:00', '11:00'), span('12:00', '13:00')], true, '24x7')).toMatchObject({ state: 'met', elapsedMs: 2 * HOUR }));
  it('a pause outside business hours moves nothing (domain.md 3.4)', () => {
    const straight = read([{ from: at('2026-11-24T09:00+01:00'), to: null }], false, 'business-hours', at('2026-11-25T09:00+01:00'));
    const paused = read([{ from: at('2026-11-24T09:00+01:00'), to: at('2026-11-24T17:00+01:00') }, { from: at('2026-11-25T09:00+01:00'), to: null }], false, 'business-hours', at('2026-11-25T09:00+01:00'));
    expect(paused).toEqual(straight);
  });
  it('that is paused has no due time', () => expect(read([span('10:00', '11:00')], false, '24x7')).toMatchObject({ state: 'paused', dueAt: null, elapsedMs: HOUR }));
  it('that runs is due when the rest has run', () => expect(read([span('10:00', '11:00'), span('12:00', null)], false, '24x7', at('2026-11-24T13:00+01:00'))).toMatchObject({ state: 'running', dueAt: new Date(at('2026-11-24T15:00+01:00')).toISOString() }));
  it('is breached at once, not at the end, and says since when', () => expect(read([span('10:00', null)], false, '24x7', at('2026-11-24T14:01+01:00'))).toMatchObject({ state: 'breached', dueAt: new Date(at('2026-11-24T14:00+01:00')).toISOString() }));
  it('stays breached after it was stopped', () => expect(read([span('10:00', '15:00')], true, '24x7')).toMatchObject({ state: 'breached' }));
});
