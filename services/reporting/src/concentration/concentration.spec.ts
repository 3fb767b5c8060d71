import { describe, expect, it } from '@jest/globals';
import { concentration } from './concentration.js';

const client = (id: string, amountMinor: number, currency = 'EUR') => ({ id, name: id, values: [{ amountMinor, currency }] });

describe('concentration', () => {
  it('is the sum of the squared shares, and what the largest have', () => {
    const { hhi, top, clients, total, curve } = concentration([client('c', 20), client('a', 50), client('b', 30)])!;
    expect(hhi).toBeCloseTo(3_800, 9);
    expect([top.one, top.five, top.ten, clients, total]).toEqual([50, 100, 100, 3, { amountMinor: 100, currency: 'EUR' }]);
    expect(curve.map(({ id, share, cumulative }) => [id, share, cumulative])).toEqual([['a', 50, 50], ['b', 30, 80], ['c', 20, 100]]);
  });
  it('of one client is 10 000', () => expect(concentration([client('a', 7)])!.hhi).toBe(10_000));
  it('of ten equal ones is 1 000, and five of them have half', () => {
    const ten = concentration(Array.from({ length: 10 }, (_, i) => client(`c${i}`, 10)))!;
    expect(ten.hhi).toBeCloseTo(1_000, 9);
    expect(ten.top.five).toBeCloseTo(50, 9);
  });
  it('is null where nothing was won', () => {
    expect(concentration([])).toBeNull();
    expect(concentration([client('a', 0)])).toBeNull();
  });
  it('is null over several currencies', () => expect(concentration([client('a', 7), client('b', 7, 'USD')])).toBeNull());
});
