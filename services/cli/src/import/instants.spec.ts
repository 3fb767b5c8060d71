import { describe, expect, it } from '@jest/globals';
import { instantOf, isZone } from './instants.js';
import { WrongValue } from './values.js';

describe('a date and time', () => {
  it.each([
    ['2026-03-05 10:30', 'Europe/Paris', '2026-03-05T09:30:00.000Z'],
    ['2026-07-05T10:30:15', 'Europe/Paris', '2026-07-05T08:30:15.000Z'],
    ['2026-07-05 10:30', 'America/New_York', '2026-07-05T14:30:00.000Z'],
    ['2026-03-05 10:30', 'Asia/Kolkata', '2026-03-05T05:00:00.000Z'],
    ['2026-03-29 01:59', 'Europe/Paris', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29 03:00', 'Europe/Paris', '2026-03-29T01:00:00.000Z'],
    ['2026-03-05T10:30:00+01:00', 'Asia/Kolkata', '2026-03-05T09:30:00.000Z'],
    ['2026-03-05 10:30Z', 'Asia/Kolkata', '2026-03-05T10:30:00.000Z'],
    ['2026-10-25T02:30:00+01:00', 'Europe/Paris', '2026-10-25T01:30:00.000Z'],
  ])('%s in %s is %s', (text, zone, expected) => expect(instantOf('at', text, zone)).toBe(expected));
  it.each(['2026-03-05', '05/03/2026 10:30', '2026-02-30 10:30', '2026-02-30T10:30:00Z', '2026-03-05 24:00', '2026-03-05 9:30', 'now'])('%p is none', (text) =>
    expect(() => instantOf('at', text, 'Europe/Paris')).toThrow(WrongValue));
  it('that the clocks leave out is wrong', () => expect(() => instantOf('at', '2026-03-29 02:30', 'Europe/Paris')).toThrow('never showed'));
  it('that the clocks show twice is wrong', () => expect(() => instantOf('at', '2026-10-25 02:30', 'Europe/Paris')).toThrow('twice'));
});

describe('a time zone', () => {
  it.each([['Europe/Paris', true], ['UTC', true], ['Mars/Olympus', false], ['', false]])('%p: %p', (name, expected) => expect(isZone(name)).toBe(expected));
});
