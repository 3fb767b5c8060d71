import { describe, expect, it } from '@jest/globals';
import { differences } from './difference.js';
import { formatsOf, NO_DATA, regional } from './format.js';

const en = formatsOf('en');
const fr = formatsOf('fr');
const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
/** French groups digits with narrow no-break spaces. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');

describe('figures', () => {
  it('show money in its own minor unit', () => {
    expect(en.money(usd(1_000_553_400))).toBe('$10,005,534');
    expect(en.money(usd(1_050))).toBe('$10.50');
    expect(en.money({ amountMinor: 1_500, currency: 'JPY' })).toBe('¥1,500');
    expect(plain(fr.money({ amountMinor: 123_456_700, currency: 'EUR' }))).toBe('1 234 567 €');
  });
  it('put currencies side by side and never add them up', () => expect(en.moneyList([usd(100), { amountMinor: 200, currency: 'EUR' }])).toBe('$1 + €2'));
  it('say no data where there is none, not 0', () => {
    expect([en.number(null), en.percent(null), en.days(null), en.date(null), en.moneyList([])]).toEqual(Array(5).fill(NO_DATA));
    expect([en.number(0), en.percent(0)]).toEqual(['0', '0%']);
  });
  it('show a date as the calendar has it, in any time zone', () => expect([en.date('2017-06-30'), fr.date('2017-06-30')]).toEqual(['Jun 30, 2017', '30 juin 2017']));
  it.each([
    [45_000, '45 sec'],
    [125_000, '2 min 5 sec'],
    [3_600_000 * 2 + 60_000 * 14, '2 hr 14 min'],
    [86_400_000 * 3 + 3_600_000, '3 days 1 hr'],
    [600_000, '10 min'],
    [-5, '0 sec'],
  ])('say %d ms as %s', (ms, text) => expect(en.duration(ms)).toBe(text));
});

describe('the region', () => {
  it('is the first one that the browser names for the language', () => expect(regional('en', ['fr-FR', 'en-GB', 'en-US'])).toBe('en-GB'));
  it('is left open where the browser names none, or none that exists', () => expect([regional('fr', ['en-GB']), regional('en', ['en-US@posix'])]).toEqual(['fr', 'en']));
});

describe('differences', () => {
  const by = differences(en);
  it('carry their sign', () => expect([by.number(5, 3), by.number(3, 5), by.number(4, 4)]).toEqual(['+2', '-2', '±0']));
  it('are unknown where one side is', () => expect([by.days(null, 1), by.ratio(0.5, null, 'pts'), by.money([], [])]).toEqual([null, null, null]));
  it('of rates are in points', () => expect(by.ratio(0.631, 0.5, 'pts')).toBe('+13.1 pts'));
  it('of money are taken currency by currency', () => expect(by.money([usd(500)], [usd(200), { amountMinor: 100, currency: 'EUR' }])).toBe('+$3, -€1'));
});
