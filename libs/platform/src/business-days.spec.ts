import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addBusinessDays, type BusinessCalendar, businessDaysBetween, dateIn, endOfBusinessDay, isBusinessDay, nextBusinessDay, weekdayOf } from './business-days.js';
import { addDays } from './time.js';

const france: BusinessCalendar = { timeZone: 'Europe/Paris', weekend: [6, 7], holidays: ['2026-05-01', '2026-05-08', '2026-05-14', '2026-12-25'] };

const date = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 11, 31) }).map((ms) => new Date(ms).toISOString().slice(0, 10));
const calendar = fc.record<BusinessCalendar>({
  timeZone: fc.constantFrom('Europe/Paris', 'America/New_York', 'America/Sao_Paulo', 'Asia/Dubai', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'),
  weekend: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 6 }),
  holidays: fc.uniqueArray(date, { maxLength: 40 }),
});
const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { numRuns: 1_000 });

describe('business days', () => {
  it('number the weekdays from Monday to Sunday', () => expect(['2026-11-23', '2026-11-28', '2026-11-29'].map(weekdayOf)).toEqual([1, 6, 7]));

  it.each([
    ['a Thursday is one', '2026-04-30', '2026-04-30'],
    ['a holiday before a weekend is passed over with it', '2026-05-01', '2026-05-04'],
    ['a Saturday gives way to Monday', '2026-11-28', '2026-11-30'],
    ['Christmas on a Friday gives way to Monday', '2026-12-25', '2026-12-28'],
  ])('%s', (_what, day, next) => expect(nextBusinessDay(day, france)).toBe(next));

  it('are counted over weekends and holidays', () => {
    expect(addBusinessDays('2026-04-30', 1, france)).toBe('2026-05-04');
    expect(addBusinessDays('2026-04-30', 5, france)).toBe('2026-05-11');
    expect(addBusinessDays('2026-05-02', 0, france)).toBe('2026-05-04');
    expect(businessDaysBetween('2026-04-30', '2026-05-11', france)).toBe(5);
    expect(businessDaysBetween('2026-05-11', '2026-04-30', france)).toBe(0);
  });

  it('have other weekends elsewhere', () => expect(nextBusinessDay('2026-11-27', { timeZone: 'Asia/Riyadh', weekend: [5, 6], holidays: [] })).toBe('2026-11-29'));

  it('the next one is a business day, with none before it', () =>
    check(
      fc.property(date, calendar, (day, cal) => {
        const next = nextBusinessDay(day, cal);
        expect(next >= day && isBusinessDay(next, cal)).toBe(true);
        for (let between = day; between < next; between = addDays(between, 1)) expect(isBusinessDay(between, cal)).toBe(false);
      }),
    ));

  it('added and counted again are the same number, and come in order', () =>
    check(
      fc.property(date, fc.integer({ min: 0, max: 60 }), calendar, (day, count, cal) => {
        const start = nextBusinessDay(day, cal);
        const end = addBusinessDays(day, count, cal);
        expect(businessDaysBetween(start, end, cal)).toBe(count);
        expect(addBusinessDays(day, count + 1, cal) > end).toBe(true);
        expect(isBusinessDay(end, cal)).toBe(true);
      }),
    ));

  it('added in two steps are added in one', () =>
    check(
      fc.property(date, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }), calendar, (day, a, b, cal) => {
        expect(addBusinessDays(addBusinessDays(day, a, cal), b, cal)).toBe(addBusinessDays(day, a + b, cal));
      }),
    ));

  it('end with the last instant of the date where the calendar holds, also when the clocks change', () =>
    check(
      fc.property(date, calendar, (day, cal) => {
        const end = endOfBusinessDay(day, cal);
        expect(dateIn(end, cal)).toBe(day);
        expect(dateIn(new Date(Date.parse(end) + 1).toISOString(), cal)).toBe(addDays(day, 1));
      }),
    ));

  it.each([
    ['in winter', '2026-01-15', '2026-01-15T22:59:59.999Z'],
    ['on the day of 23 hours', '2026-03-29', '2026-03-29T21:59:59.999Z'],
    ['on the day of 25 hours', '2026-10-25', '2026-10-25T22:59:59.999Z'],
  ])('end at midnight in Paris %s', (_when, day, end) => expect(endOfBusinessDay(day, france)).toBe(end));

  it('an instant belongs to the date of the client', () => {
    expect(dateIn('2026-03-31T23:30:00.000Z', france)).toBe('2026-04-01');
    expect(dateIn('2026-03-31T23:30:00.000Z', { ...france, timeZone: 'America/New_York' })).toBe('2026-03-31');
  });
});
