import { describe, expect, it } from '@jest/globals';
import { dateOrNull, minorOrNull, numberOrNull, WrongValue } from './values.js';

describe('an amount', () => {
  it.each([
    ['1054', 'USD', 105_400],
    ['1054.5', 'USD', 105_450],
    ['0.07', 'USD', 7],
    ['1054.500', 'USD', 105_450],
    ['1054', 'JPY', 1_054],
    ['999999999999', 'USD', 99_999_999_999_900],
    ['', 'USD', null],
  ])('%p in %s is %p minor units', (text, currency, expected) => expect(minorOrNull('amount', text, currency)).toBe(expected));
  it.each(['-5', '1,054', '1.055', '1e3', 'NaN', '12 USD', '1054.5x'])('%p is none', (text) => expect(() => minorOrNull('amount', text, 'USD')).toThrow(WrongValue));
});

describe('a date', () => {
  it('is taken as it is', () => expect(dateOrNull('day', '2017-03-01')).toBe('2017-03-01'));
  it('may be absent', () => expect(dateOrNull('day', '')).toBeNull());
  it.each(['2017-02-30', '01/03/2017', '2017-3-1', '2017-13-01', 'yesterday'])('%p is none', (text) => expect(() => dateOrNull('day', text)).toThrow(WrongValue));
});

describe('a number', () => {
  it.each([['1100.04', 1100.04], ['-3', -3], ['', null]])('%p is %p', (text, expected) => expect(numberOrNull('n', text)).toBe(expected));
  it.each(['1e5', 'Infinity', '0x10', '1 000'])('%p is none', (text) => expect(() => numberOrNull('n', text)).toThrow(WrongValue));
});
