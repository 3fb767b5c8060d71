import { describe, expect, it } from '@jest/globals';
import { capacityByQuarter, rampPercentOn } from './capacity.js';

const quota = (amountMinor: number) => ({ year: 2026, amount: { amountMinor, currency: 'EUR' }, expectedAttainmentPercent: 90, utilisationPercent: 80 });
const ramp = (startsOn: string) => ({ startsOn, percentByQuarter: [0, 25, 50, 100] });

describe('the ramp of a newcomer', () => {
  it.each([
    ['2025-12-31', 0],
    ['2026-01-01', 0],
    ['2026-03-31', 0],
    ['2026-04-01', 25],
    ['2026-07-01', 50],
    ['2026-10-01', 100],
    ['2030-01-01', 100],
  ])('on %s is %i %%', (day, percent) => expect(rampPercentOn(ramp('2026-01-01'), day)).toBe(percent));
  it('is whole without a plan', () => expect(rampPercentOn(null, '2026-01-01')).toBe(100));
  it('changes with the month where the month is too short for the day', () => expect([rampPercentOn(ramp('2025-11-30'), '2026-02-28'), rampPercentOn(ramp('2025-11-30'), '2026-03-01')]).toEqual([0, 25]));
});

describe('the sales capacity of a year', () => {
  it('is quota by ramp by attainment by utilisation', () => {
    const quarters = capacityByQuarter(quota(120_000_000), ramp('2026-01-01'), null)!;
    expect(quarters).toEqual([0, 5_400_000, 10_800_000, 21_600_000]);
    expect(quarters.reduce((sum, amount) => sum + amount)).toBe(37_800_000);
  });
  it('is the quota for whoever is there all year', () => expect(capacityByQuarter({ ...quota(1_200), expectedAttainmentPercent: 100, utilisationPercent: 100 }, null, null)).toEqual([300, 300, 300, 300]));
  it('ends with the member', () => expect(capacityByQuarter({ ...quota(1_200), expectedAttainmentPercent: 100, utilisationPercent: 100 }, null, '2026-05-15')).toEqual([300, 200, 0, 0]));
  it('is no figure without a quota', () => expect(capacityByQuarter(null, null, null)).toBeNull());
});
