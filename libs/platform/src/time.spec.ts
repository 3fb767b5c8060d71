import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, addMonths, dateOf, daysBetween, endOfDay, isDate, monthOf, quarterOf, startOfDay } from './time.js';

const ZONES = ['Europe/Paris', 'America/New_York', 'America/Sao_Paulo', 'Asia/Beirut', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Kiritimati', 'UTC'];
const zone = fc.constantFrom(...ZONES);
const instant = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2099, 11, 31) });
const date = instant.map((ms) => new Date(ms).toISOString().slice(0, 10));

describe('dates of a time zone', () => {
  it('agrees with Intl for any instant and zone', () => {
    fc.assert(
      fc.property(instant, zone, (ms, name) => {
        const intl = new Intl.DateTimeFormat('sv-SE', { timeZone: name, year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms);
        expect(dateOf(ms, name)).toBe(intl);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives each instant to exactly one day, between its start and its end', () => {
    fc.assert(
      fc.property(instant, zone, (ms, name) => {
        const day = dateOf(ms, name);
        expect(startOfDay(day, name)).toBeLessThanOrEqual(ms);
        expect(endOfDay(day, name)).toBeGreaterThanOrEqual(ms);
      }),
      { numRuns: 2_000 },
    );
  });

  it('starts a day at the first instant that falls on it', () => {
    fc.assert(
      fc.property(date, zone, (day, name) => {
        const start = startOfDay(day, name);
        expect(dateOf(start, name) >= day).toBe(true);
        expect(dateOf(start - 1, name) < day).toBe(true);
        expect(endOfDay(addDays(day, -1), name)).toBe(start - 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['spring in Paris has 23 hours', '2017-03-26', 'Europe/Paris', 23],
    ['autumn in Paris has 25 hours', '2017-10-29', 'Europe/Paris', 25],
    ['midnight is skipped in Sao Paulo', '2017-10-15', 'America/Sao_Paulo', 23],
    ['a plain day', '2017-06-30', 'Europe/Paris', 24],
    ['half an hour in Lord Howe', '2017-10-01', 'Australia/Lord_Howe', 23.5],
    ['a date that Samoa never had', '2011-12-30', 'Pacific/Apia', 0],
  ])('%s', (_name, day, name, hours) => {
    expect((endOfDay(day, name) + 1 - startOfDay(day, name)) / 3_600_000).toBe(hours);
  });

  it('puts an evening in UTC on the next day in Paris', () => {
    expect(dateOf(Date.parse('2017-06-30T22:00:00Z'), 'Europe/Paris')).toBe('2017-07-01');
    expect(dateOf(Date.parse('2017-06-30T21:59:59.999Z'), 'Europe/Paris')).toBe('2017-06-30');
    expect(new Date(endOfDay('2017-06-30', 'Europe/Paris')).toISOString()).toBe('2017-06-30T21:59:59.999Z');
  });

  it('knows which dates exist', () => {
    for (const good of ['2016-02-29', '2017-12-31', '1900-01-01']) expect(isDate(good)).toBe(true);
    for (const bad of ['2017-02-29', '2017-02-30', '2017-13-01', '0000-01-01', '9999-01-01', '2017-1-1', ' 2017-01-01', '2017-01-01T00:00:00Z', 20170101, null])
      expect(isDate(bad)).toBe(false);
  });

  it('names months and quarters, and counts with them', () => {
    expect([monthOf('2017-03-01'), quarterOf('2017-03-31'), quarterOf('2017-04-01'), quarterOf('2017-12-01')]).toEqual(['2017-03', '2017-Q1', '2017-Q2', '2017-Q4']);
    expect([addMonths('2017-11', 3), addMonths('2017-01', -1), addMonths('2017-06', 0)]).toEqual(['2018-02', '2016-12', '2017-06']);
    expect([daysBetween('2017-03-25', '2017-03-27'), daysBetween('2017-01-02', '2017-01-01')]).toEqual([2, -1]);
  });
});
